// A session's ratchet as a value, named by what we know of the peer, and its stored form.
//   opening    we began and have no answer: every message still carries the handshake's head
//   sending    our newest ratchet key is out; the peer's next one will step the root
//   receiving  the peer's newest key came; our own next message makes a new one (so a state that
//              only listens holds no private key, and opening a message needs no randomness)

import { Reader, Writer } from '../../protocol/byte-io.ts'
import { equalPublic } from '../../protocol/bytes.ts'
import { decode, encode } from '../../protocol/codec.ts'
import { type HandshakeHead, handshakeHead } from '../../protocol/envelope.ts'
import { ProtocolError } from '../../protocol/errors.ts'
import { beside } from '../beside.ts'
import type { KeyPair } from '../primitives.ts'
import type { Chain } from './chain.ts'
import { FINISHED_CHAINS } from './limits.ts'

export type Role = 'initiator' | 'responder'

interface Common {
  readonly root: Uint8Array
  /** Of its handshake: among several sessions the latest counts. */
  readonly startedAt: number
  /** When the session was made or last heard from: the least recent old session goes first. */
  readonly heardAt: number
}

export interface Opening extends Common {
  readonly kind: 'opening'
  readonly role: 'initiator'
  readonly own: KeyPair
  readonly send: Chain
  readonly head: HandshakeHead
}

export interface Sending extends Common {
  readonly kind: 'sending'
  readonly role: Role
  readonly own: KeyPair
  readonly send: Chain
  /** How many messages our chain before this one had. */
  readonly previous: number
  readonly peer: Uint8Array
  readonly receive: Chain
  readonly finished: Uint8Array
}

export interface Receiving extends Common {
  readonly kind: 'receiving'
  readonly role: Role
  readonly peer: Uint8Array
  readonly receive: Chain
  /** How many messages our last chain had. */
  readonly previous: number
  /** The first 8 bytes of the peer's ratchet keys before `peer`, newest first. */
  readonly finished: Uint8Array
}

export type RatchetState = Opening | Sending | Receiving

const STATE_VERSION = 1
const KINDS = ['opening', 'sending', 'receiving'] as const
const ROLES = ['initiator', 'responder'] as const
const FINISHED_BYTES = 8

/**
 * States by the very bytes that they were stored as. Whoever still holds those gets the value and
 * the key objects made for it back; stored bytes are never changed in place.
 */
const live = beside<RatchetState>()

export function encodeState(state: RatchetState): Uint8Array {
  const bytes = write(state)
  live.set(bytes, state)
  return bytes
}

/** Throws ProtocolError: what our own store gives back must be what we put there. */
export const decodeState = (bytes: Uint8Array): RatchetState => live.get(bytes) ?? read(bytes)

function write(state: RatchetState): Uint8Array {
  const writer = new Writer()
  writer.u8(STATE_VERSION)
  writer.u8(KINDS.indexOf(state.kind))
  writer.u8(ROLES.indexOf(state.role))
  writer.u64(state.startedAt)
  writer.u64(state.heardAt)
  writer.raw(state.root)
  if (state.kind === 'opening') {
    writeSender(writer, state)
    writer.raw(encode(handshakeHead, state.head))
    return writer.finish()
  }
  if (state.kind === 'sending') writeSender(writer, state)
  writer.u32(state.previous)
  writer.raw(state.peer)
  writeChain(writer, state.receive)
  writer.u8(state.finished.length / FINISHED_BYTES)
  writer.raw(state.finished)
  return writer.finish()
}

function read(bytes: Uint8Array): RatchetState {
  const reader = new Reader(bytes)
  if (reader.u8() !== STATE_VERSION) throw corrupt('version')
  const kind = KINDS[reader.u8()]
  const role = ROLES[reader.u8()]
  if (kind === undefined || role === undefined) throw corrupt('kind')
  const startedAt = reader.u64()
  const heardAt = reader.u64()
  const root = reader.raw(32)
  if (kind === 'opening') {
    if (role !== 'initiator') throw corrupt('role')
    const sender = readSender(reader)
    const head = decode(handshakeHead, reader.raw(reader.remaining))
    return { kind, role, startedAt, heardAt, root, ...sender, head }
  }
  if (kind === 'sending') {
    const sender = readSender(reader)
    return { kind, role, startedAt, heardAt, root, ...sender, ...readReceiver(reader) }
  }
  return { kind, role, startedAt, heardAt, root, ...readReceiver(reader) }
}

/** The peer's key `finished` last goes to the front; the oldest beyond the limit is forgotten. */
export function finish(finished: Uint8Array, peer: Uint8Array): Uint8Array {
  const length = Math.min(finished.length + FINISHED_BYTES, FINISHED_CHAINS * FINISHED_BYTES)
  const out = new Uint8Array(length)
  out.set(peer.subarray(0, FINISHED_BYTES))
  out.set(finished.subarray(0, length - FINISHED_BYTES), FINISHED_BYTES)
  return out
}

export function isFinished(finished: Uint8Array, ratchetKey: Uint8Array): boolean {
  const name = ratchetKey.subarray(0, FINISHED_BYTES)
  for (let at = 0; at < finished.length; at += FINISHED_BYTES) {
    if (equalPublic(finished.subarray(at, at + FINISHED_BYTES), name)) return true
  }
  return false
}

const corrupt = (detail: string): ProtocolError =>
  new ProtocolError('malformed', 'local', `ratchet state: ${detail}`)

function writeChain(writer: Writer, chain: Chain): void {
  writer.raw(chain.key)
  writer.u32(chain.index)
}

const readChain = (reader: Reader): Chain => ({ key: reader.raw(32), index: reader.u32() })

function writeSender(writer: Writer, state: Pick<Sending, 'own' | 'send'>): void {
  writer.raw(state.own.privateKey)
  writer.raw(state.own.publicKey)
  writeChain(writer, state.send)
}

const readSender = (reader: Reader): Pick<Sending, 'own' | 'send'> => ({
  own: { privateKey: reader.raw(32), publicKey: reader.raw(32) },
  send: readChain(reader),
})

function readReceiver(
  reader: Reader,
): Pick<Receiving, 'previous' | 'peer' | 'receive' | 'finished'> {
  const previous = reader.u32()
  const peer = reader.raw(32)
  const receive = readChain(reader)
  const count = reader.u8()
  if (count > FINISHED_CHAINS || reader.remaining !== count * FINISHED_BYTES) {
    throw corrupt('length')
  }
  return { previous, peer, receive, finished: reader.raw(reader.remaining) }
}
