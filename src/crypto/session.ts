// The face of PQXDH and the Double Ratchet to the rest of the house: value in, value out. The
// caller stores `change` in the transaction that stores the plaintext or the ciphertext.

import type { AccountId, DeviceId } from '../protocol/ids.ts'
import type { PrekeyKind } from '../protocol/prekeys.ts'
import type { KeyPair } from './primitives.ts'

export interface LocalDevice {
  readonly account: AccountId
  readonly accountKey: Uint8Array
  readonly device: DeviceId
  readonly signing: KeyPair
  readonly agreement: KeyPair
}

/** Taken from a verified device list, never from the wire directly. */
export interface PeerDevice {
  readonly account: AccountId
  readonly accountKey: Uint8Array
  readonly device: DeviceId
  readonly signingKey: Uint8Array
  readonly agreementKey: Uint8Array
}

/** One stored session; `state` is opaque to the store. */
export interface StoredSession {
  readonly session: Uint8Array
  readonly state: Uint8Array
  readonly active: boolean
}

export interface SkippedKey {
  readonly session: Uint8Array
  readonly ratchetKey: Uint8Array
  readonly index: number
  readonly messageKey: Uint8Array
}

/** What the session layer may look up, synchronously, in what is stored of one peer device. */
export interface SessionBook {
  /** The active one first. */
  readonly sessions: readonly StoredSession[]
  skipped(session: Uint8Array, ratchetKey: Uint8Array, index: number): Uint8Array | undefined
  skippedCount(session: Uint8Array): number
  /** A private prekey of ours: 32 bytes, or the 64-byte KEM seed. */
  prekey(kind: PrekeyKind, id: number): PrivatePrekey | undefined
  handshakeSeen(hash: Uint8Array): boolean
}

export interface PrivatePrekey {
  readonly publicKey: Uint8Array
  readonly privateKey: Uint8Array
}

/**
 * Everything to be stored, at once. A `put` that is active makes every other session with that
 * device inactive; a `drop` takes the session's skipped keys with it. After `skippedAdded` the
 * caller trims by the limits of ratchet/limits.ts.
 */
export interface SessionChange {
  readonly put: readonly StoredSession[]
  readonly drop: readonly Uint8Array[]
  readonly skippedAdded: readonly SkippedKey[]
  readonly skippedUsed: readonly SkippedKey[]
  readonly prekeysUsed: readonly { readonly kind: PrekeyKind; readonly id: number }[]
  /** Of a first message that a last-resort key opened: the replay cache. */
  readonly handshakeSeen: Uint8Array | undefined
}

/** The change that changes nothing. */
export const NOTHING: SessionChange = {
  put: [],
  drop: [],
  skippedAdded: [],
  skippedUsed: [],
  prekeysUsed: [],
  handshakeSeen: undefined,
}

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

export type SessionErrorCode =
  | 'no_session' // to send: fetch a bundle and start; on receipt: the peer has one that we lost
  | 'duplicate' // this very message was opened before; nothing changes
  | 'too_far' // skips more messages than the limit
  | 'not_authentic'
  | 'unknown_prekey'
  | 'replayed_handshake'
  | 'bad_bundle' // a prekey whose signature or kind is wrong
  | 'malformed' // not an envelope at all
  | 'identity_mismatch' // the head names another identity key than the peer's device list

export class SessionError extends Error {
  readonly code: SessionErrorCode

  constructor(code: SessionErrorCode, detail: string) {
    super(`${code}: ${detail}`)
    this.name = 'SessionError'
    this.code = code
  }
}
