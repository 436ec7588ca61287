// The checks before any provider sees a key, at their very bounds.

import { describe, expect, test } from 'vitest'
import { mayBeEd25519Key } from '../../src/crypto/ed25519-key.ts'
import { privateKeyObject, publicKeyObject } from '../../src/crypto/key-objects.ts'
import { checkAgreed } from '../../src/crypto/lengths.ts'
import { noblePrimitives } from '../../src/crypto/provider-noble.ts'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'
import { fromHex, toHex } from '../../src/protocol/bytes.ts'
import { codeOf, PROVIDERS } from '../helpers/providers.ts'

/** The byte, 30 of the middle one, and the last: a number of 255 bits and a sign, little-endian. */
const encoded = (first: number, middle: number, last: number): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? first : at === 31 ? last : middle))

describe('an Ed25519 key', () => {
  test('is none from 2^255 - 19 on, whatever its sign', () => {
    for (let first = 0xed; first <= 0xff; first += 1) {
      for (const last of [0x7f, 0xff]) {
        expect(mayBeEd25519Key(encoded(first, 0xff, last))).toBe(false)
      }
    }
  })

  test('may be what lies below, in whichever byte', () => {
    expect(mayBeEd25519Key(encoded(0xeb, 0xff, 0x7f))).toBe(true)
    expect(mayBeEd25519Key(encoded(0xff, 0xff, 0x7e))).toBe(true)
    for (let at = 1; at < 31; at += 1) {
      expect(mayBeEd25519Key(encoded(0xff, 0xff, 0x7f).with(at, 0xfe))).toBe(true)
    }
  })

  test.each([
    '0100000000000000000000000000000000000000000000000000000000000000',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '0000000000000000000000000000000000000000000000000000000000000000',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  ])('is none of small order: %s', (hex) => {
    const y = fromHex(hex) ?? new Uint8Array(0)
    const signed = y.with(31, (y[31] ?? 0) | 0x80)
    expect([y, signed].map(mayBeEd25519Key)).toEqual([false, false])
    // Its neighbour is no point of small order.
    expect(mayBeEd25519Key(y.with(1, (y[1] ?? 0) ^ 1))).toBe(true)
  })
})

describe('an agreement', () => {
  test('of zeros is refused here, whatever a library thinks of the point', () => {
    const zeros = new Uint8Array(32)
    expect(codeOf(() => checkAgreed(zeros))).toBe('bad_key')
    for (let at = 0; at < 32; at += 1) {
      const secret = zeros.with(at, 0x80)
      expect(checkAgreed(secret)).toBe(secret)
    }
  })
})

describe('key objects', () => {
  const curves = ['X25519', 'Ed25519'] as const

  test.each(curves)('of %s are made once for the same bytes', (curve) => {
    const seed = new Uint8Array(32).fill(3)
    const pair =
      curve === 'X25519' ? nodePrimitives.x25519KeyPair(seed) : nodePrimitives.ed25519KeyPair(seed)
    expect(privateKeyObject(curve, seed)).toBe(privateKeyObject(curve, seed))
    expect(publicKeyObject(curve, pair.publicKey)).toBe(publicKeyObject(curve, pair.publicKey))
    expect(publicKeyObject(curve, pair.publicKey).asymmetricKeyType).toBe(curve.toLowerCase())
  })

  test('are others as soon as any byte is another', () => {
    const seed = new Uint8Array(32).fill(3)
    for (let at = 0; at < 32; at += 1) {
      const before = privateKeyObject('X25519', seed)
      seed[at] = 4
      expect(privateKeyObject('X25519', seed)).not.toBe(before)
    }
  })

  test('of a view are those of the view', () => {
    const around = new Uint8Array(64).fill(1)
    const seed = around.subarray(8, 40).fill(5)
    const alone = new Uint8Array(32).fill(5)
    expect(toHex(nodePrimitives.x25519KeyPair(seed).publicKey)).toBe(
      toHex(noblePrimitives.x25519KeyPair(alone).publicKey),
    )
  })
})

describe.each(PROVIDERS)('$name', (primitives) => {
  test('derives the longest output that RFC 5869 has, and the shortest', () => {
    const derive = (length: number) =>
      primitives.hkdfSha256({
        ikm: Uint8Array.of(1),
        salt: Uint8Array.of(2),
        info: Uint8Array.of(3),
        length,
      })
    const longest = derive(255 * 32)
    expect(longest).toHaveLength(8160)
    expect(toHex(derive(1))).toBe(toHex(longest.subarray(0, 1)))
    expect(toHex(derive(33))).toBe(toHex(longest.subarray(0, 33)))
    expect(codeOf(() => derive(8161))).toBe('bad_length')
  })

  test('has a name', () => {
    expect(['node', 'noble']).toContain(primitives.name)
  })
})
