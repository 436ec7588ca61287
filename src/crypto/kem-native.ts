// ML-KEM-1024 by node:crypto, where the runtime has it (Node 24.7 with OpenSSL 3.5): about forty
// times faster. OpenSSL draws the encapsulation's randomness itself, from the same generator of
// the operating system; the `random` handed in is not used, so ciphertexts are not reproducible
// here. Known answers are made and checked with the portable provider.

import * as crypto from 'node:crypto'
import type { Kem } from './kem.ts'
import { CryptoError } from './primitives.ts'

interface RuntimeWithKem {
  encapsulate(key: crypto.KeyObject): { sharedKey: Uint8Array; ciphertext: Uint8Array }
  decapsulate(key: crypto.KeyObject, ciphertext: Uint8Array): Uint8Array
}

/** RFC 9935: SubjectPublicKeyInfo and the seed-only PKCS #8 form, up to where the key begins. */
const PUBLIC_PREFIX = Buffer.from('30820632300b06096086480165030404030382062100', 'hex')
const SEED_PREFIX = Buffer.from('3054020100300b060960864801650304040304428040', 'hex')

export const nativeKem: Kem | undefined = hasKem(crypto) ? kemOf(crypto) : undefined

function hasKem(runtime: object): runtime is RuntimeWithKem {
  if (!('encapsulate' in runtime && 'decapsulate' in runtime)) return false
  try {
    importSeed(new Uint8Array(64))
    return true
  } catch {
    // A Node that has the call, on an OpenSSL that has not the algorithm.
    return false
  }
}

function kemOf(runtime: RuntimeWithKem): Kem {
  return {
    keyPair(seed) {
      const spki = crypto.createPublicKey(importSeed(seed)).export({ format: 'der', type: 'spki' })
      return { publicKey: new Uint8Array(spki.subarray(PUBLIC_PREFIX.length)), privateKey: seed }
    },
    encapsulate(publicKey) {
      try {
        const { ciphertext, sharedKey } = runtime.encapsulate(importPublic(publicKey))
        return { ciphertext: new Uint8Array(ciphertext), secret: new Uint8Array(sharedKey) }
      } catch {
        throw new CryptoError('bad_key', 'not an ML-KEM public key')
      }
    },
    decapsulate: (seed, ciphertext) =>
      new Uint8Array(runtime.decapsulate(importSeed(seed), ciphertext)),
  }
}

function importSeed(seed: Uint8Array): crypto.KeyObject {
  const der = Buffer.concat([SEED_PREFIX, seed])
  const key = crypto.createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  der.fill(0)
  return key
}

const importPublic = (publicKey: Uint8Array): crypto.KeyObject =>
  crypto.createPublicKey({
    key: Buffer.concat([PUBLIC_PREFIX, publicKey]),
    format: 'der',
    type: 'spki',
  })
