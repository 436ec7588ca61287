// Which ML-KEM is used: the runtime's own where it has one, forty times faster.

import * as crypto from 'node:crypto'
import { expect, test } from 'vitest'
import { nativeKem } from '../../src/crypto/kem-native.ts'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'

const generate = crypto.generateKeyPairSync as (type: string) => unknown

function runtimeHasIt(): boolean {
  if (!('encapsulate' in crypto)) return false
  try {
    generate('ml-kem-1024')
    return true
  } catch {
    return false
  }
}

test('it is there where the runtime has one, and nowhere else', () => {
  expect(nativeKem !== undefined).toBe(runtimeHasIt())
})

test('where it is there it is used: it draws its own randomness', () => {
  const { publicKey } = nodePrimitives.mlKemKeyPair(new Uint8Array(64).fill(1))
  const made = () => nodePrimitives.mlKemEncapsulate(publicKey, new Uint8Array(32).fill(2))
  const [one, other] = [made(), made()]
  expect(Buffer.compare(one.ciphertext, other.ciphertext) === 0).toBe(nativeKem === undefined)
})
