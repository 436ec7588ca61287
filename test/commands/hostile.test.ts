// P1: no command lets a text from outside act on the terminal. Every string of every answer is an
// attack, whatever the field is called.

import { describe, expect, test } from 'vitest'
import { ClientError, type MethodName } from '../../src/client/api.ts'
import { type Answers, message, runFake } from './fake-world.ts'

const ATTACK =
  'a\x1b]0;owned\x07\x1b[2J\x1b[1A\x9b6n\x9d52;c;cm0=\x9cb\rFAKE\b\x7f\x00\u202egnp\u2066\u200f\u{e0041}\ud800c'
const HARMFUL =
  /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066\u2067\u{e0000}-\u{e007f}]/u

/** Fields that our own code reads as one of a few words keep their word. */
const OURS = new Set(['type', 'direction', 'kind', 'relation', 'trust', 'status', 'code'])

function poisoned(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return OURS.has(key) ? value : ATTACK
  if (Array.isArray(value)) return value.map((item) => poisoned(item, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, poisoned(item, name)]),
  )
}

const said = message({
  body: 'x',
  reply_to: 'x',
  edited_at: 'x',
  expires_at: 'x',
  due_at: 'x',
  pinned: true,
  request: true,
  attachments: [{ id: 'x', name: 'x', mime: 'x', size: 1, path: 'x' }],
  reactions: [{ emoji: 'x', from: 'x' }],
})
const account = {
  v: 1,
  type: 'account',
  id: 'x',
  name: 'x',
  server: 'x',
  device: { id: 'x', name: 'x' },
  keychain: 'x',
  profile: 'x',
  created_at: 'x',
  connected: true,
  outbox: 1,
}
const contact = {
  v: 1,
  type: 'contact',
  id: 'x',
  name: 'x',
  alias: 'x',
  trust: 'changed',
  relation: 'incoming',
  added_at: 'x',
}
const chat = {
  v: 1,
  type: 'chat',
  id: 'x',
  kind: 'direct',
  name: 'x',
  unread: 1,
  muted_until: 'x',
  archived: true,
  pinned: true,
  expire_after: 1000,
  request: true,
  last: said,
}
const event = {
  v: 1,
  type: 'edit',
  cursor: 'x',
  at: 'x',
  chat: { id: 'x', name: 'x' },
  from: { name: 'x' },
  x: 'x',
  deep: { deeper: ['x'] },
}
const error = { v: 1, type: 'error', code: 'network', message: 'x', hint: 'x', retry_after: null }
const results = [
  { to: 'x', message: said },
  { to: 'x', error },
  { to: 'x', message: said, timedOut: true },
]

const CASES: readonly (readonly [MethodName, readonly string[], unknown])[] = [
  ['whoami', ['whoami'], account],
  ['whoami', ['account', 'show'], account],
  ['account.recoveryKey', ['account', 'recovery-key'], { key: 'x' }],
  ['contact.list', ['contact', 'list'], { contacts: [contact] }],
  ['contact.add', ['contact', 'add', ATTACK], contact],
  ['contact.remove', ['contact', 'remove', ATTACK], {}],
  ['contact.alias', ['contact', 'alias', 'bob', ATTACK], contact],
  [
    'verify',
    ['verify', 'bob'],
    { v: 1, type: 'verification', name: 'x', trust: 'changed', digits: 'x', words: ['x'], qr: 'x' },
  ],
  ['send', ['send', 'bob', 'hi'], { results }],
  ['msg.forward', ['msg', 'forward', 'x', 'bob'], { results }],
  ['receive', ['receive', '--since', '0'], { events: [said, event], cursor: '1', more: false }],
  ['history', ['history', 'bob'], { messages: [said], more: false }],
  ['search', ['search', 'x'], { messages: [said], more: false }],
  ['chats', ['chats'], { chats: [chat] }],
  ['chat.show', ['chat', 'show', 'bob'], chat],
  ['chat.delete', ['chat', 'delete', ATTACK, '--yes'], {}],
  ['msg.show', ['msg', 'show', 'x'], said],
  ['msg.react', ['msg', 'react', 'x', ATTACK], said],
  ['download', ['download', 'x'], { path: 'x' }],
  [
    'doctor',
    ['doctor', '--home', '/dev/null/x'],
    { checks: [{ v: 1, type: 'check', name: 'x', ok: false, detail: 'x', mend: 'x' }] },
  ],
]

describe('nothing from outside acts on a terminal', () => {
  test.each(CASES)('by way of %s', async (method, argv, answer) => {
    const answers = { [method]: () => poisoned(answer) } as Answers
    for (const more of [[], ['--json'], ['-v']]) {
      for (const terminal of [false, true]) {
        const env = { NO_COLOR: '1' }
        const ran = await runFake([...argv, ...more], { answers, terminal, env })
        expect(ran.stdout).not.toMatch(HARMFUL)
        expect(ran.stderr).not.toMatch(HARMFUL)
        expect(ran.stdout + ran.stderr).toMatch(/owned|"done"/)
      }
    }
  })

  test('by way of an error, its hint and its candidates', async () => {
    const thrown = new ClientError('ambiguous', ATTACK, { hint: ATTACK, candidates: [ATTACK] })
    const answers: Answers = {
      chats: () => {
        throw thrown
      },
    }
    for (const more of [[], ['--json']]) {
      const { stderr } = await runFake(['chats', ...more], { answers })
      expect(stderr).toContain('owned')
      expect(stderr).not.toMatch(HARMFUL)
    }
  })

  test.each([
    [[ATTACK]],
    [['send', `--${ATTACK}`]],
    [['help', ATTACK]],
    [['config', 'get', ATTACK]],
  ])('by way of the command line itself: %#', async (argv) => {
    const { stderr } = await runFake(argv)
    expect(stderr).not.toMatch(HARMFUL)
  })
})
