// The table of actions: what it reaches, and that none of them falls over, wherever one is.

import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../../src/commands/table.ts'
import { ACTIONS, runBound } from '../../src/tui/actions/table.ts'
import { keymapOf } from '../../src/tui/keymap.ts'
import type { Model } from '../../src/tui/model.ts'
import { DEFAULT_SETTINGS } from '../../src/tui/settings.ts'
import { helpLines } from '../../src/tui/update/pages.ts'
import { chat, file, message, type Play, play, talk } from './scene.ts'

const PROFILES = ['default', 'vim', 'emacs'] as const

/** Commands that the screen does not do the work of, and why. */
const NOT_IN_THE_SCREEN: Readonly<Record<string, string>> = {
  demo: 'it opens the screen itself',
  register: 'the first run does it, before there is a screen of actions',
  'account delete': 'what destroys everything is not a slash away',
  receive: 'for scripts: the screen shows what comes',
  ack: 'for scripts',
  'daemon run': 'for a service manager',
  'daemon start': 'for a shell; the screen attaches to whoever holds the profile',
  'daemon stop': 'for a shell',
  rpc: 'for programs',
  completion: 'for a shell',
  __complete: 'for a shell',
}

const doneBy = new Map(ACTIONS.flatMap(({ id, commands = [] }) => commands.map((one) => [one, id])))

describe('the table', () => {
  test('has each name and each slash once', () => {
    const ids = ACTIONS.map(({ id }) => id)
    const slashes = ACTIONS.flatMap(({ slash }) => (slash === undefined ? [] : [slash]))
    expect(ids).toEqual([...new Set(ids)])
    expect(slashes).toEqual([...new Set(slashes)])
    expect(slashes.filter((slash) => !/^[a-z]+$/.test(slash))).toEqual([])
  })

  test('does the work of every command, but of those that have no place in it', () => {
    const missing = COMMANDS.map(({ path }) => path)
      .filter((path) => !/^server\b/.test(path))
      .filter((path) => !doneBy.has(path) && !(path in NOT_IN_THE_SCREEN))
    expect(missing).toEqual([])
    expect(Object.keys(NOT_IN_THE_SCREEN).filter((path) => doneBy.has(path))).toEqual([])
  })

  test('names no command that is not there', () => {
    const known = new Set(['help', ...COMMANDS.map(({ path }) => path)])
    expect([...doneBy.keys()].filter((path) => !known.has(path))).toEqual([])
  })

  test('is reached: each by a slash, a key, or from another one that hands it its words', () => {
    const bound = new Set(
      PROFILES.flatMap((keys) =>
        Object.values(keymapOf({ keys, bindings: {} })).flatMap((map) =>
          Object.values(map).map((action) => action.split(' ')[0]),
        ),
      ),
    )
    const HANDED = ['message.show', 'scheduled.cancel', 'contact.alias-of']
    const lost = ACTIONS.filter(({ id, slash }) => slash === undefined && !bound.has(id))
      .map(({ id }) => id)
      .filter((id) => !HANDED.includes(id))
    // For a person's own keys, and for whoever sets a wheel to it.
    expect(lost).toEqual(['scroll.up', 'scroll.down', 'focus.thread'])
  })

  test.each(PROFILES)('is all in the help of %s, and so is every key', (keys) => {
    const map = keymapOf({ ...DEFAULT_SETTINGS, keys })
    const help = helpLines(ACTIONS, map)
    const heads = help.map(({ head }) => head ?? '').join('  ')
    for (const { slash } of ACTIONS) if (slash !== undefined) expect(heads).toContain(`/${slash}`)
    const words = new Set(heads.split('  '))
    const unsaid = Object.entries(map).flatMap(([place, bound]) =>
      Object.keys(bound)
        .map((key) => (key === ' ' ? 'space' : key))
        .filter((key) => !words.has(key))
        .map((key) => `${place}: ${key}`),
    )
    expect(unsaid).toEqual([])
  })
})

describe('palette, slash and key', () => {
  test('the palette offers what can be done here and runs what it offers', () => {
    const made = play({ open: 'bob' }).press('ctrl+k')
    const picker = made.top
    if (picker?.kind !== 'picker') throw new Error('no palette')
    const offered = picker.items.map(({ call }) => call.action)
    expect(offered).toContain('message.reply')
    expect(offered).not.toContain('message.save')
    expect(offered).not.toContain('alerts')
    made.type('settings').press('enter')
    expect(made.top).toMatchObject({ kind: 'picker', title: 'Settings' })
  })

  test('a slash does what the palette does', () => {
    const made = play({ open: 'bob' }).type('/settings').press('enter')
    expect(made.top).toMatchObject({ kind: 'picker', title: 'Settings' })
    expect(made.text).toBe('')
  })

  test('words behind a slash are the action’s', () => {
    const made = play({ open: 'bob' }).type('/expire 1d').press('enter')
    expect(made.deeds()).toEqual([
      { method: 'chat.expire', params: { chat: 'c-bob', after: 86_400_000 } },
    ])
  })

  test('words that mean nothing are said to be wrong, and nothing is done', () => {
    const made = play({ open: 'bob' }).type('/expire soon').press('enter')
    expect(made.model.toast).toMatchObject({ mood: 'bad' })
    expect(made.deeds()).toEqual([])
  })
})

// Everywhere ------------------------------------------------------------------------------------

const PLACES: Readonly<Record<string, () => Play>> = {
  'with nothing read yet': () => play({ chats: [] }),
  'in the list': () => play(),
  'in an empty archive': () => play({ open: 'bob' }).type('/archived').press('enter'),
  'in a conversation': () => play({ open: 'bob' }),
  'on an own message with files': () =>
    play({
      open: 'bob',
      messages: [message('own', { direction: 'out', attachments: [file('f')], pinned: true })],
    }).press('up'),
  'on a deleted message': () =>
    play({ open: 'bob', messages: [message('gone', { kind: 'deleted', body: '' })] }).press('up'),
  'on a picture that was saved': () =>
    play({
      open: 'bob',
      messages: [
        message('pic', { attachments: [file('p', { mime: 'image/png', path: '/tmp/p.png' })] }),
      ],
    }).press('up'),
  'in an empty conversation': () => play({ open: 'bob', messages: [] }),
  'with a person without a conversation': () => play().press('ctrl+t').type('zoe').press('escape'),
  'in a request': () =>
    play({ chats: [chat('eve', { request: true, unread: 1 })], open: 'eve', messages: talk(1) }),
  'in the note to self': () =>
    play({ chats: [chat('me', { kind: 'self', name: 'ann' })], open: 'me', messages: [] }),
  'side by side': () => play({ open: 'bob' }).press('alt+v', 'alt+down'),
  'in search': () => play({ open: 'bob' }).press('ctrl+f').type('words'),
  'in files': () => play({ open: 'bob' }).press('ctrl+o'),
  'in verification': () => play({ open: 'bob' }).type('/verify').press('enter'),
  'in a question': () => play({ open: 'bob' }).press('up', 'd'),
  'in help': () => play({ open: 'bob' }).press('f1'),
  'while editing': () =>
    play({ open: 'bob', messages: talk(3) })
      .type('/edit')
      .press('enter'),
  'on a tiny screen': () => play({ open: 'bob' }).resize(12, 4),
}
const WORDS = ['', 'bob and more', '1h', 'theme light']

describe.each(Object.keys(PLACES))('every action %s', (name) => {
  test('runs with whatever words, and leaves a screen', () => {
    const { model } = PLACES[name]?.() ?? play()
    for (const { id } of ACTIONS) {
      for (const words of WORDS) {
        const step = runBound(model, words === '' ? id : `${id} ${words}`)
        expect([id, words, whole(step.model)]).toEqual([id, words, true])
      }
    }
  })
})

/** What has to hold of a model whatever was done. */
function whole({ screen }: Model): boolean {
  if (screen.kind !== 'main' && screen.kind !== 'locked') return false
  const { pane, panes } = screen.main
  return panes.length > 0 && pane >= 0 && pane < panes.length
}
