// Peers that do not play by the rules: the node answers them in words or cuts them, and goes on.

import { connect, type Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { WebSocket } from 'ws'
import { Connection } from '../../server/connection.ts'
import { Corks } from '../../server/corks.ts'
import type { GatewayContext } from '../../server/gateway-context.ts'
import { LogService } from '../../server/log.ts'
import { Buckets } from '../../server/quota.ts'
import { systemEnv } from '../../server/system-env.ts'
import { type ClientFrame, encodeClientFrame } from '../../src/protocol/frames.ts'
import { type LogId, mailboxOf, uuidV4 } from '../../src/protocol/ids.ts'
import { startNode, type TestNode } from './support/node.ts'
import type { Person } from './support/people.ts'
import { answer, newClientId, type StreamClient } from './support/stream-client.ts'

let node: TestNode
beforeAll(async () => {
  const plenty = { burst: 1e9, perSecond: 1e9 }
  node = await startNode({
    limits: { appends: plenty, signals: plenty, chatter: plenty, logins: plenty },
  })
})
afterAll(() => node.close())

const FRAMES = 10_000
/** Over sockets each break costs a login: these are fewer. */
const SOCKET_FRAMES = 800

function samples({ device, account }: Person): readonly Uint8Array[] {
  const log = mailboxOf(device)
  const item = { log, clientId: newClientId(), body: new Uint8Array(40), expectedEpoch: undefined }
  const frames: readonly ClientFrame[] = [
    { kind: 'append', request: 1, lists: [{ account, version: 1 }], items: [item, item] },
    { kind: 'ack', log, upTo: 1 },
    { kind: 'read', log: uuidV4<LogId>(systemEnv.random(16)), after: 0 },
    { kind: 'signal', to: account, device, body: new Uint8Array(5) },
    { kind: 'presence', state: 'away' },
    { kind: 'ping', nonce: 1 },
    { kind: 'pong', nonce: 1 },
  ]
  return frames.map(encodeClientFrame)
}

const mutation = fc.record({
  which: fc.nat(6),
  cut: fc.option(fc.nat(120), { freq: 4 }),
  flips: fc.array(fc.record({ at: fc.nat(160), to: fc.nat(255) }), { maxLength: 4 }),
  tail: fc.uint8Array({ maxLength: 3 }),
})

type Mutation = typeof mutation extends fc.Arbitrary<infer M> ? M : never

const CHALLENGE = {
  kind: 'challenge',
  versions: [1],
  server: new Uint8Array(32),
  nonce: new Uint8Array(32),
} as const

describe('a hostile peer', () => {
  test('sends ten thousand broken frames and causes no fault of ours', async () => {
    const mallory = await node.person()
    const faults: object[] = []
    const broken = { told: 0 }
    const context = contextWith(faults)
    let connection = openConnection(context, mallory)
    const base = samples(mallory)
    for (const drawn of fc.sample(mutation, { numRuns: FRAMES, seed: 7 })) {
      connection.received(mutated(base, drawn))
      if (connection.state === 'open') continue
      broken.told += 1
      connection = openConnection(context, mallory)
    }
    connection.gone()
    expect(faults).toEqual([])
    expect(broken.told).toBeGreaterThan(FRAMES / 4)
    await node.storage.logs.settled()
  })

  test('hears over its socket at most that it broke the protocol', async () => {
    const people = await Promise.all(Array.from({ length: 8 }, () => node.person()))
    const frames = fc.sample(mutation, { numRuns: SOCKET_FRAMES, seed: 8 })
    const each = SOCKET_FRAMES / people.length
    const codes = await Promise.all(
      people.map((person, index) =>
        breakOften(person, frames.slice(index * each, (index + 1) * each)),
      ),
    )
    expect(new Set(codes.flat())).toEqual(new Set(['protocol']))
    expect(node.errors).toEqual([])
    await (await node.online()).client.sync()
  })

  test('that talks text, or garbage before the login, is ended', async () => {
    const texter = node.client()
    await texter.frame('challenge')
    texter.socket.send('hello')
    expect((await texter.frame('bye')).code).toBe('protocol')
    for (const bytes of fc.sample(fc.uint8Array({ maxLength: 900 }), { numRuns: 50, seed: 3 })) {
      const stream = node.client()
      await stream.frame('challenge')
      stream.socket.send(bytes)
      expect((await stream.frame('bye')).code).toBe('protocol')
      await stream.end()
    }
  })

  test('that begins a large frame before its login is cut before it is whole', async () => {
    const stranger = node.client()
    await stranger.frame('challenge')
    const head = Buffer.alloc(14)
    head.set([0x82, 0xff])
    head.writeUInt32BE(1024 * 1024, 6)
    socketOf(stranger).write(Buffer.concat([head, Buffer.alloc(200_000)]))
    await stranger.closed
    expect(stranger.received).toEqual([])
  })

  test('that sends more than a frame may hold is cut by the socket itself', async () => {
    const { client } = await node.online()
    client.socket.send(new Uint8Array(1024 * 1024 + 1))
    await client.closed
  })

  test('that sends a thousand frames in one piece is heard some at a turn (N17)', async () => {
    const { client, device } = await node.online()
    let turns = 0
    let timer: NodeJS.Immediate | undefined
    const count = (): void => {
      turns += 1
      timer = setImmediate(count)
    }
    count()
    const heard = new Map<number, number>()
    const received = vi.spyOn(Connection.prototype, 'received')
    received.mockImplementation(function (this: Connection) {
      if (this.peer?.device === device) heard.set(turns, (heard.get(turns) ?? 0) + 1)
    })
    const raw = socketOf(client)
    raw.cork()
    for (let nonce = 0; nonce < 1_000; nonce += 1) client.send({ kind: 'ping', nonce })
    raw.uncork()
    await vi.waitFor(() => expect(sum(heard.values())).toBe(1_000))
    received.mockRestore()
    clearImmediate(timer)
    // Twice as many where the count stands between those of two turns.
    expect(Math.max(...heard.values())).toBeLessThanOrEqual(32)
  })

  test('that asks for ever and never reads is cut', async () => {
    const { client, account, device } = await node.online()
    const raw = socketOf(client)
    raw.pause()
    let ended = false
    for (const sign of ['error', 'close']) {
      raw.on(sign, () => {
        ended = true
      })
    }
    // Refused with a kilobyte each: the lists of 64 accounts are older than they should be.
    const lists = Array.from({ length: 64 }, () => ({ account, version: 0 }))
    while (!ended) {
      for (let count = 0; count < 500; count += 1) client.append([{ log: device }], lists)
      await turn()
    }
    await (await node.online()).client.sync()
  })

  test('that reads slowly is served from the log: its socket holds a megabyte, not its mailbox', async () => {
    const slow = await node.online()
    const writer = await node.online()
    slow.client.socket.pause()
    const body = new Uint8Array(64 * 1024)
    const count = 600
    const before = deliveredFrames()
    for (let sent = 0; sent < count; sent += 1) {
      writer.client.append([{ log: slow.device, body }])
      await writer.client.frame('appended')
    }
    // A megabyte in the socket and what the kernel takes, about ten; the rest is in the log only.
    expect(deliveredFrames() - before).toBeLessThan(count / 2)
    slow.client.socket.resume()
    const seqs = (await slow.client.entries(count)).map(({ seq }) => seq)
    expect(seqs).toEqual(Array.from({ length: count }, (_, index) => index + 1))
  })

  test('that does not keep up holds its own frames in memory, and nobody else’s', async () => {
    const socket = { ...deaf, bufferedAmount: 0, sent: [] as Uint8Array[] }
    socket.send = (bytes: Uint8Array) => socket.sent.push(bytes)
    const mallory = await node.person()
    const connection = openConnection(contextWith([]), mallory, socket)
    const held = (waiting: number): number => {
      socket.bufferedAmount = waiting
      connection.received(encodeClientFrame({ kind: 'ping', nonce: 1 }))
      return socket.sent.at(-1)?.buffer.byteLength ?? 0
    }
    expect(held(0)).toBeGreaterThan(1_000)
    expect(held(20_000)).toBe(5)
    connection.gone()
  })

  test('hundreds of half-open sockets take no place from honest ones', async () => {
    const { port, hostname } = new URL(node.url)
    const idle = await Promise.all(
      Array.from(
        { length: 300 },
        () =>
          new Promise<Socket>((resolve) => {
            const socket = connect(Number(port), hostname, () => resolve(socket))
            socket.on('error', () => undefined)
          }),
      ),
    )
    await (await node.online()).client.sync()
    for (const socket of idle) socket.destroy()
  })
})

const mutated = (
  base: readonly Uint8Array[],
  { which, cut, flips, tail }: Mutation,
): Uint8Array => {
  const bytes = Uint8Array.from(base[which] ?? []).slice(0, cut ?? undefined)
  for (const { at, to } of flips) if (at < bytes.length) bytes[at] = to
  return Buffer.concat([bytes, tail])
}

/** Some broken frames per connection, each connection to its end; what was said at the ends. */
async function breakOften(person: Person, frames: readonly Mutation[]): Promise<readonly string[]> {
  const codes: string[] = []
  const base = samples(person)
  for (let at = 0; at < frames.length; at += 4) {
    const { client } = await node.online(person)
    for (const drawn of frames.slice(at, at + 4)) client.socket.send(mutated(base, drawn))
    client.send({ kind: 'bye', code: 'done', retryAfter: 0 })
    await client.closed
    codes.push(...client.received.flatMap((said) => (said.kind === 'bye' ? [said.code] : [])))
  }
  return codes
}

const none = (): void => undefined

/** What connections share that have no socket: frames go in without a network. */
function contextWith(faults: object[]): GatewayContext<Connection> {
  const count = { add: none }
  const plenty = new Buckets({ burst: 1e9, perSecond: 1e9 })
  return {
    env: systemEnv,
    log: { debug: none, info: none, warn: none, error: (fault) => faults.push(fault) },
    serverKey: new Uint8Array(32),
    storage: node.storage.logs,
    logs: new LogService(node.storage.logs, { publish: none, leave: none }),
    corks: new Corks(),
    rates: { appends: plenty, signals: plenty, reads: plenty, chatter: plenty, logins: plenty },
    metrics: {
      appended: count,
      delivered: count,
      refused: count,
      byes: count,
      appendMs: { observe: none },
    },
    retryAfter: () => 0,
    diskFull: () => undefined,
    diskFailed: () => undefined,
    login: async () => undefined,
    flows: none,
    signal: none,
  }
}

const deaf = {
  bufferedAmount: 0,
  isPaused: false,
  send: (_bytes: Uint8Array): unknown => undefined,
  close: none,
  terminate: none,
}

/** Past its login, on a socket that is none. */
function openConnection(
  context: GatewayContext<Connection>,
  person: Person,
  ws: typeof deaf = deaf,
): Connection {
  const link = { ws: ws as unknown as WebSocket, socket: new PassThrough(), address: '' }
  const connection = new Connection(context, link)
  connection.challenge()
  connection.received(encodeClientFrame(answer(person, { ...CHALLENGE, time: Date.now() })))
  const welcome = { version: 1, time: 0, curvePrekeys: 0, kemPrekeys: 0, restored: 0 }
  connection.open(person, { cursor: 0, head: 0 }, welcome)
  return connection
}

/** The client library's own socket, to stop it from reading. */
const socketOf = (client: StreamClient): Socket =>
  (client.socket as unknown as { readonly _socket: Socket })._socket

const deliveredFrames = (): number =>
  Number(/^sotto_delivered_frames_total (\d+)$/m.exec(node.metrics.text())?.[1])

const sum = (numbers: Iterable<number>): number => {
  let total = 0
  for (const one of numbers) total += one
  return total
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
