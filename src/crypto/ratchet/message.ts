// One message under its own key. The nonce is a function of all that is sealed and travels before
// the ciphertext: a process that dies between sealing and its commit takes the same key again for
// another plaintext, and so would a profile put back from a copy. One pair of key and nonce then
// still never meets two plaintexts (I5).

import { concat } from '../../protocol/bytes.ts'
import { type RatchetHeader, SUITE } from '../../protocol/envelope.ts'
import { RATCHET_MESSAGE, RATCHET_NONCE } from '../labels.ts'
import type { Primitives } from '../primitives.ts'
import type { Role } from './state.ts'

/** Everything around the plaintext that the tag covers. */
export interface MessageFrame {
  readonly session: Uint8Array
  /** The sender's role in the session: a message turned back to its sender does not open. */
  readonly from: Role
  readonly kind: 'first' | 'ratchet'
  readonly header: RatchetHeader
}

const AD_BYTES = 75
const FROM = { initiator: 1, responder: 2 } as const
/** The envelope's tag, as the wire has it. */
const KIND = { first: 1, ratchet: 2 } as const

/** from `u8`, envelope tag `u8`, suite `u8`, header (40 bytes), session (32 bytes). */
function associatedData(frame: MessageFrame): Uint8Array {
  const ad = new Uint8Array(AD_BYTES)
  const view = new DataView(ad.buffer)
  ad[0] = FROM[frame.from]
  ad[1] = KIND[frame.kind]
  ad[2] = SUITE
  ad.set(frame.header.ratchetKey, 3)
  view.setUint32(35, frame.header.previous)
  view.setUint32(39, frame.header.index)
  ad.set(frame.session, 43)
  return ad
}

const BLOCK_1 = Uint8Array.of(...RATCHET_MESSAGE, 1)
const NONCE_BYTES = 12

/**
 * HKDF-Expand (RFC 5869, 2.3) to 32 bytes. The extract step is left out, as section 3.3 allows:
 * a message key is an HMAC's output and so uniformly random already.
 */
const keyOf = (primitives: Primitives, messageKey: Uint8Array): Uint8Array =>
  primitives.hmacSha256(messageKey, BLOCK_1)

/** Nonce, ciphertext, tag. */
export function sealMessage(
  primitives: Primitives,
  messageKey: Uint8Array,
  frame: MessageFrame,
  plaintext: Uint8Array,
): Uint8Array {
  const ad = associatedData(frame)
  const sealing = concat(RATCHET_NONCE, ad, plaintext)
  const nonce = primitives.hmacSha256(messageKey, sealing).subarray(0, NONCE_BYTES)
  sealing.fill(0)
  const key = keyOf(primitives, messageKey)
  const sealed = primitives.aesGcmSeal({ key, nonce, data: plaintext, ad })
  key.fill(0)
  return concat(nonce, sealed)
}

/** Takes the nonce as it stands: the tag proves it. Throws CryptoError, also for what is shorter
 *  than a nonce and a tag: the AEAD asks for both in full. */
export function openMessage(
  primitives: Primitives,
  messageKey: Uint8Array,
  frame: MessageFrame,
  sealed: Uint8Array,
): Uint8Array {
  const nonce = sealed.subarray(0, NONCE_BYTES)
  const data = sealed.subarray(NONCE_BYTES)
  const key = keyOf(primitives, messageKey)
  const plaintext = primitives.aesGcmOpen({ key, nonce, data, ad: associatedData(frame) })
  key.fill(0)
  return plaintext
}
