// Sessions with one peer device: begin one, seal to it, open from it. Values in, values out: what
// is to be stored comes back as a SessionChange, and nothing changes when a call throws.
// The whole of it, for another implementation: docs/protocol/sessions.md.

import { decode } from '../protocol/codec.ts'
import { type Envelope, envelopeCodec } from '../protocol/envelope.ts'
import { ProtocolError } from '../protocol/errors.ts'
import type { PrekeyBundle } from '../protocol/prekeys.ts'
import { checkBundle } from './bundle.ts'
import { initiate } from './handshake.ts'
import { type CryptoEnv, CryptoError } from './primitives.ts'
import { ratchetEncrypt } from './ratchet/encrypt.ts'
import { stepRoot } from './ratchet/root.ts'
import { decodeState } from './ratchet/state.ts'
import {
  type LocalDevice,
  NOTHING,
  type Opened,
  type PeerDevice,
  type Sealed,
  type SessionBook,
  type SessionChange,
  SessionError,
} from './session.ts'
import { openEnvelope } from './session-open.ts'
import { activate, activeOf, nextStart, stay } from './session-places.ts'

/**
 * The new session becomes the active one, what was active is demoted, the oldest may be dropped.
 * Throws SessionError `bad_bundle`.
 */
export function startSession(
  env: CryptoEnv,
  local: LocalDevice,
  peer: PeerDevice,
  bundle: PrekeyBundle,
  book: SessionBook,
): SessionChange {
  const { primitives } = env
  checkBundle(primitives, peer, bundle)
  return translated('bad_bundle', () => {
    const startedAt = nextStart(env.now(), book.sessions)
    const { session, root, head } = initiate(env, local, peer, { bundle, startedAt })
    const own = primitives.x25519KeyPair(env.random(32))
    const step = stepRoot(primitives, {
      root,
      privateKey: own.privateKey,
      publicKey: bundle.curveSigned.key,
    })
    const state = {
      kind: 'opening',
      role: 'initiator',
      startedAt,
      heardAt: env.now(),
      root: step.root,
      own,
      send: step.chain,
      head,
    } as const
    return { ...NOTHING, ...activate(book.sessions, { session, state }) }
  })
}

/** `plaintext` is padded already. Throws SessionError `no_session`. */
export function encryptTo(
  env: CryptoEnv,
  _local: LocalDevice,
  _peer: PeerDevice,
  book: SessionBook,
  plaintext: Uint8Array,
): Sealed {
  const active = activeOf(book.sessions)
  if (active === undefined) throw new SessionError('no_session', 'none is active')
  const { state, envelope } = ratchetEncrypt(
    env,
    active.session,
    decodeState(active.state),
    plaintext,
  )
  return { change: { ...NOTHING, ...stay({ session: active.session, state }, true) }, envelope }
}

/** Throws SessionError; then nothing is to be stored. */
export function decryptFrom(
  env: CryptoEnv,
  local: LocalDevice,
  peer: PeerDevice,
  book: SessionBook,
  envelope: Uint8Array,
): Opened {
  const parsed = parse(envelope)
  return translated('not_authentic', () => openEnvelope({ env, local, peer, book }, parsed))
}

function parse(envelope: Uint8Array): Envelope {
  try {
    return decode(envelopeCodec, envelope)
  } catch (error) {
    if (error instanceof ProtocolError) throw new SessionError('malformed', error.message)
    throw error
  }
}

/** What a primitive refuses while it works on what the peer gave is the peer's doing. */
function translated<T>(code: 'bad_bundle' | 'not_authentic', work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof CryptoError) throw new SessionError(code, error.message)
    throw error
  }
}
