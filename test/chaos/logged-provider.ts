// Stands in for src/crypto/provider-node.ts in the test build: each seal is noted before anybody
// has its ciphertext.

import type { AeadInput, Primitives } from '../../src/crypto/primitives.ts'
import { nodePrimitives as product } from '../../src/crypto/provider-node.ts'
import { hashOf, noteSeal } from './seal-log.ts'

export const nodePrimitives: Primitives = {
  ...product,
  aesGcmSeal: (box) => noted('aes', box, product.aesGcmSeal(box)),
  chachaSeal: (box) => noted('chacha', box, product.chachaSeal(box)),
}

function noted(
  cipher: string,
  { key, nonce, ad, data }: AeadInput,
  ciphertext: Uint8Array,
): Uint8Array {
  noteSeal({
    key: hashOf(cipher, key),
    nonce: hashOf(nonce),
    plaintext: hashOf(String(ad.length), ad, data),
    ciphertext,
  })
  return ciphertext
}
