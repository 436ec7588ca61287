// The tables of keys: each key once, to an action that is there, in every profile and with a
// person's own keys over them.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ACTIONS } from '../../src/tui/actions/table.ts'
import { type EditOp, EMPTY_EDITOR, edit } from '../../src/tui/editor.ts'
import { type KeyPlace, keymapOf, keyOf, lookUp } from '../../src/tui/keymap.ts'
import type { Settings } from '../../src/tui/settings.ts'
import { placesOf } from '../../src/tui/update/keys.ts'
import { keyEvent, play } from './scene.ts'

const PROFILES = ['default', 'vim', 'emacs'] as const
const ids = new Set(ACTIONS.map(({ id }) => id))
/** What an overlay does with itself: `keys.ts` names them. */
const OWN_OF_OVERLAYS = new Set(['overlay.choose', 'verify.turn'])

const keymap = (keys: Settings['keys'], bindings: Settings['bindings'] = {}) =>
  keymapOf({ keys, bindings })
const entries = (keys: Settings['keys']) =>
  Object.entries(keymap(keys)).flatMap(([place, bound]) =>
    Object.entries(bound).map(([key, action]) => ({ place: place as KeyPlace, key, action })),
  )

/** Everywhere that a key can be pressed: from the closest place to the widest. */
const PLACES: readonly (readonly KeyPlace[])[] = [
  ['list', 'global'],
  ['filter', 'editing', 'global'],
  ['thread', 'global'],
  ['normal', 'global'],
  ['composer', 'editing', 'global'],
  ['search', 'overlay', 'editing'],
  ['files', 'overlay', 'editing'],
  ['verify', 'overlay', 'editing'],
  ['confirm', 'overlay'],
  ['page', 'overlay'],
  ['overlay', 'editing'],
]

describe.each(PROFILES)('the %s profile', (profile) => {
  test('binds nothing but what is there', () => {
    const missing = entries(profile)
      .map(({ action }) => action)
      .filter((action) => !action.startsWith('edit.'))
      .map((action) => action.split(' ')[0] ?? '')
      .filter((action) => !ids.has(action) && !OWN_OF_OVERLAYS.has(action))
    expect(missing).toEqual([])
    for (const { action } of entries(profile).filter((one) => one.action.startsWith('edit.'))) {
      expect(edit(EMPTY_EDITOR, action.slice('edit.'.length) as EditOp)).toEqual(EMPTY_EDITOR)
    }
  })

  test('leaves Ctrl+S and Ctrl+Q to the terminal', () => {
    const taken = entries(profile).filter(({ key }) => /ctrl\+[sq]\b/.test(key))
    expect(taken).toEqual([])
  })

  test('has no key that another one begins with: neither would ever be reached', () => {
    const hidden = PLACES.flatMap((places) =>
      places.flatMap((place, at) =>
        Object.keys(keymap(profile)[place])
          .filter((key) => key.includes(' ') && key !== ' ')
          .filter((key) => {
            const words = key.split(' ')
            return words.some((_, count) => {
              const begin = words.slice(0, count).join(' ')
              return (
                count > 0 &&
                places.slice(0, at + 1).some((one) => keymap(profile)[one][begin] !== undefined)
              )
            })
          })
          .map((key) => `${place}: ${key}`),
      ),
    )
    expect(hidden).toEqual([])
  })

  test('reaches what is done often without the palette', () => {
    const map = keymap(profile)
    const OFTEN = [
      'palette help chat.jump search.chat search.all chat.next-unread chat.next chat.previous lock',
      'window.details window.split window.unsplit window.pane-left window.pane-right quit',
      'scroll.page-up scroll.page-down focus.next focus.previous window.repaint window.suspend',
      'list.up list.down list.open list.first list.last list.leave',
      'thread.up thread.down thread.first thread.last message.open message.reply message.edit',
      'message.delete message.delete-for-everyone message.react message.pin message.forward',
      'message.copy message.save message.view message.info focus.composer focus.list',
      'composer.send composer.newline composer.complete composer.up composer.down composer.older',
      'composer.newer composer.editor composer.cancel file.attach',
      'overlay.close overlay.up overlay.down overlay.choose overlay.page-up overlay.page-down',
    ].flatMap((row) => row.split(' '))
    const reached = new Set(
      PLACES.flatMap((places) =>
        places.flatMap((place) =>
          Object.keys(map[place]).flatMap((key) => {
            const keys = key === ' ' ? [key] : key.split(' ')
            const found = lookUp(map, places, keys.slice(0, -1), keys.at(-1) ?? '')
            return found.kind === 'bound' ? [found.action.split(' ')[0]] : []
          }),
        ),
      ),
    )
    expect(OFTEN.filter((action) => !reached.has(action))).toEqual([])
  })

  test('hints at a key only where the key does it', () => {
    const map = keymap(profile)
    const lies = PLACES.flatMap((places) =>
      ACTIONS.flatMap(({ id }) => {
        const key = keyOf(map, places, id)
        if (key === undefined) return []
        const keys = key === ' ' ? [key] : key.split(' ')
        const found = lookUp(map, places, keys.slice(0, -1), keys.at(-1) ?? '')
        return found.kind === 'bound' && found.action === id ? [] : [`${places[0]}: ${key} ${id}`]
      }),
    )
    expect(lies).toEqual([])
  })

  test('lets letters be typed wherever a text is written', () => {
    for (const places of PLACES.filter((one) => one.includes('editing'))) {
      for (const letter of 'abcdefghijklmnopqrstuvwxyzGGDA/?:0$+ ') {
        const found = lookUp(keymap(profile), places, [], letter)
        expect([places[0], letter, found.kind]).toEqual([places[0], letter, 'free'])
      }
    }
  })
})

test('every place that the screen can be in is one of those that are looked at here', () => {
  const known = new Set(PLACES.map((places) => places.join()))
  const made = play({ open: 'bob' })
  for (const keys of [
    [],
    ['escape', 'up'],
    ['tab', 'tab', 'tab'],
    ['f1'],
    ['escape', 'ctrl+k'],
    ['escape', 'ctrl+f'],
    ['escape', 'ctrl+o'],
  ]) {
    made.press(...keys)
    expect(known).toContain(placesOf(made.main).join())
  }
})

describe('keys of one’s own', () => {
  const everywhere: readonly KeyPlace[] = ['composer', 'editing', 'global']
  const at = (bindings: Settings['bindings'], places: readonly KeyPlace[], ...keys: string[]) =>
    lookUp(keymap('default', bindings), places, keys.slice(0, -1), keys.at(-1) ?? '')

  test('count everywhere, over what is bound more closely', () => {
    expect(at({ 'ctrl+p': 'lock' }, everywhere, 'ctrl+p')).toEqual({
      kind: 'bound',
      action: 'lock',
    })
    expect(at({ 'ctrl+a': 'lock' }, everywhere, 'ctrl+a')).toMatchObject({ action: 'lock' })
  })

  test('count in one place only, where a place stands in front', () => {
    const own = { 'thread:x': 'message.pin' }
    expect(at(own, ['thread', 'global'], 'x')).toMatchObject({ action: 'message.pin' })
    expect(at(own, ['list', 'global'], 'x')).toEqual({ kind: 'free' })
  })

  test('of one place win over those of all, in whichever order they were written', () => {
    for (const own of [
      { 'thread:ctrl+g': 'message.pin', 'ctrl+g': 'lock' },
      { 'ctrl+g': 'lock', 'thread:ctrl+g': 'message.pin' },
    ]) {
      expect(at(own, ['thread', 'global'], 'ctrl+g')).toMatchObject({ action: 'message.pin' })
      expect(at(own, ['list', 'global'], 'ctrl+g')).toMatchObject({ action: 'lock' })
    }
  })

  test('are taken away by an empty name', () => {
    expect(at({ 'ctrl+c': '' }, everywhere, 'ctrl+c')).toEqual({ kind: 'free' })
    expect(at({ 'thread:r': '' }, ['thread', 'global'], 'r')).toEqual({ kind: 'free' })
  })

  test('may be the first key of a sequence, which is given up, or a sequence behind a key', () => {
    const thread: readonly KeyPlace[] = ['thread', 'global']
    expect(at({ g: 'lock' }, thread, 'g')).toMatchObject({ action: 'lock' })
    expect(at({ 'r r': 'lock' }, thread, 'r')).toEqual({ kind: 'pending' })
    expect(at({ 'r r': 'lock' }, thread, 'r', 'r')).toMatchObject({ action: 'lock' })
  })

  test('of a place that is not there change nothing else', () => {
    expect(() => keymap('default', { 'constructor:x': 'lock', 'nowhere:x': 'lock' })).not.toThrow()
    expect('x' in Object).toBe(false)
  })

  test('that name no action say so when they are pressed', () => {
    const made = play({ open: 'bob', settings: { bindings: { 'ctrl+g': 'no.such' } } })
    made.press('ctrl+g')
    expect(made.model.toast).toMatchObject({ mood: 'bad' })
    expect(made.model.toast?.text).toContain('no.such')
  })

  test('any of them: a lookup always ends, and what is bound can be reached in its place', () => {
    const key = fc.constantFrom('a', 'g', 'x', 'ctrl+g', 'ctrl+x', 'enter', 'f5', 'alt+q')
    const sequence = fc.array(key, { minLength: 1, maxLength: 3 }).map((keys) => keys.join(' '))
    const place = fc.constantFrom('', 'thread:', 'list:', 'composer:', 'global:')
    const binding = fc.tuple(place, sequence).map(([where, keys]) => `${where}${keys}`)
    fc.assert(
      fc.property(binding, fc.constantFrom(...PROFILES), (own, profile) => {
        const map = keymap(profile, { [own]: 'lock' })
        const [, where = 'global', keys = own] = /^([a-z]+):(.+)$/.exec(own) ?? []
        const pressed = keys.split(' ')
        for (const count of pressed.keys()) {
          const found = lookUp(
            map,
            [where as KeyPlace, 'global'],
            pressed.slice(0, count),
            pressed[count] ?? '',
          )
          const isLast = count === pressed.length - 1
          expect(found).toEqual(isLast ? { kind: 'bound', action: 'lock' } : { kind: 'pending' })
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('sequences', () => {
  test('wait for their next key, say so, and are dropped by one that does not go on', () => {
    const made = play({ open: 'bob' }).press('up')
    expect(made.main.focus).toBe('thread')
    made.press('g')
    expect(made.model.pending).toEqual(['g'])
    made.press('x')
    expect(made.model.pending).toEqual([])
    made.press('g', 'g')
    expect(made.pane.selected).toBe('bob-0')
  })

  test('one that is begun closely goes on where it is bound more widely', () => {
    const made = play({ open: 'bob', settings: { keys: 'emacs' } })
    made.press('ctrl+x', 'b')
    expect(made.top?.kind).toBe('picker')
  })

  test('any keys, in any profile: what waits is always the beginning of something', () => {
    const keys = PROFILES.flatMap((profile) => entries(profile).map(({ key }) => key))
    const single = [...new Set(keys.flatMap((key) => (key === ' ' ? [key] : key.split(' '))))]
    fc.assert(
      fc.property(
        fc.constantFrom(...PROFILES),
        fc.array(fc.constantFrom(...single), { maxLength: 12 }),
        (profile, pressed) => {
          const made = play({ open: 'bob', settings: { keys: profile } })
          for (const key of pressed) {
            if (made.model.screen.kind !== 'main') return
            made.input(keyEvent(key))
            const waiting = made.model.pending.join(' ')
            if (waiting === '') continue
            const begun = entries(profile).some((one) => one.key.startsWith(`${waiting} `))
            expect([waiting, begun]).toEqual([waiting, true])
          }
        },
      ),
      { numRuns: 100 },
    )
  })
})
