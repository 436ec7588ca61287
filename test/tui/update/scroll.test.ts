// Moving in a conversation: nothing that comes moves what one reads; a place is kept.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { paneViewport } from '../../../src/tui/layout/pane.ts'
import {
  placed,
  revealed,
  scrolled,
  type Viewport,
  visible,
} from '../../../src/tui/layout/thread.ts'
import { lineText } from '../../../src/tui/text/line.ts'
import { MAX_LOADED } from '../../../src/tui/update/thread.ts'
import { ago, chat, MINUTE, message, NOW, open, type Play, play, talk } from '../scene.ts'

const shown = (made: Play): readonly string[] =>
  visible(paneViewport(made.model, made.main, made.main.pane)).flatMap(({ lines }) =>
    lines.map(lineText),
  )
const ids = (made: Play): readonly string[] =>
  visible(paneViewport(made.model, made.main, made.main.pane)).map(({ message: id }) => id)
const come = (made: Play, id: string) => made.told(message(id, { received_at: ago(0) }))
const histories = (made: Play) => made.asked().filter(({ kind }) => kind === 'history')

describe('what comes', () => {
  test('is seen where one is at the end', () => {
    const made = come(play({ open: 'bob', messages: talk(90) }), 'new')
    expect(ids(made).at(-1)).toBe('new')
  })

  test('moves nothing where one is further up', () => {
    const made = play({ open: 'bob', messages: talk(90) }).press('pageup')
    const before = shown(made)
    for (const id of ['a', 'b', 'c']) come(made, id)
    expect(shown(made)).toEqual(before)
    expect(ids(made.press('pagedown', 'pagedown', 'pagedown')).at(-1)).toBe('c')
  })

  test('moves nothing around a hit of a search near the end', () => {
    const made = play({ open: 'bob', messages: talk(90) })
      .press('ctrl+f')
      .type('x')
    made.happen({ kind: 'tick', tick: { kind: 'search', number: 1 }, now: NOW })
    const hit = talk(90)[88]
    made.answer({ kind: 'search', number: 1, messages: hit === undefined ? [] : [hit] })
    made.press('enter')
    expect(made.pane.selected).toBe('bob-88')
    const before = shown(made)
    if (made.pane.anchor.kind === 'at') {
      come(made, 'new')
      expect(shown(made)).toEqual(before)
    } else expect(made.pane.anchor.kind).toBe('end')
  })

  test('of older pages stands above, and moves nothing', () => {
    const made = play({ open: 'bob', messages: talk(100, 'bob', 100), older: true })
    made.press('pageup')
    const before = shown(made)
    made.effects = []
    made.answer({
      kind: 'history',
      chat: 'c-bob',
      place: 'older',
      from: 'bob-100',
      messages: talk(100),
      older: false,
      newer: false,
    })
    expect(made.thread.messages).toHaveLength(200)
    expect(shown(made)).toEqual(before)
    // And asks what else happened in them, not what happened since.
    const times = made.thread.messages.map(({ received_at }) => received_at)
    const notes = { kind: 'notes', chat: 'c-bob', since: times[0], until: times[100] }
    expect(made.asked()).toContainEqual(notes)
  })
})

describe('pages', () => {
  test('are asked for before one is at the edge, once', () => {
    const made = play({ open: 'bob', messages: talk(100), older: true }).press('pageup', 'pageup')
    made.press('pageup', 'pageup', 'pageup', 'pageup', 'pageup', 'pageup', 'pageup', 'pageup')
    expect(histories(made)).toEqual([
      { kind: 'history', chat: 'c-bob', place: 'older', from: 'bob-0' },
    ])
  })

  test('that are refused are not asked for again by themselves, but when one moves', () => {
    const made = play({ open: 'bob', messages: talk(40), older: true }).press('up')
    const request = { kind: 'history', chat: 'c-bob', place: 'older', from: 'bob-0' } as const
    expect(made.thread.older).toBe('loading')
    expect(histories(made.refuse(request))).toEqual([])
    expect(histories(made.press('up'))).toHaveLength(1)
  })

  test('the first one that is refused says so, and is asked for when one is connected again', () => {
    const made = play()
    made.press('ctrl+t').type('bob').press('enter')
    const [request] = histories(made)
    if (request === undefined) throw new Error('nothing was asked')
    made.refuse(request)
    expect(made.thread.state).toBe('failed')
    expect(histories(made)).toEqual([])
    expect(histories(made.told({ v: 1, type: 'connected' }))).toEqual([request])
  })

  test('behind a hit: the last that is loaded is no end', () => {
    const made = play({ open: 'bob', messages: [] })
    made.answer({
      kind: 'history',
      chat: 'c-bob',
      place: 'around',
      from: 'bob-50',
      messages: talk(40, 'bob', 30),
      older: true,
      newer: true,
    })
    made.press('up', 'end').press('pagedown')
    const at = play({ open: 'bob', messages: [] })
    at.answer({
      kind: 'history',
      chat: 'c-bob',
      place: 'around',
      from: 'bob-50',
      messages: talk(40, 'bob', 30),
      older: true,
      newer: true,
    })
    at.press('pageup', 'pagedown', 'pagedown', 'pagedown')
    expect(at.pane.anchor).toMatchObject({ kind: 'at', message: 'bob-69' })
    const before = shown(at)
    at.answer({
      kind: 'history',
      chat: 'c-bob',
      place: 'newer',
      from: 'bob-69',
      messages: talk(40, 'bob', 70),
      older: true,
      newer: false,
    })
    expect(shown(at)).toEqual(before)
  })
})

describe('of a long conversation', () => {
  const long = () => play({ open: 'bob', messages: talk(MAX_LOADED) })

  test('the oldest are let go of as others come', () => {
    const made = come(long(), 'new')
    expect(made.thread.messages).toHaveLength(MAX_LOADED)
    expect(made.thread.messages.at(-1)?.id).toBe('new')
    expect(made.thread.older).toBe('more')
  })

  test('those that one reads are not', () => {
    const made = long().press('up', 'home')
    const before = shown(made)
    expect(ids(made)[0]).toBe('bob-0')
    for (const id of ['a', 'b', 'c']) come(made, id)
    expect(shown(made)).toEqual(before)
  })

  test('the newest are let go of as older ones are read, and are there again at the end', () => {
    const made = play({ open: 'bob', messages: talk(MAX_LOADED, 'bob', 100), older: true })
    made.press('up', 'home')
    made.answer({
      kind: 'history',
      chat: 'c-bob',
      place: 'older',
      from: 'bob-100',
      messages: talk(100),
      older: false,
      newer: false,
    })
    expect(made.thread.messages).toHaveLength(MAX_LOADED)
    expect(made.thread.newer).toBe('more')
    made.effects = []
    expect(histories(made.press('end'))).toEqual([{ kind: 'history', chat: 'c-bob', place: 'end' }])
  })
})

test('a conversation that was left long ago is read again, at the place where one was', () => {
  const names = Array.from({ length: 25 }, (_, at) => `friend${at}`)
  const made = play({ chats: ['bob', ...names].map((name) => chat(name)) })
  open(made, 'bob', talk(90)).press('pageup')
  for (const name of names) open(made, name, talk(2, name))
  expect(made.main.threads.size).toBeLessThan(25)
  made.effects = []
  made.press('ctrl+t').type('bob').press('enter')
  expect(histories(made)).toMatchObject([{ chat: 'c-bob', place: 'around' }])
  open(made, 'friend24', [])
  const late = { kind: 'history', chat: 'c-friend0', place: 'older', from: 'x' } as const
  made.answer({ ...late, messages: talk(9, 'friend0'), older: false, newer: false })
  expect(made.main.threads.has('c-friend0')).toBe(false)
})

describe('a place', () => {
  test('is kept for each conversation', () => {
    const made = play({ open: 'bob', messages: talk(90) }).press('pageup')
    const before = shown(made)
    open(made, 'cleo', talk(5, 'cleo'))
    made.press('ctrl+t').type('bob').press('enter')
    expect(shown(made)).toEqual(before)
  })

  test('is kept when the conversation beside is closed', () => {
    const made = play({ open: 'bob', messages: talk(90) }).press('alt+v', 'pageup')
    const { anchor } = made.pane
    made.press('alt+w')
    open(made, 'cleo', [])
    expect(made.main.anchors.get('c-bob')).not.toEqual(anchor)
    expect(
      play({ open: 'bob', messages: talk(90) })
        .press('alt+v', 'pageup', 'alt+w')
        .main.anchors.get('c-bob'),
    ).toEqual(anchor)
  })

  test('is found again after a start, where its page has to be read first', () => {
    const state = JSON.stringify({
      drafts: {},
      panes: ['c-bob'],
      places: { 'c-bob': { message: 'bob-20', below: 1 } },
      details: false,
    })
    const made = play({ chats: [chat('bob', { unread: 3 })] })
    made.answer({ kind: 'state', state })
    const asked = histories(made)
    expect(asked).toEqual([{ kind: 'history', chat: 'c-bob', place: 'around', from: 'bob-20' }])
    made.answer({
      kind: 'history',
      chat: 'c-bob',
      place: 'around',
      from: 'bob-20',
      messages: talk(60),
      older: false,
      newer: true,
    })
    expect(made.pane).toMatchObject({ anchor: { kind: 'at', message: 'bob-20', below: 1 } })
    expect(made.pane.selected).toBeUndefined()
    expect(made.deeds()).toEqual([])
  })

  test('that is gone is the end', () => {
    const state = JSON.stringify({
      panes: ['c-bob'],
      places: { 'c-bob': { message: 'x', below: 0 } },
    })
    const made = play().answer({ kind: 'state', state })
    const [request] = histories(made)
    if (request === undefined) throw new Error('nothing was asked')
    expect(histories(made.refuse(request))).toEqual([
      { kind: 'history', chat: 'c-bob', place: 'end' },
    ])
    expect(made.pane.anchor).toEqual({ kind: 'end' })
  })
})

test('a hit in a conversation that is not loaded is gone to with what stands around it', () => {
  const made = play({ open: 'bob', messages: talk(5) })
    .press('alt+f')
    .type('x')
  made.happen({ kind: 'tick', tick: { kind: 'search', number: 1 }, now: NOW })
  const [older, newer] = [talk(9, 'cleo')[2], talk(9, 'cleo')[6]]
  if (older === undefined || newer === undefined) throw new Error('there is no talk')
  made.answer({ kind: 'search', number: 1, messages: [older, newer] })
  made.effects = []
  // The newest is the first.
  made.press('down', 'enter')
  expect(made.pane).toMatchObject({ chat: 'c-cleo', selected: 'cleo-2' })
  expect(histories(made)).toEqual([
    { kind: 'history', chat: 'c-cleo', place: 'around', from: 'cleo-2' },
  ])
})

test('whoever writes from far back is at the end, and sees what is sent', () => {
  const made = play({ open: 'bob', messages: [] })
  made.answer({
    kind: 'history',
    chat: 'c-bob',
    place: 'around',
    from: 'bob-50',
    messages: talk(60, 'bob', 30),
    older: true,
    newer: true,
  })
  made.press('pageup').type('yes')
  made.effects = []
  made.press('enter')
  expect(histories(made)).toEqual([{ kind: 'history', chat: 'c-bob', place: 'end' }])
})

describe('the messages that are selected', () => {
  test('are walked through, and below the last one is writing', () => {
    const made = play({ open: 'bob', messages: talk(3) }).press('up')
    expect(made.pane.selected).toBe('bob-2')
    made.press('up', 'up', 'up')
    expect(made.pane.selected).toBe('bob-0')
    made.press('down', 'down', 'down')
    expect(made.main.focus).toBe('composer')
    expect(made.pane.selected).toBeUndefined()
  })

  test('are on the screen, wherever one goes', () => {
    const made = play({ open: 'bob', messages: talk(90) }).press('up')
    for (let at = 0; at < 60; at += 1) {
      made.press('up')
      expect(ids(made)).toContain(made.pane.selected)
    }
    made.press('home')
    expect(ids(made)[0]).toBe('bob-0')
    made.press('end')
    expect(ids(made).at(-1)).toBe('bob-89')
  })
})

// The layout by itself ----------------------------------------------------------------------------

interface Case {
  readonly heights: readonly number[]
  readonly height: number
  readonly at: number
  readonly below: number
}

const cases: fc.Arbitrary<Case> = fc.record({
  heights: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 30 }),
  height: fc.integer({ min: 1, max: 25 }),
  at: fc.nat(40),
  below: fc.nat(8),
})

function viewport({ at, below, height, heights }: Case): Viewport {
  const messages = heights.map((_, index) =>
    message(`m${index}`, { received_at: ago((99 - index) * MINUTE) }),
  )
  const anchored = messages[at]
  return {
    thread: {
      chat: 'c',
      state: 'read',
      messages,
      older: 'end',
      newer: 'end',
      newFrom: undefined,
      notes: [],
    },
    anchor: anchored === undefined ? { kind: 'end' } : { kind: 'at', message: anchored.id, below },
    height,
    blocks: (index) =>
      Array.from({ length: heights[index] ?? 0 }, (_, row) => [
        { text: `${index}.${row}` as never },
      ]),
  }
}

const rows = (of: Viewport): readonly string[] =>
  visible(of).flatMap(({ lines }) => lines.map(lineText))
const total = ({ heights }: Case): number => heights.reduce((sum, one) => sum + one, 0)

describe('rows', () => {
  test('fill the height, as far as there is something, without a gap and in order', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const all = one.heights.flatMap((count, index) =>
          Array.from({ length: count }, (_, row) => `${index}.${row}`),
        )
        const seen = rows(viewport(one))
        expect(seen.length).toBe(Math.min(one.height, total(one)))
        const start = all.indexOf(seen[0] ?? '')
        expect(seen).toEqual(all.slice(start, start + seen.length))
      }),
    )
  })

  test('move by as many lines as one wants, as far as there are any', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: -30, max: 30 }), (one, by) => {
        const before = viewport(one)
        const after = { ...before, anchor: scrolled(before, by) }
        const all = rows({ ...before, height: total(one) })
        const top = all.indexOf(rows(before)[0] ?? '')
        const most = Math.max(0, total(one) - one.height)
        const wanted = Math.min(Math.max(0, top - by), most)
        expect(all.indexOf(rows(after)[0] ?? '')).toBe(wanted)
      }),
    )
  })

  test('stay when messages come behind them', () => {
    fc.assert(
      fc.property(cases, fc.array(fc.integer({ min: 1, max: 5 })), (one, more) => {
        const before = viewport(one)
        const anchor = placed(before)
        fc.pre(anchor.kind === 'at')
        const after = viewport({ ...one, heights: [...one.heights, ...more] })
        expect(rows({ ...after, anchor })).toEqual(rows(before))
      }),
    )
  })

  test('of what is revealed are all there, or as many as there is room for', () => {
    fc.assert(
      fc.property(cases, fc.nat(29), (one, index) => {
        const before = viewport(one)
        const id = before.thread.messages[index]?.id
        fc.pre(id !== undefined)
        const after = { ...before, anchor: revealed(before, id ?? '') }
        const own = rows(after).filter((row) => row.startsWith(`${index}.`))
        expect(own.length).toBe(Math.min(one.heights[index] ?? 0, one.height))
      }),
    )
  })
})
