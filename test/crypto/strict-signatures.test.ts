// Signatures that one reading of RFC 8032 takes and another refuses: here they are refused, by both.

import { ed25519 } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { describe, expect, test } from 'vitest'
import { concat, fromHex } from '../../src/protocol/bytes.ts'
import { PROVIDERS } from '../helpers/providers.ts'

const ORDER = ed25519.Point.Fn.ORDER
const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array()
const little = (value: bigint): Uint8Array => bytes(value.toString(16).padStart(64, '0')).reverse()
const number = (raw: Uint8Array): bigint =>
  BigInt(`0x${Buffer.from(raw).reverse().toString('hex')}`)

const IDENTITY = bytes(`01${'00'.repeat(31)}`)
/** The identity's y and the prime: the same point, not reduced. */
const IDENTITY_NOT_REDUCED = bytes(`ee${'ff'.repeat(30)}7f`)
const message = Buffer.from('what was signed')

/** Signed with the secret r = 0, whose point is written as `r`. */
function signedWith(r: Uint8Array, seed: Uint8Array): Uint8Array {
  const { scalar, pointBytes } = ed25519.utils.getExtendedPublicKey(seed)
  const hash = number(sha512(concat(r, pointBytes, message))) % ORDER
  return concat(r, little((hash * scalar) % ORDER))
}

describe.each(PROVIDERS)('$name', (provider) => {
  const seed = new Uint8Array(32).fill(9)
  const { publicKey } = provider.ed25519KeyPair(seed)

  test('refuses one whose point is of small order', () => {
    const signature = signedWith(IDENTITY, seed)
    expect(ed25519.verify(signature, message, publicKey, { zip215: true })).toBe(true)
    expect(provider.ed25519Verify(publicKey, message, signature)).toBe(false)
  })

  test('refuses the same with its point written another way', () => {
    const signature = signedWith(IDENTITY_NOT_REDUCED, seed)
    expect(ed25519.verify(signature, message, publicKey, { zip215: true })).toBe(true)
    expect(provider.ed25519Verify(publicKey, message, signature)).toBe(false)
  })

  test('refuses the one signature that a key of small order has for everything', () => {
    const signature = concat(IDENTITY, new Uint8Array(32))
    expect(ed25519.verify(signature, message, IDENTITY, { zip215: true })).toBe(true)
    expect(provider.ed25519Verify(IDENTITY, message, signature)).toBe(false)
  })
})
