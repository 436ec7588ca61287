// From an envelope to the session that opens it. Candidates are tried on copies; the change is
// made only after a tag verified.

import type { Envelope } from '../protocol/envelope.ts'
import { type NamedPrekeys, publicHalf, respond, sessionId } from './handshake.ts'
import { type CryptoEnv, CryptoError } from './primitives.ts'
import {
  type Decrypted,
  decryptByStep,
  decryptInChain,
  decryptSkipped,
  duplicate,
  type Incoming,
} from './ratchet/decrypt.ts'
import { MAX_AHEAD_MS } from './ratchet/limits.ts'
import { decodeState, isFinished, type Opening, type RatchetState } from './ratchet/state.ts'
import {
  type LocalDevice,
  NOTHING,
  type Opened,
  type PeerDevice,
  type PrivatePrekey,
  type SessionBook,
  SessionError,
} from './session.ts'
import { type Placed, placeFresh, sameSession, stay } from './session-places.ts'

/** With whom, and what is stored of it. */
interface Conversation {
  readonly env: CryptoEnv
  readonly local: LocalDevice
  readonly peer: PeerDevice
  readonly book: SessionBook
}

type First = Extract<Envelope, { kind: 'first' }>

interface Candidate {
  readonly session: Uint8Array
  readonly active: boolean
  readonly state: RatchetState
}

/** Throws SessionError and CryptoError. */
export function openEnvelope(conversation: Conversation, envelope: Envelope): Opened {
  if (envelope.kind === 'first') return openFirst(conversation, envelope)
  const { sessions } = conversation.book
  if (sessions.length === 0) throw new SessionError('no_session', 'the peer has one, we have none')
  return openKnown(conversation, envelope, sessions.map(candidate))
}

const candidate = (stored: SessionBook['sessions'][number]): Candidate => ({
  session: stored.session,
  active: stored.active,
  state: decodeState(stored.state),
})

function openFirst(conversation: Conversation, envelope: First): Opened {
  const { env, local, peer, book } = conversation
  const { handshake } = envelope
  if (!sameSession(handshake.identityKey, peer.agreementKey)) {
    throw new SessionError('identity_mismatch', 'not the key of the device list')
  }
  const parties = { initiator: peer, responder: publicHalf(local) }
  const session = sessionId(env.primitives, parties, handshake)
  const known = book.sessions.find((stored) => sameSession(stored.session, session))
  if (known !== undefined) return openKnown(conversation, envelope, [candidate(known)])
  // The session was made once and is gone: opening it again would be a replay.
  if (book.handshakeSeen(session)) throw new SessionError('replayed_handshake', 'opened before')
  return openFresh(conversation, envelope, session)
}

function openFresh(conversation: Conversation, envelope: First, session: Uint8Array): Opened {
  const { env, local, book } = conversation
  const { handshake: head } = envelope
  if (head.startedAt > env.now() + MAX_AHEAD_MS) {
    throw new SessionError('malformed', 'starts in the future')
  }
  const prekeys = namedPrekeys(book, envelope)
  const { state, plaintext, skipped } = decryptByStep(incomingOf(conversation, envelope, session), {
    role: 'responder',
    startedAt: head.startedAt,
    root: respond(env.primitives, local, { session, head }, prekeys),
    own: prekeys.signed,
    sent: 0,
    ends: undefined,
    finished: NO_CHAINS,
  })
  const change = {
    ...NOTHING,
    ...placeFresh(book.sessions, { session, state }),
    skippedAdded: skipped,
    prekeysUsed: oneTimeOf(envelope),
    handshakeSeen: head.kemKind === 'kem-last-resort' ? session : undefined,
  }
  return { change, plaintext, session, fresh: true }
}

const NO_CHAINS = new Uint8Array(0)

function namedPrekeys(book: SessionBook, { handshake: head }: First): NamedPrekeys {
  const find = (kind: Parameters<SessionBook['prekey']>[0], id: number): PrivatePrekey => {
    const prekey = book.prekey(kind, id)
    if (prekey === undefined) throw new SessionError('unknown_prekey', kind)
    return prekey
  }
  return {
    signed: find('curve-signed', head.signedPrekeyId),
    oneTime:
      head.oneTimePrekeyId === undefined ? undefined : find('curve-one-time', head.oneTimePrekeyId),
    kem: find(head.kemKind, head.kemPrekeyId),
  }
}

function oneTimeOf({ handshake: head }: First): Opened['change']['prekeysUsed'] {
  return [
    ...(head.oneTimePrekeyId === undefined
      ? []
      : [{ kind: 'curve-one-time', id: head.oneTimePrekeyId } as const]),
    ...(head.kemKind === 'kem-one-time' ? [{ kind: head.kemKind, id: head.kemPrekeyId }] : []),
  ]
}

const incomingOf = ({ env }: Conversation, envelope: Envelope, session: Uint8Array): Incoming => ({
  primitives: env.primitives,
  session,
  envelope,
  now: env.now(),
})

/** One in which the peer spoke: it has a chain of the peer's. */
interface Heard extends Candidate {
  readonly state: Exclude<RatchetState, Opening>
}

const isHeard = (candidate: Candidate): candidate is Heard => candidate.state.kind !== 'opening'

/** The envelope's ratchet key tells the session, or it is new and only a step can tell. */
function openKnown(
  conversation: Conversation,
  envelope: Envelope,
  candidates: readonly Candidate[],
): Opened {
  const { header } = envelope
  const heard = candidates.filter(isHeard)
  const reading = heard.find(({ state }) => sameSession(state.peer, header.ratchetKey))
  const late = openLate(conversation, envelope, reading === undefined ? heard : [reading])
  if (late !== undefined) return late
  if (reading !== undefined) return openReading(conversation, envelope, reading)
  if (heard.some(({ state }) => isFinished(state.finished, header.ratchetKey))) throw duplicate()
  return openByStep(conversation, envelope, candidates)
}

/** By the kept key of a message that was skipped. */
function openLate(
  conversation: Conversation,
  envelope: Envelope,
  heard: readonly Heard[],
): Opened | undefined {
  const { ratchetKey, index } = envelope.header
  for (const { session, state } of heard) {
    const messageKey = conversation.book.skipped(session, ratchetKey, index)
    if (messageKey === undefined) continue
    const incoming = incomingOf(conversation, envelope, session)
    const plaintext = decryptSkipped(incoming, state.role, messageKey)
    const skippedUsed = [{ session, ratchetKey, index, messageKey }]
    return { change: { ...NOTHING, skippedUsed }, plaintext, session, fresh: false }
  }
  return undefined
}

function openReading(conversation: Conversation, envelope: Envelope, reading: Heard): Opened {
  const { session, active, state } = reading
  const decrypted = decryptInChain(incomingOf(conversation, envelope, session), state)
  return opened(session, decrypted, stay({ session, state: decrypted.state }, active))
}

function openByStep(
  conversation: Conversation,
  envelope: Envelope,
  candidates: readonly Candidate[],
): Opened {
  let failure: SessionError | undefined
  for (const { session, active, state } of candidates) {
    // A state that only listens has no private key: the peer cannot have a new one against it.
    if (state.kind === 'receiving') continue
    const incoming = incomingOf(conversation, envelope, session)
    try {
      const decrypted = decryptByStep(incoming, steppable(state))
      const next = { session, state: decrypted.state }
      return opened(session, decrypted, stay(next, active))
    } catch (error) {
      failure ??= refusal(error)
    }
  }
  throw failure ?? noneFits()
}

const steppable = (state: Exclude<RatchetState, { kind: 'receiving' }>) => ({
  role: state.role,
  startedAt: state.startedAt,
  root: state.root,
  own: state.own,
  sent: state.send.index,
  ends: state.kind === 'opening' ? undefined : { peer: state.peer, receive: state.receive },
  finished: state.kind === 'opening' ? NO_CHAINS : state.finished,
})

const opened = (session: Uint8Array, decrypted: Decrypted, placed: Placed): Opened => ({
  change: { ...NOTHING, ...placed, skippedAdded: decrypted.skipped },
  plaintext: decrypted.plaintext,
  session,
  fresh: false,
})

const noneFits = (): SessionError => new SessionError('not_authentic', 'no session fits')

/** Anything but a refusal of this envelope is a fault of ours and goes up as it is. */
function refusal(error: unknown): SessionError {
  if (error instanceof SessionError) return error
  if (error instanceof CryptoError) return new SessionError('not_authentic', error.message)
  throw error
}
