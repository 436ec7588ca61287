// What the screen finds again: what was kept is what comes back, and anything else is passed over.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { composerOf } from '../../../src/tui/update/composer.ts'
import { keptOf } from '../../../src/tui/update/kept.ts'
import { type Play, play, talk } from '../scene.ts'

const found = (state: string): Play => play().answer({ kind: 'state', state })

describe('what is kept', () => {
  test('comes back: drafts, what was pasted, places, conversations side by side, details', () => {
    const made = play({ open: 'bob', messages: talk(90) })
      .paste('/quit')
      .press('pageup')
    made.press('alt+v').press('ctrl+t').type('cleo').press('enter').type('for cleo')
    made.press('alt+i')
    const again = found(keptOf(made.main))
    expect(again.main.panes.map(({ chat }) => chat)).toEqual(['c-bob', 'c-cleo'])
    expect(again.main.details).toBe(true)
    expect(again.main.panes[0]?.anchor).toEqual(made.main.panes[0]?.anchor)
    expect(again.main.composers.get('c-cleo')?.editor.text).toBe('for cleo')
    expect(again.main.composers.get('c-bob')).toMatchObject({
      literal: true,
      editor: { text: '/quit' },
    })
  })

  test('of an edit is the draft behind it', () => {
    const made = play({ open: 'bob', messages: talk(3) })
      .type('draft')
      .press('ctrl+k')
    made.type('message.edit').press('enter')
    expect(composerOf(found(keptOf(made.main)).main).editor.text).toBe('draft')
  })

  test('counts less than what was begun meanwhile', () => {
    const made = play({ open: 'bob' }).type('newer')
    made.answer({
      kind: 'state',
      state: JSON.stringify({ drafts: { 'c-bob': { text: 'older', literal: false } } }),
    })
    expect(made.text).toBe('newer')
  })

  test('is bounded, whatever was written', () => {
    const made = play({ open: 'bob' })
    for (let at = 0; at < 30; at += 1)
      made.type(`/to p${at}`).press('enter').paste('x'.repeat(20_000))
    expect(keptOf(made.main).length).toBeLessThan(200_000)
  })
})

test('any text at all is passed over or taken, and never more than passed over', () => {
  const odd = fc.oneof(
    fc.json(),
    fc.string(),
    fc.constant('{"panes":[1,null],"places":{"c":{"below":-1.5}}}'),
  )
  const shaped = fc
    .record({
      drafts: fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue())),
      panes: fc.oneof(fc.jsonValue(), fc.array(fc.constantFrom('c-bob', 'c-cleo', 'gone'))),
      places: fc.dictionary(
        fc.constantFrom('c-bob', '__proto__', 'x'),
        fc.record({ message: fc.jsonValue(), below: fc.oneof(fc.double(), fc.integer()) }),
      ),
      details: fc.jsonValue(),
    })
    .map((state) => JSON.stringify(state))
  fc.assert(
    fc.property(fc.oneof(odd, shaped), (state) => {
      const { main } = found(state)
      expect(main.panes.length).toBeGreaterThan(0)
      for (const anchor of main.anchors.values()) {
        if (anchor.kind === 'at') expect(Number.isSafeInteger(anchor.below)).toBe(true)
      }
      for (const { editor } of main.composers.values()) expect(editor.at).toBe(editor.text.length)
      JSON.parse(keptOf(main))
    }),
    { numRuns: 200 },
  )
})
