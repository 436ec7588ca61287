// The memory of request nonces is bounded, and its bound is nobody's lever: some accounts that use
// it up must not shut the others out (N10).

import { expect, test } from 'vitest'
import { SpentNonces } from '../../server/spent-nonces.ts'

const WINDOW = 1_000

test('a nonce is good once, for the whole of its time', () => {
  const spent = new SpentNonces(WINDOW)
  expect(spent.spend('a', 10_000)).toBe(true)
  for (const now of [10_000, 10_999, 11_000, 11_999]) expect(spent.spend('a', now)).toBe(false)
})

test('a flood is forgotten before its time, and locks nobody out', () => {
  const spent = new SpentNonces(WINDOW, 100)
  expect(spent.spend('first', 10_000)).toBe(true)
  for (let count = 0; count < 1_000; count += 1) {
    expect(spent.spend(`flood ${count}`, 10_001)).toBe(true)
    // What came just before is still known.
    expect(spent.spend(`flood ${Math.max(0, count - 40)}`, 10_001)).toBe(false)
  }
  expect(spent.spend('honest', 10_002)).toBe(true)
  expect(spent.spend('honest', 10_002)).toBe(false)
})
