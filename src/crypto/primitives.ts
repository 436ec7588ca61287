// What our constructions are made of. Two providers: node:crypto (fast) and noble (portable, the
// oracle in tests). Everything is synchronous: no await may stand between reading and writing a
// ratchet. Every failure throws CryptoError; none is a value.

import type { Env } from '../protocol/env.ts'

/** The private key is the seed that was handed in, not a copy: wiping one wipes both. */
export interface KeyPair {
  readonly publicKey: Uint8Array
  readonly privateKey: Uint8Array
}

export interface Primitives {
  readonly name: 'node' | 'noble'
  sha256(data: Uint8Array): Uint8Array
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array
  hkdfSha256(input: HkdfInput): Uint8Array
  /** AES-256-GCM; the 16-byte tag follows the ciphertext. */
  aesGcmSeal(box: AeadInput): Uint8Array
  aesGcmOpen(box: AeadInput): Uint8Array
  /** ChaCha20-Poly1305 (IETF), same form. */
  chachaSeal(box: AeadInput): Uint8Array
  chachaOpen(box: AeadInput): Uint8Array
  /** From a 32-byte seed. */
  x25519KeyPair(seed: Uint8Array): KeyPair
  /** Throws on an all-zero result: a non-contributory exchange is never a secret (A9). */
  x25519Agree(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array
  ed25519KeyPair(seed: Uint8Array): KeyPair
  ed25519Sign(privateKey: Uint8Array, message: Uint8Array): Uint8Array
  ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean
  /** From a 64-byte seed (FIPS 203 d ‖ z); the private key is kept as that seed. */
  mlKemKeyPair(seed: Uint8Array): KeyPair
  /** 32 random bytes. A native provider draws its own instead: only noble's is reproducible. */
  mlKemEncapsulate(publicKey: Uint8Array, random: Uint8Array): KemResult
  mlKemDecapsulate(privateKey: Uint8Array, ciphertext: Uint8Array): Uint8Array
}

export interface HkdfInput {
  readonly ikm: Uint8Array
  readonly salt: Uint8Array
  readonly info: Uint8Array
  readonly length: number
}

export interface AeadInput {
  readonly key: Uint8Array
  readonly nonce: Uint8Array
  readonly data: Uint8Array
  readonly ad: Uint8Array
}

export interface KemResult {
  readonly ciphertext: Uint8Array
  readonly secret: Uint8Array
}

export interface CryptoEnv extends Env {
  readonly primitives: Primitives
}

type CryptoErrorCode =
  | 'bad_key' // a key of the wrong length or not on the curve, an all-zero agreement
  | 'bad_signature'
  | 'not_authentic' // an AEAD tag or a MAC that does not verify
  | 'bad_length'

export class CryptoError extends Error {
  readonly code: CryptoErrorCode

  constructor(code: CryptoErrorCode, detail: string) {
    super(`${code}: ${detail}`)
    this.name = 'CryptoError'
    this.code = code
  }
}
