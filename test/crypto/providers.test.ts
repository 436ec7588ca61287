// What one provider makes, the other takes; what one refuses, the other refuses.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mayBeEd25519Key } from '../../src/crypto/ed25519-key.ts'
import { nobleKem } from '../../src/crypto/kem-noble.ts'
import type { AeadInput, Primitives } from '../../src/crypto/primitives.ts'
import { noblePrimitives as noble } from '../../src/crypto/provider-noble.ts'
import { nodePrimitives as node } from '../../src/crypto/provider-node.ts'
import { fromHex, toHex } from '../../src/protocol/bytes.ts'
import { runs } from '../helpers/deep.ts'
import { codeOf, PROVIDERS } from '../helpers/providers.ts'

const size = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const data = fc.uint8Array({ maxLength: 400 })
const both: readonly (readonly [Primitives, Primitives])[] = [
  [node, noble],
  [noble, node],
]
const AEADS = ['aesGcm', 'chacha'] as const
const box = fc.record({ key: size(32), nonce: size(12), ad: data, data })

describe.each(both.map(([one, other]) => ({ one, other, name: `${one.name} → ${other.name}` })))(
  '$name',
  ({ one, other }) => {
    const often = { numRuns: runs(60) }

    test('hashes, MACs and derived keys are the same', () => {
      fc.assert(
        fc.property(data, data, data, fc.integer({ min: 1, max: 200 }), (a, b, info, length) => {
          expect(toHex(one.sha256(a))).toBe(toHex(other.sha256(a)))
          expect(toHex(one.hmacSha256(a, b))).toBe(toHex(other.hmacSha256(a, b)))
          const input = { ikm: a, salt: b, info, length }
          expect(toHex(one.hkdfSha256(input))).toBe(toHex(other.hkdfSha256(input)))
        }),
        often,
      )
    })

    test.each(AEADS)('%s: sealed by one, opened by the other, byte for byte the same', (aead) => {
      fc.assert(
        fc.property(box, (input) => {
          const sealed = one[`${aead}Seal`](input)
          expect(toHex(sealed)).toBe(toHex(other[`${aead}Seal`](input)))
          expect(toHex(other[`${aead}Open`]({ ...input, data: sealed }))).toBe(toHex(input.data))
        }),
        often,
      )
    })

    test('keys, agreements and signatures are the same', () => {
      fc.assert(
        fc.property(size(32), size(32), data, (a, b, message) => {
          const own = one.x25519KeyPair(a)
          const peer = other.x25519KeyPair(b)
          expect(toHex(one.x25519Agree(a, peer.publicKey))).toBe(
            toHex(other.x25519Agree(b, own.publicKey)),
          )
          const signer = one.ed25519KeyPair(a)
          expect(toHex(signer.publicKey)).toBe(toHex(other.ed25519KeyPair(a).publicKey))
          const signature = one.ed25519Sign(a, message)
          expect(toHex(signature)).toBe(toHex(other.ed25519Sign(a, message)))
          expect(other.ed25519Verify(signer.publicKey, message, signature)).toBe(true)
        }),
        { numRuns: runs(30) },
      )
    })

    test('a secret that one encapsulates the other decapsulates', () => {
      fc.assert(
        fc.property(size(64), size(32), (seed, random) => {
          const { publicKey } = one.mlKemKeyPair(seed)
          const { ciphertext, secret } = one.mlKemEncapsulate(publicKey, random)
          expect(toHex(other.mlKemDecapsulate(seed, ciphertext))).toBe(toHex(secret))
        }),
        { numRuns: runs(5) },
      )
    })
  },
)

/** The points of order 1, 2, 4 and 8 and the ways to write them, as CCTV lists them. */
const LOW_ORDER_U = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].flatMap((hex) => {
  const low = fromHex(hex) ?? new Uint8Array(32)
  const high = Uint8Array.from(low)
  high[31] = (high[31] ?? 0) | 0x80
  return [low, high]
})

describe.each(PROVIDERS)('$name', (primitives) => {
  test('refuses an agreement with every point of small order (A9)', () => {
    const seed = new Uint8Array(32).fill(7)
    for (const point of LOW_ORDER_U) {
      expect(codeOf(() => primitives.x25519Agree(seed, point))).toBe('bad_key')
    }
  })

  test.each(AEADS)('%s refuses every tag of 0 to 15 bytes, and every flipped bit (A10)', (aead) => {
    const input: AeadInput = {
      key: new Uint8Array(32).fill(1),
      nonce: new Uint8Array(12).fill(2),
      ad: Uint8Array.of(3),
      data: Uint8Array.of(),
    }
    const open = primitives[`${aead}Open`]
    for (const length of [0, 5]) {
      const sealed = primitives[`${aead}Seal`]({ ...input, data: new Uint8Array(length) })
      for (let tag = 0; tag < 16; tag += 1) {
        const short = sealed.subarray(0, length + tag)
        expect(codeOf(() => open({ ...input, data: short }))).toBe('not_authentic')
      }
      for (let bit = 0; bit < sealed.length * 8; bit += 1) {
        const flipped = Uint8Array.from(sealed)
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        expect(codeOf(() => open({ ...input, data: flipped }))).toBe('not_authentic')
      }
    }
  })

  test.each(AEADS)('%s takes keys of 32 and nonces of 12 bytes only', (aead) => {
    const good = { key: new Uint8Array(32), nonce: new Uint8Array(12), ad: new Uint8Array(0) }
    for (const call of [primitives[`${aead}Seal`], primitives[`${aead}Open`]]) {
      const run = (change: Partial<AeadInput>) =>
        codeOf(() => call({ ...good, data: new Uint8Array(32), ...change }))
      for (const length of [0, 16, 24, 31, 33]) {
        expect(run({ key: new Uint8Array(length) })).toBe('bad_key')
      }
      for (const length of [0, 4, 8, 11, 13, 16]) {
        expect(run({ nonce: new Uint8Array(length) })).toBe('bad_length')
      }
    }
  })

  test('refuses keys, seeds and ciphertexts of every other length', () => {
    const good = new Uint8Array(32).fill(9)
    for (const length of [0, 31, 33, 64]) {
      const bad = new Uint8Array(length)
      expect(codeOf(() => primitives.x25519KeyPair(bad))).toBe('bad_length')
      expect(codeOf(() => primitives.ed25519KeyPair(bad))).toBe('bad_length')
      expect(codeOf(() => primitives.x25519Agree(bad, good))).toBe('bad_key')
      expect(codeOf(() => primitives.x25519Agree(good, bad))).toBe('bad_key')
      expect(codeOf(() => primitives.ed25519Sign(bad, good))).toBe('bad_key')
      expect(codeOf(() => primitives.ed25519Verify(bad, good, new Uint8Array(64)))).toBe('bad_key')
    }
    const key = primitives.ed25519KeyPair(good).publicKey
    const signature = primitives.ed25519Sign(good, good)
    for (const length of [0, 32, 63]) {
      expect(primitives.ed25519Verify(key, good, signature.subarray(0, length))).toBe(false)
    }
    expect(codeOf(() => primitives.mlKemKeyPair(good))).toBe('bad_length')
    expect(codeOf(() => primitives.mlKemEncapsulate(good, good))).toBe('bad_key')
    expect(codeOf(() => primitives.mlKemDecapsulate(good, new Uint8Array(1568)))).toBe('bad_key')
    const seed = new Uint8Array(64)
    expect(codeOf(() => primitives.mlKemDecapsulate(seed, good))).toBe('bad_length')
    const kemKey = new Uint8Array(1568)
    expect(codeOf(() => primitives.mlKemEncapsulate(kemKey, seed))).toBe('bad_length')
    // FIPS 203's check of the modulus: no coefficient is 4095.
    expect(codeOf(() => primitives.mlKemEncapsulate(kemKey.fill(0xff), good))).toBe('bad_key')
  })

  test('refuses HKDF outputs that RFC 5869 has not', () => {
    const empty = new Uint8Array(0)
    for (const length of [-1, 0, 1.5, 255 * 32 + 1, Number.NaN]) {
      const input = { ikm: empty, salt: empty, info: empty, length }
      expect(codeOf(() => primitives.hkdfSha256(input))).toBe('bad_length')
    }
  })

  test('verifies nothing under a key of small order or one that is not reduced', () => {
    // With A of order 1 the signature (R = identity, S = 0) would be good for every message.
    const identity = Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? 1 : 0))
    const forged = new Uint8Array(64)
    forged.set(identity)
    expect(primitives.ed25519Verify(identity, Uint8Array.of(1, 2, 3), forged)).toBe(false)
    const unreduced = new Uint8Array(32).fill(0xff)
    unreduced[0] = 0xee
    unreduced[31] = 0x7f
    expect(primitives.ed25519Verify(unreduced, Uint8Array.of(1, 2, 3), forged)).toBe(false)
    expect(mayBeEd25519Key(identity)).toBe(false)
    expect(mayBeEd25519Key(unreduced)).toBe(false)
  })

  test('a key whose bytes were written over is another key', () => {
    const seed = new Uint8Array(32).fill(1)
    const message = Uint8Array.of(1)
    const first = toHex(primitives.ed25519Sign(seed, message))
    seed.fill(2)
    const second = toHex(primitives.ed25519Sign(seed, message))
    expect(second).not.toBe(first)
    expect(second).toBe(toHex(primitives.ed25519Sign(new Uint8Array(32).fill(2), message)))
  })

  test('the private key is the seed itself, so that wiping it wipes the seed', () => {
    const seed = new Uint8Array(32).fill(1)
    expect(primitives.x25519KeyPair(seed).privateKey).toBe(seed)
    expect(primitives.ed25519KeyPair(seed).privateKey).toBe(seed)
    const kemSeed = new Uint8Array(64).fill(1)
    expect(primitives.mlKemKeyPair(kemSeed).privateKey).toBe(kemSeed)
  })

  test('gives out plain byte arrays, no Buffers', () => {
    const seed = new Uint8Array(32).fill(1)
    const kemSeed = new Uint8Array(64).fill(1)
    const input = { key: seed, nonce: new Uint8Array(12), ad: seed, data: seed }
    const sealed = primitives.aesGcmSeal(input)
    const outputs = [
      primitives.sha256(seed),
      primitives.hmacSha256(seed, seed),
      primitives.hkdfSha256({ ikm: seed, salt: seed, info: seed, length: 32 }),
      sealed,
      primitives.aesGcmOpen({ ...input, data: sealed }),
      primitives.x25519KeyPair(seed).publicKey,
      primitives.ed25519KeyPair(seed).publicKey,
      primitives.ed25519Sign(seed, seed),
      primitives.mlKemKeyPair(kemSeed).publicKey,
      primitives.mlKemEncapsulate(nobleKem.keyPair(kemSeed).publicKey, seed).secret,
    ]
    for (const output of outputs) expect(output.constructor).toBe(Uint8Array)
  })
})
