// The screens that the documentation shows: what two people see of a talk, drawn by the views and
// compared with docs/screens. After a change that is meant: `npx vitest run test/tui/pictures -u`.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createElement } from 'react'
import { describe, expect, test } from 'vitest'
import type { MessageJson } from '../../src/client/api.ts'
import type { Model } from '../../src/tui/model.ts'
import { NEW_FOUNDING } from '../../src/tui/update/founding.ts'
import { App } from '../../src/tui/views/app.tsx'
import {
  ago,
  chat,
  contact,
  DAY,
  emptyModel,
  file,
  HOUR,
  inChat,
  MINUTE,
  message,
  Play,
  play,
} from './scene.ts'
import { snapshot } from './snapshot.ts'

const picture = (name: string): string => `../../docs/screens/${name}.txt`
const drawn = (model: Model): string => `${snapshot(createElement(App, { model }), model.size)}\n`

const ann = { name: 'ann', device: 'laptop', verified: false }
const bob = { name: 'bob', device: 'phone', verified: true }

const said = (id: string, minutes: number, body: string, more: Partial<MessageJson> = {}) =>
  message(id, { ...inChat('bob'), from: bob, body, received_at: ago(minutes * MINUTE), ...more })
const own = (id: string, minutes: number, body: string, more: Partial<MessageJson> = {}) =>
  said(id, minutes, body, { direction: 'out', from: ann, status: 'read', ...more })

const TALK: readonly MessageJson[] = [
  said('1', 27 * 60, 'The tests on Node 24 hang. Only in CI, of course.'),
  own('2', 26 * 60, 'I look at it tomorrow.'),
  said('3', 52, 'Anything?', { pinned: false }),
  own('4', 47, 'Found it. Two locks, taken in both orders:'),
  own('5', 46, '```ts\nawait profile.lock()\nawait outbox.drain() // waits for the profile\n```'),
  said('6', 41, 'A classic. **Same order everywhere**, then?', { reply_to: '4' }),
  own('7', 38, 'Yes. And a test that dies without it.', {
    reactions: [
      { emoji: '👍', from: 'bob' },
      { emoji: '🎉', from: 'ann' },
    ],
  }),
  said('8', 21, '', {
    attachments: [file('f1', { name: 'trace.json', mime: 'application/json', size: 48_213 })],
  }),
  own('9', 12, 'Green on both: https://ci.example.org/run/1842', { status: 'delivered' }),
]

const CHATS = [
  chat('bob', { pinned: true, last: TALK.at(-1) ?? null }),
  chat('cleo', {
    unread: 2,
    last: message('c', { ...inChat('cleo'), body: 'Lunch at one?', received_at: ago(6 * MINUTE) }),
  }),
  chat('ops', {
    muted_until: ago(-DAY),
    last: message('o', {
      ...inChat('ops'),
      body: '✓ done in 4m: nightly backup',
      received_at: ago(9 * HOUR),
    }),
  }),
  chat('dan', {
    last: message('d', { ...inChat('dan'), body: 'See you on Friday.', received_at: ago(2 * DAY) }),
  }),
  chat('eve', {
    request: true,
    last: message('e', {
      ...inChat('eve'),
      body: 'We met at the conference.',
      received_at: ago(3 * HOUR),
    }),
  }),
]
const CONTACTS = [
  contact('bob', { trust: 'verified' }),
  contact('cleo'),
  contact('dan'),
  contact('ops'),
  contact('eve', { relation: 'incoming' }),
]

const talking = (): Play => play({ chats: CHATS, contacts: CONTACTS, open: 'bob', messages: TALK })

describe('the pictures of the documentation', () => {
  test('are the ones that the README shows', () => {
    const text = (path: string): string =>
      readFileSync(resolve(import.meta.dirname, '../..', path), 'utf8')
    expect(text('README.md')).toContain(text('docs/screens/thread.txt'))
  })

  test('a talk', async () => {
    const made = talking().type('I write the ')
    await expect(drawn(made.model)).toMatchFileSnapshot(picture('thread'))
  })

  test('the palette', async () => {
    const made = talking().press('ctrl+k').type('pin')
    await expect(drawn(made.model)).toMatchFileSnapshot(picture('palette'))
  })

  test('a verification', async () => {
    const made = talking().type('/verify').press('enter')
    made.answer({
      kind: 'verify',
      verification: {
        v: 1,
        type: 'verification',
        name: 'bob',
        trust: 'unverified',
        digits: '51093 11477 55206 05395 91031 32309 68701 73704 19752 96259 80860 75457',
        words: ['copper', 'lantern', 'orbit', 'meadow', 'violin', 'harbor'],
        qr: 'sotto:verify',
      },
    })
    await expect(drawn(made.model)).toMatchFileSnapshot(picture('verify'))
  })

  test('a first run', async () => {
    const founding = { kind: 'founding', founding: NEW_FOUNDING } as const
    const made = new Play({ ...emptyModel(), screen: founding }).resize(80, 24)
    await expect(drawn(made.model)).toMatchFileSnapshot(picture('first-run'))
  })

  test('forty columns', async () => {
    const made = talking().resize(40, 24)
    await expect(drawn(made.model)).toMatchFileSnapshot(picture('narrow'))
  })
})
