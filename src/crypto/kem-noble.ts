// ML-KEM-1024 without native code: for Node before 24.7, and the oracle of the native one.
// Importing it costs 1 or 2 ms: too little to make a synchronous step wait for a lazy module. In
// the piece that scripts call, the build makes it one all the same.

import { ml_kem1024 } from '@noble/post-quantum/ml-kem.js'
import type { Kem } from './kem.ts'
import { CryptoError } from './primitives.ts'

export const nobleKem: Kem = {
  keyPair: (seed) => ({ publicKey: ml_kem1024.keygen(seed).publicKey, privateKey: seed }),

  encapsulate(publicKey, random) {
    try {
      const { cipherText, sharedSecret } = ml_kem1024.encapsulate(publicKey, random)
      return { ciphertext: cipherText, secret: sharedSecret }
    } catch {
      // FIPS 203, 7.2: a coefficient that is not reduced.
      throw new CryptoError('bad_key', 'not an ML-KEM public key')
    }
  },

  decapsulate(seed, ciphertext) {
    const { secretKey } = ml_kem1024.keygen(seed)
    const secret = ml_kem1024.decapsulate(ciphertext, secretKey)
    secretKey.fill(0)
    return secret
  },
}
