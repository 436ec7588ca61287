import { request } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { localBus } from '../../server/bus/local.ts'
import { systemEnv } from '../../server/system-env.ts'
import type { Entry } from '../../src/protocol/frames.ts'
import { type ClientId, type LogId, mailboxOf, uuidV4 } from '../../src/protocol/ids.ts'
import { MAX_CLOCK_SKEW_MS, MAX_HELLO_BYTES, RETENTION_MS } from '../../src/protocol/limits.ts'
import { StandingClock, startNode, type TestNode } from './support/node.ts'
import { answer, newClientId, type StreamClient } from './support/stream-client.ts'

const clock = new StandingClock()
let node: TestNode
beforeAll(async () => {
  node = await startNode({
    env: clock,
    origins: ['https://friend.example'],
    limits: { appends: { burst: 20_000, perSecond: 100 }, signals: { burst: 2, perSecond: 1 } },
  })
})
afterAll(() => node.close())

const clients: StreamClient[] = []
const client = (headers?: Record<string, string>): StreamClient => {
  const made = node.client(headers)
  clients.push(made)
  return made
}
afterEach(async () => {
  await Promise.all(clients.splice(0).map((one) => one.end()))
})

/** What the server says when it ends the connection. */
const byeOf = async (stream: StreamClient): Promise<string> => (await stream.frame('bye')).code

describe('a login', () => {
  test('says where the mailbox stands', async () => {
    const alice = await node.online()
    const bob = await node.person()
    alice.client.append([{ log: bob.device }, { log: bob.device }])
    await alice.client.frame('appended')
    expect(await client().open(bob)).toMatchObject({ version: 1, cursor: 0, head: 2, restored: 0 })
    await alice.client.end()
  })

  test('for another server does not pass here', async () => {
    const stream = client()
    await stream.hello(await node.person(), { server: new Uint8Array(32).fill(9) } as object)
    expect(await byeOf(stream)).toBe('unauthorised')
  })

  test('that was heard on one connection does not pass on another', async () => {
    const bob = await node.person()
    const first = client()
    const heard = answer(bob, await first.frame('challenge'))
    const second = client()
    await second.frame('challenge')
    second.send(heard)
    expect(await byeOf(second)).toBe('unauthorised')
    first.send(heard)
    await first.frame('welcome')
  })

  test('signed by another device, for another account or at another time does not pass', async () => {
    const bob = await node.person()
    const mallory = await node.person()
    const wrong = [
      { ...bob, privateKey: mallory.privateKey },
      { ...bob, account: mallory.account },
      { ...bob, device: uuidV4<typeof bob.device>(systemEnv.random(16)) },
    ]
    for (const person of wrong) {
      const stream = client()
      await stream.hello(person)
      expect(await byeOf(stream)).toBe('unauthorised')
    }
    for (const skew of [MAX_CLOCK_SKEW_MS + 1, -MAX_CLOCK_SKEW_MS - 1]) {
      const stream = client()
      await stream.hello(bob, { time: clock.now() + skew })
      expect(await byeOf(stream)).toBe('unauthorised')
    }
  })

  test('offering no version that we speak ends', async () => {
    const stream = client()
    await stream.hello(await node.person(), { versions: [77] })
    expect(await byeOf(stream)).toBe('protocol')
  })

  test('with an older generation, or the same of another opening, is rolled back', async () => {
    const bob = await node.person()
    await client().open(bob, { generation: 10_000 })
    for (const generation of [9_999, 10_000]) {
      const stream = client()
      await stream.hello(bob, { generation })
      expect(await byeOf(stream)).toBe('rolled_back')
    }
  })

  test('of the same device takes the place of the one before', async () => {
    const bob = await node.person()
    const older = client()
    await older.open(bob)
    const newer = client()
    await newer.open(bob)
    expect(await byeOf(older)).toBe('replaced')
    await older.closed
    await newer.sync()
  })

  test('of a disabled account ends, and so does a connection that it has', async () => {
    const bob = await node.online()
    await node.storage.directory.setDisabled(bob.account, true)
    node.core.disconnect(bob.device, 'device_removed')
    expect(await byeOf(bob.client)).toBe('device_removed')
    const stream = client()
    await stream.hello(bob)
    expect(await byeOf(stream)).toBe('unauthorised')
  })

  test('that does not come is not waited for', async () => {
    const stream = client()
    await stream.frame('challenge')
    clock.advance(10_000)
    await node.core.tick()
    await stream.closed
  })

  test('is all that is allowed before it', async () => {
    const early = client()
    await early.frame('challenge')
    early.send({ kind: 'ping', nonce: 1 })
    expect(await byeOf(early)).toBe('protocol')
    const large = client()
    await large.frame('challenge')
    large.socket.send(new Uint8Array(MAX_HELLO_BYTES + 1))
    expect(await byeOf(large)).toBe('protocol')
  })
})

describe('the upgrade', () => {
  const statusOf = (path: string, headers: Record<string, string>): Promise<number> =>
    new Promise((resolve, reject) => {
      const { port, hostname } = new URL(node.url)
      const upgrade = {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': Buffer.alloc(16).toString('base64'),
      }
      const sent = request({ port, hostname, path, headers: { ...upgrade, ...headers } })
      sent.on('response', (response) => resolve(response.statusCode ?? 0))
      sent.on('upgrade', (response, socket) => {
        socket.destroy()
        resolve(response.statusCode ?? 0)
      })
      sent.on('error', reject)
      sent.end()
    })

  test('is refused to browsers of origins that nobody allowed', async () => {
    expect(await statusOf('/v1/stream', { origin: 'https://evil.example' })).toBe(403)
    expect(await statusOf('/v1/stream', { origin: 'null' })).toBe(403)
    expect(await statusOf('/v1/stream', { origin: 'https://friend.example' })).toBe(101)
    expect(await statusOf('/v1/stream', {})).toBe(101)
  })

  test('happens at one path only', async () => {
    expect(await statusOf('/v1/other', {})).toBe(404)
  })

  test('is refused to an address that holds too many', async () => {
    const small = await startNode({ limits: { connectionsPerAddress: 2 } })
    const held = [small.client(), small.client()]
    await Promise.all(held.map((one) => one.frame('challenge')))
    const third = small.client()
    await third.closed
    expect(third.received).toEqual([])
    await held[0]?.end()
    await held[1]?.end()
    const again = await small.online()
    await again.client.sync()
    await small.close()
  })
})

describe('an append', () => {
  test('is answered after its commit and reaches the reader byte for byte', async () => {
    const alice = await node.online()
    const bob = await node.online()
    const body = new Uint8Array([1, 2, 3])
    const number = alice.client.append([{ log: bob.device, body }])
    const appended = await alice.client.frame('appended')
    expect(appended).toMatchObject({
      request: number,
      results: [{ log: mailboxOf(bob.device), seq: 1 }],
    })
    const [entry] = await bob.client.entries(1)
    expect(entry).toMatchObject({ seq: 1, account: alice.account, device: alice.device, body })
  })

  test('that is repeated is not delivered again', async () => {
    const alice = await node.online()
    const bob = await node.online()
    const clientId: ClientId = newClientId()
    alice.client.append([{ log: bob.device, clientId }])
    alice.client.append([{ log: bob.device, clientId }])
    alice.client.append([{ log: bob.device }])
    const seqs = (await bob.client.entries(2)).map(({ seq }) => seq)
    expect(seqs).toEqual([1, 2])
    await bob.client.sync()
    expect(bob.client.received.filter(({ kind }) => kind === 'entries')).toEqual([])
  })

  test('over the sender’s rate is refused with the time after which it would pass', async () => {
    const tight = await startNode({ env: clock, limits: { appends: { burst: 2, perSecond: 1 } } })
    const alice = await tight.online()
    for (let round = 0; round < 3; round += 1) alice.client.append([{ log: alice.device }])
    const refused = await alice.client.frame('refused')
    expect(refused).toMatchObject({ reason: 'rate_limited', retryAfter: 1_000 })
    clock.advance(1_000)
    alice.client.append([{ log: alice.device }])
    await alice.client.frame('appended')
    await alice.client.frame('appended')
    await alice.client.frame('appended')
    await tight.close()
  })

  test('of nothing ends the connection', async () => {
    const alice = await node.online()
    alice.client.append([])
    expect(await byeOf(alice.client)).toBe('protocol')
  })
})

describe('a mailbox', () => {
  test('goes on where the reader’s acknowledgements ended', async () => {
    const alice = await node.online()
    const bob = await node.online()
    alice.client.append(Array.from({ length: 5 }, () => ({ log: bob.device })))
    await bob.client.entries(5)
    bob.client.send({ kind: 'ack', log: mailboxOf(bob.device), upTo: 3 })
    await bob.client.sync()
    await bob.client.end()
    const again = client()
    expect(await again.open(bob)).toMatchObject({ cursor: 3, head: 5 })
    expect((await again.entries(2)).map(({ seq }) => seq)).toEqual([4, 5])
  })

  test('that lost entries to their age says up to where', async () => {
    const alice = await node.online()
    const bob = await node.person()
    alice.client.append([{ log: bob.device }, { log: bob.device }])
    await alice.client.frame('appended')
    clock.advance(RETENTION_MS + 1)
    while (await node.storage.logs.sweep({ now: clock.now(), retentionMs: RETENTION_MS }));
    const stream = client()
    await stream.open(bob)
    expect(await stream.frame('notice')).toMatchObject({ about: 'gap', upTo: 2 })
    const carol = await node.online()
    carol.client.append([{ log: bob.device }])
    expect((await stream.entries(1))[0]?.seq).toBe(3)
  })

  test('is complete and in order for a reader that comes and goes while others write', async () => {
    const bob = await node.person()
    const writers = await Promise.all([node.online(), node.online(), node.online()])
    const rounds = 60
    for (const { client: writer } of writers) {
      for (let round = 0; round < rounds; round += 1) writer.append([{ log: bob.device }])
    }
    const seqs: number[] = []
    while (seqs.length < writers.length * rounds) {
      const stream = client()
      await stream.open(bob)
      for (let frames = 0; frames < 3 && seqs.length < writers.length * rounds; frames += 1) {
        const { entries } = await stream.frame('entries')
        seqs.push(...entries.map(({ seq }: Entry) => seq))
        stream.send({ kind: 'ack', log: mailboxOf(bob.device), upTo: seqs.at(-1) ?? 0 })
      }
      await stream.sync()
      await stream.end()
    }
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, index) => index + 1))
  })

  test('cannot be asked for, nor anybody else’s', async () => {
    const alice = await node.online()
    const bob = await node.online()
    alice.client.append([{ log: bob.device }])
    await bob.client.entries(1)
    alice.client.send({ kind: 'read', log: mailboxOf(bob.device), after: 0 })
    alice.client.send({ kind: 'ack', log: mailboxOf(bob.device), upTo: 1 })
    await alice.client.sync()
    expect(alice.client.received.filter(({ kind }) => kind === 'entries')).toEqual([])
    await node.storage.logs.settled()
    expect(await node.storage.logs.cursor(bob.device, mailboxOf(bob.device))).toMatchObject({
      cursor: 0,
    })
    bob.client.send({ kind: 'read', log: mailboxOf(bob.device), after: 0 })
    expect(await byeOf(bob.client)).toBe('protocol')
  })
})

describe('a group', () => {
  test('is written once and read by each of its readers', async () => {
    const members = await Promise.all([node.online(), node.online(), node.online()])
    const log = uuidV4<LogId>(systemEnv.random(16))
    await node.storage.logs.createGroup({ log, readers: members.map(({ device }) => device) })
    for (const { client: member } of members) member.send({ kind: 'read', log, after: 0 })
    await Promise.all(members.map(({ client: member }) => member.sync()))
    members[0]?.client.append([{ log, expectedEpoch: 0 }, { log }])
    for (const { client: member } of members) {
      expect((await member.entries(2)).map(({ seq }) => seq)).toEqual([1, 2])
    }
    const [first] = members
    if (first === undefined) throw new Error('no members')
    await node.storage.logs.changeReaders({ log, add: [], remove: [first.device] })
    node.core.stopReading(first.device, log)
    members[1]?.client.append([{ log }])
    await members[2]?.client.entries(1)
    await first.client.sync()
    expect(first.client.received.filter(({ kind }) => kind === 'entries')).toEqual([])
  })
})

describe('between nodes', () => {
  test('entries, signals and ends cross the bus', async () => {
    const bus = localBus()
    const near = await startNode({ bus })
    const far = await startNode({ bus, storage: near.storage })
    const alice = await near.online()
    const bob = await far.online(await near.person())
    alice.client.append([{ log: bob.device }])
    expect((await bob.client.entries(1))[0]?.seq).toBe(1)
    const body = new Uint8Array([4])
    alice.client.send({ kind: 'signal', to: bob.account, device: undefined, body })
    expect(await bob.client.frame('signalled')).toMatchObject({ device: alice.device, body })
    near.core.notifyPrekeys(bob.device, { curve: 3, kem: 4 })
    expect(await bob.client.frame('notice')).toMatchObject({ curvePrekeys: 3, kemPrekeys: 4 })
    const again = await near.online(bob)
    expect(await byeOf(bob.client)).toBe('replaced')
    far.core.disconnect(bob.device, 'device_removed')
    expect(await byeOf(again.client)).toBe('device_removed')
    await far.close()
    await near.close()
  })

  test('everything arrives by polling though the bus loses all', async () => {
    const deaf = { join: () => ({ publish: () => undefined, leave: () => undefined }) }
    const near = await startNode({ env: clock, bus: deaf })
    const far = await startNode({ env: clock, bus: deaf, storage: near.storage })
    const alice = await near.online()
    const bob = await far.online(await near.person())
    alice.client.append([{ log: bob.device }])
    await alice.client.frame('appended')
    await bob.client.sync()
    expect(bob.client.received).toEqual([])
    clock.advance(30_000)
    await far.core.tick()
    expect((await bob.client.entries(1))[0]?.seq).toBe(1)
    await far.close()
    await near.close()
  })
})

describe('a connection', () => {
  test('that is quiet is pinged, and ended when it says nothing', async () => {
    const own = await startNode({ env: clock })
    const bob = await own.online()
    clock.advance(30_000)
    await own.core.tick()
    await bob.client.frame('ping')
    clock.advance(30_000)
    await own.core.tick()
    expect(await byeOf(bob.client)).toBe('idle')
    await own.close()
  })

  test('over its rate of signals is not heard, and not punished', async () => {
    const alice = await node.online()
    const bob = await node.online()
    for (let body = 0; body < 4; body += 1) {
      const signal = { to: bob.account, device: bob.device, body: new Uint8Array([body]) }
      alice.client.send({ kind: 'signal', ...signal })
    }
    await alice.client.sync()
    await bob.client.sync()
    const heard = bob.client.received.filter(({ kind }) => kind === 'signalled')
    expect(heard).toHaveLength(2)
  })

  test('hears of its account’s devices and of its prekeys', async () => {
    const bob = await node.online()
    node.core.notifyDevicesChanged(bob.account)
    expect(await bob.client.frame('notice')).toMatchObject({ about: 'devices_changed' })
    node.core.notifyPrekeys(bob.device, { curve: 5, kem: 6 })
    expect(await bob.client.frame('notice')).toMatchObject({
      about: 'prekeys_low',
      curvePrekeys: 5,
      kemPrekeys: 6,
    })
  })

  test('is told to come back later when the server drains, with its appends answered', async () => {
    const own = await startNode()
    const people = await Promise.all(Array.from({ length: 8 }, () => own.online()))
    for (const { client: one, device } of people) {
      for (let round = 0; round < 20; round += 1) one.append([{ log: device }])
    }
    await Promise.all(people.map(({ client: one }) => one.sync()))
    await own.close()
    const waits = new Set<number>()
    for (const { client: one } of people) {
      const answered = one.received.filter(({ kind }) => kind === 'appended')
      expect(answered).toHaveLength(20)
      const bye = await one.frame('bye')
      expect(bye.code).toBe('draining')
      waits.add(bye.retryAfter)
    }
    expect(waits.size).toBeGreaterThan(4)
  })
})
