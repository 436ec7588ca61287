// What a session step made on its way and needs no more is overwritten when it returns (R12): who
// reads the process's memory later finds no secret of a message that was sent or read before.

import { describe, expect, test } from 'vitest'
import type { Primitives } from '../../src/crypto/primitives.ts'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'
import { utf8 } from '../../src/protocol/bytes.ts'
import { memoSlow } from '../helpers/memo-slow.ts'
import { SessionDevice } from '../helpers/session-device.ts'

const slow = memoSlow(nodePrimitives)

/** Every secret that goes in or out of a primitive, but for what the next state is made of. */
function watched(): { readonly primitives: Primitives; taken(): Readonly<Record<string, number>> } {
  const seen: (readonly [string, Uint8Array])[] = []
  const watch = (name: string, secret: Uint8Array): Uint8Array => {
    seen.push([name, secret])
    return secret
  }
  const primitives: Primitives = {
    ...slow,
    x25519Agree: (own, theirs) => watch('agreement', slow.x25519Agree(own, theirs)),
    mlKemEncapsulate(publicKey, random) {
      const kem = slow.mlKemEncapsulate(publicKey, random)
      watch('KEM secret', kem.secret)
      return kem
    },
    mlKemDecapsulate: (seed, ciphertext) =>
      watch('KEM secret', slow.mlKemDecapsulate(seed, ciphertext)),
    hkdfSha256(input) {
      watch('key material', input.ikm)
      return slow.hkdfSha256(input)
    },
    aesGcmSeal(box) {
      watch('message key', box.key)
      return slow.aesGcmSeal(box)
    },
    aesGcmOpen(box) {
      watch('message key', box.key)
      return slow.aesGcmOpen(box)
    },
  }
  const taken = () => {
    const counts: Record<string, number> = {}
    for (const [name, secret] of seen.splice(0)) {
      counts[name] = (counts[name] ?? 0) + 1
      expect(
        secret.every((byte) => byte === 0),
        name,
      ).toBe(true)
    }
    return counts
  }
  return { primitives, taken }
}

describe('no secret of a step is left', () => {
  const { primitives, taken } = watched()
  const ann = new SessionDevice(primitives, 'leftovers ann')
  const ben = new SessionDevice(primitives, 'leftovers ben')

  test('after a session is begun, answered and gone on with', () => {
    ann.start(ben, { curveOneTime: true, kemKind: 'kem-one-time' })
    // The handshake's four and the first step of the root.
    expect(taken()).toEqual({ agreement: 5, 'KEM secret': 1, 'key material': 2 })
    const first = ann.seal(ben, utf8('one'))
    expect(taken()).toEqual({ 'message key': 1 })
    ben.open(ann, first)
    expect(taken()).toMatchObject({ agreement: 5, 'KEM secret': 1, 'message key': 1 })
    const answer = ben.seal(ann, utf8('two'))
    expect(taken()).toEqual({ agreement: 1, 'key material': 1, 'message key': 1 })
    ann.open(ben, answer)
    expect(taken()).toEqual({ agreement: 1, 'key material': 1, 'message key': 1 })
  })
})
