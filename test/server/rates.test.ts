// How often a device may say what, beyond appends and signals: over it the connection ends, with the
// time to wait.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClientFrame } from '../../src/protocol/frames.ts'
import { type LogId, mailboxOf, uuidV4 } from '../../src/protocol/ids.ts'
import { StandingClock, startNode, type TestNode } from './support/node.ts'

const BURST = 5
/** A login is one thing that brings nothing, too. */
const LEFT = BURST - 1
const clock = new StandingClock()
let node: TestNode
beforeAll(async () => {
  node = await startNode({
    env: clock,
    limits: {
      appends: { burst: 16, perSecond: 1 },
      signals: { burst: 1, perSecond: 1 },
      reads: { burst: BURST, perSecond: 2 },
      chatter: { burst: BURST, perSecond: 4 },
      connects: { burst: 60, perSecond: 1 },
      logins: { burst: 3, perSecond: 1 },
    },
  })
})
afterAll(() => node.close())

const other = (): LogId => uuidV4<LogId>(crypto.getRandomValues(new Uint8Array(16)))

describe('what brings nothing', () => {
  const frames: Readonly<Record<string, (log: LogId) => ClientFrame>> = {
    'a ping': () => ({ kind: 'ping', nonce: 1 }),
    'a pong': () => ({ kind: 'pong', nonce: 1 }),
    presence: () => ({ kind: 'presence', state: 'away' }),
    'an acknowledgement of nothing new': (log) => ({ kind: 'ack', log, upTo: 0 }),
    'an acknowledgement of what is not there': (log) => ({ kind: 'ack', log, upTo: 900 }),
    'an acknowledgement in another log': () => ({ kind: 'ack', log: other(), upTo: 1 }),
  }

  test.each(Object.keys(frames))('%s, is heard so often and no more', async (name) => {
    const { client, device } = await node.online()
    const log = mailboxOf(device)
    const frame = frames[name]?.(log)
    if (frame === undefined) throw new Error('no such frame')
    for (let count = 0; count < BURST + 10; count += 1) client.send(frame)
    expect(await client.frame('bye')).toMatchObject({ code: 'rate_limited', retryAfter: 1_500 })
    await client.closed
    const pongs = client.received.filter(({ kind }) => kind === 'pong')
    expect(pongs).toHaveLength(name === 'a ping' ? LEFT : 0)
    expect(node.errors).toEqual([])
  })

  test('counts across connections; who went over comes back when twice as much has come', async () => {
    const bob = await node.online()
    for (let count = 1; count < LEFT; count += 1) await bob.client.sync()
    const again = await node.online(bob)
    again.client.send({ kind: 'ping', nonce: 1 })
    expect((await again.client.frame('bye')).code).toBe('rate_limited')
    const early = node.client()
    await early.hello(bob)
    expect(await early.frame('bye')).toMatchObject({ code: 'rate_limited', retryAfter: 1_500 })
    clock.advance(2_000)
    const later = await node.online(bob)
    await later.client.sync()
    await later.client.end()
  })

  test('is not what acknowledges entries for the first time', async () => {
    const alice = await node.online()
    const bob = await node.online()
    const log = mailboxOf(bob.device)
    const count = 3 * BURST
    alice.client.append(Array.from({ length: count }, () => ({ log: bob.device })))
    for (const { seq } of await bob.client.entries(count)) {
      bob.client.send({ kind: 'ack', log, upTo: seq })
    }
    await bob.client.sync()
    expect((await node.storage.logs.cursor(bob.device, log))?.cursor).toBe(count)
  })

  test('is also what was over its rate', async () => {
    const alice = await node.online()
    const bob = await node.online()
    const body = new Uint8Array(1)
    for (let count = 0; count < BURST + 2; count += 1) {
      alice.client.send({ kind: 'signal', to: bob.account, device: undefined, body })
    }
    expect((await alice.client.frame('bye')).code).toBe('rate_limited')
    // Each 4 KiB of a message are a further one.
    const items = Array.from({ length: 1 }, () => ({
      log: bob.device,
      body: new Uint8Array(64 * 1024),
    }))
    for (let count = 0; count < BURST + 2; count += 1) bob.client.append(items)
    expect((await bob.client.frame('refused')).reason).toBe('rate_limited')
    expect((await bob.client.frame('bye')).code).toBe('rate_limited')
  })
})

describe('a WebSocket’s own', () => {
  test.each(['ping', 'pong'] as const)('%ss are counted, too', async (kind) => {
    const { client } = await node.online()
    for (let count = 0; count <= BURST; count += 1) client.socket[kind]()
    expect((await client.frame('bye')).code).toBe('rate_limited')
  })
})

describe('a log', () => {
  test('is begun to be read so often and no more', async () => {
    const { client } = await node.online()
    for (let count = 0; count <= BURST; count += 1) {
      client.send({ kind: 'read', log: other(), after: 0 })
    }
    expect(await client.frame('bye')).toMatchObject({ code: 'rate_limited', retryAfter: 500 })
  })
})

describe('a device', () => {
  test('logs in so often and no more, and a stranger uses none of it up', async () => {
    const bob = await node.person()
    const wrong = { ...bob, privateKey: (await node.person()).privateKey }
    for (let count = 0; count < 4; count += 1) {
      const stranger = node.client()
      await stranger.hello(wrong)
      expect((await stranger.frame('bye')).code).toBe('unauthorised')
    }
    for (let count = 0; count < 3; count += 1) await (await node.online(bob)).client.end()
    const fourth = node.client()
    await fourth.hello(bob)
    expect(await fourth.frame('bye')).toMatchObject({ code: 'rate_limited', retryAfter: 1_000 })
    clock.advance(1_000)
    await (await node.online(bob)).client.end()
  })
})

describe('an address', () => {
  test('begins so many connections and no more, and again later', async () => {
    clock.advance(60_000)
    const first = Array.from({ length: 60 }, () => node.client())
    await Promise.all(first.map((one) => one.frame('challenge')))
    const refused = node.client()
    await refused.closed
    expect(refused.received).toEqual([])
    clock.advance(1_000)
    const later = node.client()
    await later.frame('challenge')
    await Promise.all([later, ...first].map((one) => one.end()))
  })
})
