// Real ML-KEM results, each computed once per key, and signatures each checked once: schedules by
// the thousand need other sessions, not other ciphertexts, and a KEM operation takes milliseconds
// in portable code.

import type { KemResult, KeyPair, Primitives } from '../../src/crypto/primitives.ts'
import { toHex } from '../../src/protocol/bytes.ts'

export function memoSlow(primitives: Primitives): Primitives {
  const pairs = new Map<string, KeyPair>()
  const sealed = new Map<string, KemResult>()
  const opened = new Map<string, Uint8Array>()
  const verified = new Map<string, boolean>()
  const once = <T>(cache: Map<string, T>, name: string, make: () => T): T => {
    const found = cache.get(name)
    if (found !== undefined) return found
    const made = make()
    cache.set(name, made)
    return made
  }
  return {
    ...primitives,
    ed25519Verify: (publicKey, message, signature) =>
      once(verified, [publicKey, message, signature].map(toHex).join(' '), () =>
        primitives.ed25519Verify(publicKey, message, signature),
      ),
    mlKemKeyPair: (seed) => once(pairs, toHex(seed), () => primitives.mlKemKeyPair(seed)),
    mlKemEncapsulate(publicKey, random) {
      const kem = once(sealed, toHex(publicKey), () =>
        primitives.mlKemEncapsulate(publicKey, random),
      )
      // The caller wipes its secret: it gets its own.
      return { ciphertext: kem.ciphertext, secret: kem.secret.slice() }
    },
    mlKemDecapsulate: (privateKey, ciphertext) =>
      once(opened, `${toHex(privateKey)} ${toHex(ciphertext)}`, () =>
        primitives.mlKemDecapsulate(privateKey, ciphertext),
      ).slice(),
  }
}
