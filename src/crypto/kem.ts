// The shape of an ML-KEM-1024 implementation, and the lengths that are checked before either.

import { CryptoError, type KemResult, type KeyPair, type Primitives } from './primitives.ts'

/** FIPS 203, parameter set ML-KEM-1024. */
export const KEM_SEED_BYTES = 64
const KEM_PUBLIC_KEY_BYTES = 1568
const KEM_CIPHERTEXT_BYTES = 1568
const KEM_RANDOM_BYTES = 32

/** Lengths are right when these are called. */
export interface Kem {
  keyPair(seed: Uint8Array): KeyPair
  /** Throws CryptoError `bad_key` for a public key that FIPS 203 refuses. */
  encapsulate(publicKey: Uint8Array, random: Uint8Array): KemResult
  decapsulate(seed: Uint8Array, ciphertext: Uint8Array): Uint8Array
}

type KemPrimitives = Pick<Primitives, 'mlKemKeyPair' | 'mlKemEncapsulate' | 'mlKemDecapsulate'>

export const kemPrimitives = (kem: Kem): KemPrimitives => ({
  mlKemKeyPair(seed) {
    if (seed.length !== KEM_SEED_BYTES) throw new CryptoError('bad_length', 'ML-KEM seed')
    return kem.keyPair(seed)
  },
  mlKemEncapsulate(publicKey, random) {
    if (publicKey.length !== KEM_PUBLIC_KEY_BYTES) {
      throw new CryptoError('bad_key', 'ML-KEM public key length')
    }
    if (random.length !== KEM_RANDOM_BYTES) throw new CryptoError('bad_length', 'ML-KEM random')
    return kem.encapsulate(publicKey, random)
  },
  mlKemDecapsulate(privateKey, ciphertext) {
    if (privateKey.length !== KEM_SEED_BYTES) throw new CryptoError('bad_key', 'ML-KEM seed length')
    if (ciphertext.length !== KEM_CIPHERTEXT_BYTES) {
      throw new CryptoError('bad_length', 'ML-KEM ciphertext')
    }
    return kem.decapsulate(privateKey, ciphertext)
  },
})
