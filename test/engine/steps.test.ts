// Single steps over a profile in memory: exactly these writes, in this order, and nothing else.

import { beforeEach, describe, expect, test } from 'vitest'
import { viewOf } from '../../src/client/view.ts'
import { decide } from '../../src/engine/decide.ts'
import { judge } from '../../src/engine/outbox.ts'
import { noteGap, receive } from '../../src/engine/receive.ts'
import type { Context, Facts, Step } from '../../src/engine/step.ts'
import type { ClientId } from '../../src/protocol/ids.ts'
import { Chance } from '../scenario/world/chance.ts'
import { SealLog, testPrimitives } from '../scenario/world/primitives.ts'
import { START } from '../scenario/world/profile.ts'
import { PROFILES, Town } from '../scenario/world/town.ts'

const { alice, bob } = PROFILES
const BOB = bob.account
const TEXT = { kind: 'text', text: 'hi', mentions: [] } as const
let town: Town

beforeEach(async () => {
  town = new Town()
  await town.settle()
})

function context(facts: Partial<Facts> = {}): Context {
  const chance = new Chance(5)
  return {
    view: viewOf(town.alice.store),
    env: {
      primitives: testPrimitives(new SealLog()),
      now: () => START,
      random: (length) => chance.bytes(length),
    },
    local: alice.local,
    facts: {
      asked: new Set(),
      gone: new Set(),
      names: new Map(),
      bundles: new Map(),
      offline: false,
      ...facts,
    },
  }
}

const kinds = (step: Step): readonly string[] =>
  step.kind === 'done' ? step.writes.map((write) => write.kind) : [step.kind]

const send = (key: string, facts: Partial<Facts> = {}): Step =>
  decide(context(facts), {
    kind: 'sendMessage',
    to: { kind: 'account', account: BOB },
    body: TEXT,
    idempotencyKey: key,
  })

describe('what a step needs', () => {
  test('is the name, then the devices, then the bundles, and nothing that was asked before', () => {
    const add = { kind: 'addContact', name: bob.name } as const
    expect(decide(context(), add)).toEqual({
      kind: 'need',
      needs: [{ kind: 'name', name: 'bob' }],
    })
    const names = new Map([[bob.name, BOB]])
    expect(decide(context({ names }), add)).toEqual({
      kind: 'need',
      needs: [{ kind: 'devices', account: BOB }],
    })
    expect(decide(context({ names: new Map([[bob.name, undefined]]) }), add)).toMatchObject({
      kind: 'refused',
      code: 'not_found',
    })
  })

  test('ends: a list that was asked for and is not there is a refusal', async () => {
    await town.befriend()
    const body = new Uint8Array()
    const zero = { hash: new Uint8Array(32), body, signature: new Uint8Array(64), checkedAt: 0 }
    town.alice.store.transaction((tx) => {
      tx.deleteAllSessions()
      tx.putDeviceList({ account: BOB, version: 0, ...zero })
    })
    expect(send('a')).toEqual({ kind: 'need', needs: [{ kind: 'devices', account: BOB }] })
    const asked = new Set([BOB])
    expect(send('a', { asked })).toMatchObject({ kind: 'refused', code: 'server' })
    expect(send('a', { asked, gone: asked })).toMatchObject({ code: 'not_found' })
  })
})

describe('a send', () => {
  beforeEach(() => town.befriend())

  test('is one list of writes: key, ratchet, ciphertext, row, chat', () => {
    const step = send('a')
    expect(kinds(step)).toEqual([
      'putIdempotent',
      'putSession',
      'addOutbox',
      'addMessage',
      'putChat',
    ])
    if (step.kind !== 'done') return
    expect(step.notices.map((notice) => notice.kind)).toEqual(['outbox', 'message', 'chat'])
    const outbox = step.writes.find((write) => write.kind === 'addOutbox')
    expect(outbox).toMatchObject({
      outgoing: { lists: [{ account: BOB, version: 1 }], items: [{ log: town.bob.log }] },
    })
  })

  test('is deterministic: the same state and chance are the same step, byte for byte', () => {
    expect(send('a')).toEqual(send('a'))
  })

  test('without a network writes the row only, and encrypts nothing', () => {
    expect(kinds(send('a', { offline: true }))).toEqual(['putIdempotent', 'addMessage', 'putChat'])
  })

  test('of nothing, of too much or to nobody is refused before anything is written', () => {
    const said = (text: string) =>
      decide(context(), {
        kind: 'sendMessage',
        to: { kind: 'account', account: BOB },
        body: { ...TEXT, text },
        idempotencyKey: 'a',
      })
    expect(said('')).toMatchObject({ kind: 'refused', code: 'bad_input' })
    expect(said('x'.repeat(64 * 1024 + 1))).toMatchObject({ kind: 'refused', code: 'bad_input' })
    expect(said('\ud800')).toMatchObject({ kind: 'refused', code: 'bad_input' })
  })
})

/** With the cut that keeps a flood of them bounded. */
const KEPT_ASIDE = [
  'putCursor',
  'putArrived',
  'addQuarantine',
  'trimQuarantine',
  'addEvent',
  'trimEvents',
]

describe('an entry', () => {
  const entry = (seq: number, body: Uint8Array) => ({
    seq,
    account: BOB,
    device: bob.local.device,
    clientId: '00000000-0000-4000-8000-000000000009' as ClientId,
    at: START,
    body,
  })

  test('that does not open moves the cursor and nothing of the ratchet (R2)', async () => {
    await town.befriend()
    const step = receive(context(), { log: town.alice.log, entry: entry(99, Uint8Array.of(1)) })
    expect(kinds(step)).toEqual(KEPT_ASIDE)
  })

  test('behind the cursor is nothing at all (R3)', async () => {
    await town.befriend()
    const arrival = { log: town.alice.log, entry: entry(99, Uint8Array.of(1)) }
    await town.alice.driver.entries(arrival.log, [arrival.entry])
    expect(town.alice.store.cursor(arrival.log)).toBe(99)
    const step = receive(context(), arrival)
    expect(step).toEqual({ kind: 'done', writes: [], notices: [], result: { kind: 'nothing' } })
  })

  test('from somebody unknown needs the devices first, and is nobody’s after that', () => {
    const arrival = { log: town.alice.log, entry: entry(1, Uint8Array.of(1)) }
    expect(receive(context(), arrival)).toEqual({
      kind: 'need',
      needs: [{ kind: 'devices', account: BOB }],
    })
    const step = receive(context({ asked: new Set([BOB]) }), arrival)
    expect(kinds(step)).toEqual(KEPT_ASIDE)
  })
})

test('a gap that is behind the cursor is no gap', () => {
  expect(kinds(noteGap(context(), town.alice.log, 0))).toEqual([])
  expect(kinds(noteGap(context(), town.alice.log, 3))).toEqual([
    'putCursor',
    'addEvent',
    'trimEvents',
  ])
})

test.each([
  ['rate_limited', 'retry'],
  ['quota', 'retry'],
  ['storage_full', 'retry'],
  ['unavailable', 'retry'],
  ['stale_devices', 'reissue'],
  ['unknown_log', 'reissue'],
  ['not_allowed', 'failed'],
  ['epoch_conflict', 'failed'],
  ['too_large', 'failed'],
] as const)('an append refused as %s is to %s', (reason, kind) => {
  expect(judge(reason, 50, START).kind).toBe(kind)
})
