// One message under its own key. The nonce is derived with the key, for the key is used once.

import { type RatchetHeader, SUITE } from '../../protocol/envelope.ts'
import { RATCHET_MESSAGE } from '../labels.ts'
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

/** from `u8`, envelope tag `u8`, suite `u8`, header (40 bytes), session (32 bytes). */
function associatedData(frame: MessageFrame): Uint8Array {
  const ad = new Uint8Array(AD_BYTES)
  const view = new DataView(ad.buffer)
  ad[0] = frame.from === 'initiator' ? 1 : 2
  ad[1] = frame.kind === 'first' ? 1 : 2
  ad[2] = SUITE
  ad.set(frame.header.ratchetKey, 3)
  view.setUint32(35, frame.header.previous)
  view.setUint32(39, frame.header.index)
  ad.set(frame.session, 43)
  return ad
}

const BLOCK_1 = Uint8Array.of(...RATCHET_MESSAGE, 1)
const NONCE_BYTES = 12

interface MessageSecrets {
  readonly key: Uint8Array
  readonly nonce: Uint8Array
}

/**
 * HKDF-Expand (RFC 5869, 2.3) to 44 bytes. The extract step is left out, as section 3.3 allows:
 * a message key is an HMAC's output and so uniformly random already.
 */
function expand(primitives: Primitives, messageKey: Uint8Array): MessageSecrets {
  const key = primitives.hmacSha256(messageKey, BLOCK_1)
  const block2 = new Uint8Array(32 + RATCHET_MESSAGE.length + 1)
  block2.set(key)
  block2.set(RATCHET_MESSAGE, 32)
  block2[block2.length - 1] = 2
  const nonce = primitives.hmacSha256(messageKey, block2).subarray(0, NONCE_BYTES)
  block2.fill(0)
  return { key, nonce }
}

export function sealMessage(
  primitives: Primitives,
  messageKey: Uint8Array,
  frame: MessageFrame,
  plaintext: Uint8Array,
): Uint8Array {
  const { key, nonce } = expand(primitives, messageKey)
  const sealed = primitives.aesGcmSeal({ key, nonce, data: plaintext, ad: associatedData(frame) })
  key.fill(0)
  return sealed
}

/** Throws CryptoError `not_authentic`. */
export function openMessage(
  primitives: Primitives,
  messageKey: Uint8Array,
  frame: MessageFrame,
  sealed: Uint8Array,
): Uint8Array {
  const { key, nonce } = expand(primitives, messageKey)
  const plaintext = primitives.aesGcmOpen({ key, nonce, data: sealed, ad: associatedData(frame) })
  key.fill(0)
  return plaintext
}
