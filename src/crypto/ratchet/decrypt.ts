// The receiving half of the Double Ratchet. Keys are found on copies and the message is opened;
// only then is there a next state. What throws leaves nothing behind (R2).

import type { Envelope, RatchetHeader } from '../../protocol/envelope.ts'
import type { KeyPair, Primitives } from '../primitives.ts'
import { SessionError, type SkippedKey } from '../session.ts'
import { advance, type Chain, skipTo } from './chain.ts'
import { MAX_SKIP } from './limits.ts'
import { type MessageFrame, openMessage } from './message.ts'
import { stepRoot } from './root.ts'
import { finish, type Opening, type RatchetState, type Receiving, type Role } from './state.ts'

export interface Incoming {
  readonly primitives: Primitives
  readonly session: Uint8Array
  readonly envelope: Envelope
  readonly now: number
}

export interface Decrypted {
  readonly state: RatchetState
  readonly plaintext: Uint8Array
  readonly skipped: readonly SkippedKey[]
}

/** A message of the chain that we are reading. */
export function decryptInChain(
  incoming: Incoming,
  state: Exclude<RatchetState, Opening>,
): Decrypted {
  const { header } = incoming.envelope
  if (header.index < state.receive.index) throw duplicate()
  const opened = openAhead(incoming, state.role, state.receive)
  return {
    state: { ...state, receive: opened.next, heardAt: incoming.now },
    plaintext: opened.plaintext,
    skipped: opened.skipped,
  }
}

/** What a step of the root starts from. `receive` is the chain that the new key ends, if any. */
interface Steppable {
  readonly role: Role
  readonly startedAt: number
  readonly root: Uint8Array
  readonly own: KeyPair
  readonly sent: number
  readonly ends: { readonly peer: Uint8Array; readonly receive: Chain } | undefined
  readonly finished: Uint8Array
}

/** A message under a ratchet key that we have not seen. */
export function decryptByStep(incoming: Incoming, from: Steppable): Decrypted {
  const { header } = incoming.envelope
  const { ends } = from
  // Both limits before any key is made: the header is not authenticated yet.
  if (ends !== undefined) checkDistance(ends.receive.index, header.previous)
  checkDistance(0, header.index)
  const { root, chain } = stepRoot(incoming.primitives, {
    root: from.root,
    privateKey: from.own.privateKey,
    publicKey: header.ratchetKey,
  })
  const opened = openAhead(incoming, from.role, chain)
  const state: Receiving = {
    kind: 'receiving',
    role: from.role,
    startedAt: from.startedAt,
    heardAt: incoming.now,
    root,
    previous: from.sent,
    peer: header.ratchetKey,
    receive: opened.next,
    finished: ends === undefined ? from.finished : finish(from.finished, ends.peer),
  }
  const left = ends === undefined ? [] : restOf(incoming, ends.peer, ends.receive)
  return { state, plaintext: opened.plaintext, skipped: [...left, ...opened.skipped] }
}

/** A message that came after later ones. The state does not change, only the key goes. */
export function decryptSkipped(incoming: Incoming, role: Role, messageKey: Uint8Array): Uint8Array {
  return open(incoming, role, messageKey)
}

export const duplicate = (): SessionError =>
  new SessionError('duplicate', 'opened before, or given up')

interface OpenedAhead {
  readonly plaintext: Uint8Array
  readonly next: Chain
  readonly skipped: readonly SkippedKey[]
}

function openAhead(incoming: Incoming, role: Role, chain: Chain): OpenedAhead {
  const { header } = incoming.envelope
  checkDistance(chain.index, header.index)
  const ahead = skipTo(incoming.primitives, chain, header.index)
  const { messageKey, next } = advance(incoming.primitives, ahead.chain)
  const plaintext = open(incoming, role, messageKey)
  messageKey.fill(0)
  return { plaintext, next, skipped: named(incoming.session, header.ratchetKey, ahead.skipped) }
}

/** The keys of what the peer sent on its last chain and we have not had. */
const restOf = (incoming: Incoming, peer: Uint8Array, receive: Chain): readonly SkippedKey[] =>
  named(
    incoming.session,
    peer,
    skipTo(incoming.primitives, receive, incoming.envelope.header.previous).skipped,
  )

const named = (
  session: Uint8Array,
  ratchetKey: Uint8Array,
  skipped: readonly { readonly index: number; readonly messageKey: Uint8Array }[],
): readonly SkippedKey[] => skipped.map((key) => ({ session, ratchetKey, ...key }))

function open(incoming: Incoming, role: Role, messageKey: Uint8Array): Uint8Array {
  const { kind, header, sealed } = incoming.envelope
  const frame: MessageFrame = { session: incoming.session, from: other(role), kind, header }
  return openMessage(incoming.primitives, messageKey, frame, sealed)
}

const other = (role: Role): Role => (role === 'initiator' ? 'responder' : 'initiator')

function checkDistance(from: number, to: RatchetHeader['index']): void {
  if (to - from > MAX_SKIP) throw new SessionError('too_far', `${to - from} messages ahead`)
}
