// The real primitives, but for two things. ML-KEM is a hash that only looks like one: a run needs
// hundreds of handshakes, not their strength. And each seal is written down, so that a key that
// seals two different plaintexts is found, across every crash of a run: whatever the nonces are,
// a state behind its ciphertext is a mistake (I5).

import { createHash } from 'node:crypto'
import type { AeadInput, Primitives } from '../../../src/crypto/primitives.ts'
import { nodePrimitives } from '../../../src/crypto/provider-node.ts'
import { toHex } from '../../../src/protocol/bytes.ts'
import { decode } from '../../../src/protocol/codec.ts'
import { envelopeCodec } from '../../../src/protocol/envelope.ts'

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

/** A seal counts when its ciphertext goes on a wire: one that was rolled back with its transaction
 *  was never anybody's, and its key is free for what is encrypted in its place. */
export class SealLog {
  readonly #made = new Map<string, { readonly place: string; readonly what: string }>()
  readonly #spoken = new Map<string, string>()
  readonly reused: string[] = []

  note({ key, data, ad }: AeadInput, sealed: Uint8Array): void {
    const place = toHex(hash(key))
    const what = toHex(hash(ad, Uint8Array.of(0), data))
    this.#made.set(toHex(sealed.subarray(-24)), { place, what })
  }

  speak(envelope: Uint8Array): void {
    const { sealed } = decode(envelopeCodec, envelope)
    const made = this.#made.get(toHex(sealed.subarray(-24)))
    if (made === undefined) throw new Error('a ciphertext that nobody sealed')
    const before = this.#spoken.get(made.place)
    if (before !== undefined && before !== made.what) this.reused.push(made.place.slice(0, 8))
    this.#spoken.set(made.place, made.what)
  }
}

export function testPrimitives(seals: SealLog): Primitives {
  return {
    ...nodePrimitives,
    aesGcmSeal(box) {
      const sealed = nodePrimitives.aesGcmSeal(box)
      seals.note(box, sealed)
      return sealed
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
