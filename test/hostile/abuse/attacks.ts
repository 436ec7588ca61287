// What strangers and hostile accounts do to a server, each as often as it is told. The same attacks
// run small in abuse.test.ts and at length, against a server whose users are timed, in
// `npm run bench abuse`.

import { deflateRawSync, gzipSync } from 'node:zlib'
import { encodeClientFrame } from '../../../src/protocol/frames.ts'
import { type ClientId, type LogId, uuidV4 } from '../../../src/protocol/ids.ts'
import { drain, post } from './http.ts'
import { frameOf, type Place, RawStream, type Victim } from './raw-stream.ts'

export interface Field {
  readonly port: number
  /** Accounts of the attackers; nobody else uses them. */
  readonly attackers: readonly Victim[]
  /** Whose prekeys are drained. */
  readonly victim: Victim
  /** How many of them begin in a second; as many as can, where it is not said. */
  readonly perSecond?: number
}

/** How often something was tried, and how it ended. */
export type Seen = Readonly<Record<string, number>>

export type Attack = (field: Field, size: number) => Promise<Seen>

/** An address for each few connections, apart from those of honest users. */
const placeOf = ({ port }: Field, index: number): Place => ({
  port,
  localAddress: `127.9.${1 + (Math.floor(index / 20_000) % 200)}.${1 + (Math.floor(index / 100) % 200)}`,
})

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at)

const attackerOf = ({ attackers }: Field, index: number): Victim => {
  const found = attackers[index % attackers.length]
  if (found === undefined) throw new Error('nobody attacks')
  return found
}

const AT_ONCE = 25

/** So many at a time, each to its end. */
async function each<T>(
  { perSecond }: Field,
  size: number,
  work: (index: number) => Promise<T>,
): Promise<readonly T[]> {
  const results: T[] = []
  const begun = performance.now()
  for (let from = 0; from < size; from += AT_ONCE) {
    const batch = range(Math.min(AT_ONCE, size - from)).map((index) => work(from + index))
    results.push(...(await Promise.all(batch)))
    await paced(begun, results.length, perSecond)
  }
  return results
}

const counted = (names: readonly string[]): Seen => {
  const seen: Record<string, number> = {}
  for (const name of names) seen[name] = (seen[name] ?? 0) + 1
  return seen
}

/** Logged in, they ask for what costs others something: bundles of one device. */
export const prekeys: Attack = async (field, size) => {
  const statuses = await drain(field, size)
  return counted(statuses.map(String))
}

/** Accounts that let others write to them and read nothing. */
export const slowReaders: Attack = async (field, size) => {
  const readers = await each(field, size, async (index) => {
    const stream = new RawStream(placeOf(field, index))
    await stream.open(attackerOf(field, 1 + index))
    stream.deaf()
    return { stream, log: attackerOf(field, 1 + index).device as LogId }
  })
  const writer = new RawStream(placeOf(field, size))
  await writer.open(attackerOf(field, 0))
  writer.heedless()
  const body = new Uint8Array(32 * 1024)
  let written = 0
  for (let round = 0; round < ROUNDS_EACH; round += 1) {
    for (const { log } of readers) {
      const clientId = uuidV4<ClientId>(crypto.getRandomValues(new Uint8Array(16)))
      const item = { log, clientId, body, expectedEpoch: undefined }
      const frame = encodeClientFrame({ kind: 'append', request: 1, lists: [], items: [item] })
      if (await writer.write(frameOf(frame))) written += 1
    }
  }
  await Promise.all([writer, ...readers.map(({ stream }) => stream)].map((one) => one.end()))
  return { written }
}

/** With 32 KiB each: more than the room in a socket. */
const ROUNDS_EACH = 48

/** A message in as many pieces as the server takes, of one byte or none. */
export const tinyFragments: Attack = async (field, size) => {
  const ends = await each(field, size, async (index) => {
    const stream = new RawStream(placeOf(field, index))
    if (index % 2 === 0) await stream.open(attackerOf(field, index))
    else await stream.upgrade()
    stream.heedless()
    const piece = frameOf(new Uint8Array(index % 3 === 0 ? 0 : 1), { opcode: 0, fin: false })
    const pieces = Buffer.concat(range(PIECES_AT_ONCE).map(() => piece))
    await stream.write(frameOf(new Uint8Array(1), { fin: false }))
    let sent = 0
    while (sent < MAX_PIECES && (await stream.write(pieces))) {
      sent += PIECES_AT_ONCE
      await turn()
    }
    const end = stream.socket.destroyed ? 'cut' : 'endured'
    await stream.end()
    return end
  })
  return counted(ends)
}

const PIECES_AT_ONCE = 50
/** Whoever takes this many takes any number. */
const MAX_PIECES = 200_000

/** Small on the wire, large behind it: in a frame, in a request's body. */
export const compressionBombs: Attack = async (field, size) => {
  const zeros = Buffer.alloc(BOMB_BYTES)
  const deflated = deflateRawSync(zeros, { level: 9 })
  const zipped = gzipSync(zeros, { level: 9 })
  const ends = await each(field, size, async (index) => {
    const place = placeOf(field, index)
    if (index % 2 === 0) {
      const headers = { 'content-encoding': 'gzip', 'content-type': 'application/json' }
      return String(await post(place, '/v1/session', zipped, headers))
    }
    const stream = new RawStream(place)
    const head = await stream.upgrade('Sec-WebSocket-Extensions: permessage-deflate')
    if (/sec-websocket-extensions/i.test(head)) return 'agreed'
    await stream.write(frameOf(deflated, { rsv1: true }))
    await stream.closed
    return 'cut'
  })
  return counted(ends)
}

/** A gigabyte in a megabyte is what deflate can do; this is as bad, and made faster. */
const BOMB_BYTES = 16 * 1024 * 1024

/** Sockets that begin and never go on: a connection, half a request, an upgrade without a hello. */
export const halfOpenFor =
  (heldMs: number): Attack =>
  async (field, size) => {
    const streams = await each(field, size, async (index) => {
      const stream = new RawStream(placeOf(field, index))
      if (index % 3 === 1) await stream.write(Buffer.from('GET /v1/stream HTTP/1.1\r\nHost: x\r\n'))
      if (index % 3 === 2) await stream.upgrade()
      return stream
    })
    const open = streams.filter(({ socket }) => !socket.destroyed).length
    await Promise.race([Promise.all(streams.map(({ closed }) => closed)), elapsed(heldMs)])
    const ended = streams.filter(({ socket }) => socket.destroyed).length
    await Promise.all(streams.map((stream) => stream.end()))
    return { open, ended }
  }

/** Longer than anything waits for a beginning. */
const HELD_MS = 20_000

/** As fast as the wire takes them: frames that cost nothing to send. */
export const chatter: Attack = async (field, size) => {
  const kinds = [
    frameOf(encodeClientFrame({ kind: 'ping', nonce: 1 })),
    frameOf(new Uint8Array(0), { opcode: 9 }),
    frameOf(new Uint8Array(0), { opcode: 10 }),
  ]
  const ends = await each(field, size, async (index) => {
    const stream = new RawStream(placeOf(field, index))
    const attacker = attackerOf(field, index)
    const log = attacker.device as LogId
    const ack = frameOf(encodeClientFrame({ kind: 'ack', log, upTo: 0 }))
    const many = Buffer.concat(range(FRAMES_AT_ONCE).map((at) => [...kinds, ack][at % 4] ?? ack))
    try {
      await stream.open(attacker)
    } catch {
      await stream.end()
      return 'refused'
    }
    stream.heedless()
    let sent = 0
    while (sent < MAX_FRAMES && (await stream.write(many))) {
      sent += FRAMES_AT_ONCE
      await turn()
    }
    const end = stream.socket.destroyed ? 'cut' : 'endured'
    await stream.end()
    return end
  })
  return counted(ends)
}

const FRAMES_AT_ONCE = 500
const MAX_FRAMES = 2_000_000

export const ATTACKS = {
  prekeys,
  slowReaders,
  tinyFragments,
  compressionBombs,
  halfOpen: halfOpenFor(HELD_MS),
  chatter,
} as const satisfies Readonly<Record<string, Attack>>

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Waits until `count` of them may have begun. */
export async function paced(begun: number, count: number, perSecond = Infinity): Promise<void> {
  const wait = begun + (count * 1000) / perSecond - performance.now()
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
}

const elapsed = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms).unref())
