// The seed on paper and back, through what people do to 56 characters.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'
import { decodeRecoveryKey, encodeRecoveryKey } from '../../src/crypto/recovery-key.ts'
import { concat, toHex } from '../../src/protocol/bytes.ts'
import { codeOf, PROVIDERS } from '../helpers/providers.ts'

const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 })
const decode = (typed: string) => decodeRecoveryKey(nodePrimitives, typed)
const SEED = Uint8Array.from({ length: 32 }, (_, at) => at * 7)
const KEY = encodeRecoveryKey(nodePrimitives, SEED)

test('any seed comes back, on either provider', () => {
  fc.assert(
    fc.property(seeds, fc.constantFrom(...PROVIDERS), (seed, primitives) => {
      const text = encodeRecoveryKey(primitives, seed)
      expect(text).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){13}[0-9A-HJKMNP-TV-Z]{4}$/)
      expect(decode(text)).toEqual({ kind: 'seed', seed })
    }),
  )
})

test('is taken in any case, spaced anyhow, and with the letters that look like digits', () => {
  const bare = KEY.replaceAll('-', '')
  const forms = [
    KEY.toLowerCase(),
    bare,
    ` ${bare.split('').join(' ')}\n`,
    KEY.replaceAll('0', 'O').replaceAll('1', 'l'),
    KEY.replaceAll('0', 'o').replaceAll('1', 'I'),
  ]
  for (const typed of forms) expect(decode(typed)).toEqual({ kind: 'seed', seed: SEED })
})

test('a wrong character or two swapped ones are told', () => {
  const bare = KEY.replaceAll('-', '')
  const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
  let told = 0
  let passed = 0
  for (let at = 0; at < bare.length; at += 1) {
    for (const character of alphabet) {
      const typed = bare.slice(0, at) + character + bare.slice(at + 1)
      if (typed === bare) continue
      if (decode(typed).kind === 'mistyped') told += 1
      else passed += 1
    }
    const swapped = bare.slice(0, at) + (bare[at + 1] ?? '') + (bare[at] ?? '') + bare.slice(at + 2)
    if (at + 1 < bare.length && swapped !== bare) expect(decode(swapped).kind).toBe('mistyped')
  }
  // Sixteen bits of checksum: one slip in 65,536 is not told.
  expect(told).toBeGreaterThan(1700)
  expect(passed).toBeLessThan(2)
})

test('what is no recovery key is called malformed', () => {
  for (const typed of [
    '',
    'hello',
    KEY.slice(1),
    `${KEY}0`,
    KEY.replace(/.$/, 'U'),
    'é'.repeat(56),
  ]) {
    expect(decode(typed)).toEqual({ kind: 'malformed' })
  }
})

test('a key of a later version is named as one', () => {
  // What version 2 would write with the same checksum: its first character holds the version.
  const body = concat(Uint8Array.of(2), SEED)
  const check = nodePrimitives
    .sha256(concat(Buffer.from('sotto/1 recovery key check\0'), body))
    .subarray(0, 2)
  const bits = [...concat(body, check)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const text = (bits.match(/.{5}/g) ?? [])
    .map((five) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[Number.parseInt(five, 2)])
    .join('')
  expect(decode(text)).toEqual({ kind: 'unknown_version' })
})

test('only a seed of 32 bytes is written down, and it is left as it was', () => {
  const seed = Uint8Array.from(SEED)
  encodeRecoveryKey(nodePrimitives, seed)
  expect(toHex(seed)).toBe(toHex(SEED))
  for (const length of [0, 31, 33]) {
    expect(codeOf(() => encodeRecoveryKey(nodePrimitives, new Uint8Array(length)))).toBe(
      'bad_length',
    )
  }
})
