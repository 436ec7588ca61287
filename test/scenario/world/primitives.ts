// The real primitives, but for two things. ML-KEM is a hash that only looks like one: a run needs
// hundreds of handshakes, not their strength. And each seal is written down, so that a key and
// nonce that seal two different plaintexts are found (I5), across every crash of a run.

import { createHash } from 'node:crypto'
import type { AeadInput, Primitives } from '../../../src/crypto/primitives.ts'
import { nodePrimitives } from '../../../src/crypto/provider-node.ts'
import { concat, toHex } from '../../../src/protocol/bytes.ts'

const KEM_BYTES = 1568

const hash = (...parts: readonly Uint8Array[]): Uint8Array => {
  const sha = createHash('sha256')
  for (const part of parts) sha.update(part)
  return new Uint8Array(sha.digest())
}

const stretched = (head: Uint8Array): Uint8Array => {
  const out = new Uint8Array(KEM_BYTES)
  out.set(head)
  return out
}

export class SealLog {
  readonly #seals = new Map<string, string>()
  readonly reused: string[] = []

  note({ key, nonce, data, ad }: AeadInput): void {
    const place = toHex(concat(key, nonce))
    const what = toHex(hash(ad, Uint8Array.of(0), data))
    const before = this.#seals.get(place)
    if (before !== undefined && before !== what) this.reused.push(place.slice(0, 8))
    this.#seals.set(place, what)
  }
}

export function testPrimitives(seals: SealLog): Primitives {
  return {
    ...nodePrimitives,
    aesGcmSeal(box) {
      seals.note(box)
      return nodePrimitives.aesGcmSeal(box)
    },
    mlKemKeyPair: (seed) => ({ publicKey: stretched(hash(seed)), privateKey: seed }),
    mlKemEncapsulate: (publicKey, random) => ({
      ciphertext: stretched(random),
      secret: hash(publicKey.subarray(0, 32), random),
    }),
    mlKemDecapsulate: (privateKey, ciphertext) =>
      hash(hash(privateKey), ciphertext.subarray(0, 32)),
  }
}
