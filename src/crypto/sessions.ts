// Sessions with one peer device: begin one, seal to it, open from it. Values in, values out: what
// is to be stored comes back as a SessionChange, and nothing changes when a call throws.
// Which session is the active one, and why both ends agree: docs/protocol/sessions.md.

import type { PrekeyBundle } from '../protocol/prekeys.ts'
import type { CryptoEnv } from './primitives.ts'
import type { LocalDevice, PeerDevice, SessionBook, SessionChange } from './session.ts'

export interface Sealed {
  readonly change: SessionChange
  readonly envelope: Uint8Array
}

export interface Opened {
  readonly change: SessionChange
  readonly plaintext: Uint8Array
  readonly session: Uint8Array
  /** This message made the session: the peer began, or began anew. */
  readonly fresh: boolean
}

/**
 * The new session becomes the active one. With `book` the change also demotes what was active and
 * drops the oldest; without it, whoever stores the change makes every other session inactive.
 */
export function startSession(
  _env: CryptoEnv,
  _local: LocalDevice,
  _peer: PeerDevice,
  _bundle: PrekeyBundle,
  _book?: SessionBook,
): SessionChange {
  throw new Error('being written')
}

/** `plaintext` is padded already. Throws SessionError `no_session`. */
export function encryptTo(
  _env: CryptoEnv,
  _local: LocalDevice,
  _peer: PeerDevice,
  _book: SessionBook,
  _plaintext: Uint8Array,
): Sealed {
  throw new Error('being written')
}

/** Throws SessionError; then nothing is to be stored. */
export function decryptFrom(
  _env: CryptoEnv,
  _local: LocalDevice,
  _peer: PeerDevice,
  _book: SessionBook,
  _envelope: Uint8Array,
): Opened {
  throw new Error('being written')
}
