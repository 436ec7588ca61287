// What is checked before any provider sees a key: one set of lengths and refusals for both, so
// that they cannot differ in what they take.

import { type AeadInput, CryptoError } from './primitives.ts'

export const TAG_BYTES = 16
const AEAD_KEY_BYTES = 32
const NONCE_BYTES = 12
const KEY_BYTES = 32
export const SIGNATURE_BYTES = 64
/** RFC 5869: 255 blocks. */
const MAX_HKDF_BYTES = 255 * 32

export function checkBox({ key, nonce }: AeadInput): void {
  if (key.length !== AEAD_KEY_BYTES) throw new CryptoError('bad_key', 'AEAD key length')
  // ChaCha20-Poly1305 in OpenSSL takes shorter nonces and pads them; GCM takes any.
  if (nonce.length !== NONCE_BYTES) throw new CryptoError('bad_length', 'AEAD nonce')
}

export function checkSealed(box: AeadInput): void {
  checkBox(box)
  if (box.data.length < TAG_BYTES) throw new CryptoError('not_authentic', 'shorter than its tag')
}

export function checkSeed(seed: Uint8Array): void {
  if (seed.length !== KEY_BYTES) throw new CryptoError('bad_length', 'seed')
}

export function checkKey(key: Uint8Array): void {
  if (key.length !== KEY_BYTES) throw new CryptoError('bad_key', 'key length')
}

export function checkHkdf(length: number): void {
  if (!Number.isInteger(length) || length < 1 || length > MAX_HKDF_BYTES) {
    throw new CryptoError('bad_length', 'HKDF output')
  }
}

/** An all-zero agreement means that the peer's point had a small order (A9). */
export function checkAgreed(secret: Uint8Array): Uint8Array {
  let any = 0
  for (const byte of secret) any |= byte
  if (any === 0) throw new CryptoError('bad_key', 'all-zero agreement')
  return secret
}
