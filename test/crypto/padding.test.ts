// Lengths on the wire are buckets, and each content has one padded form (R10, R9).

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pad, padme, unpad } from '../../src/crypto/padding.ts'
import { ProtocolError } from '../../src/protocol/errors.ts'
import { MAX_CONTENT_BYTES, MAX_TEXT_BYTES } from '../../src/protocol/limits.ts'
import { fuzzDecoder } from '../helpers/decoder-contract.ts'
import { runs } from '../helpers/deep.ts'

describe('Padmé', () => {
  test('never shrinks, never costs more than 12 %, and is its own bucket', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 40 }), (length) => {
        const padded = padme(length)
        expect(padded).toBeGreaterThanOrEqual(length)
        expect(padded).toBeLessThanOrEqual(length * 1.12)
        expect(padme(padded)).toBe(padded)
      }),
      { numRuns: runs(2000) },
    )
  })

  test('is exact at the powers of two and beside them', () => {
    for (let exponent = 10; exponent < 52; exponent += 1) {
      const power = 2 ** exponent
      expect(padme(power)).toBe(power)
      expect(padme(power - 1)).toBe(power)
      const step = 2 ** (exponent - Math.floor(Math.log2(exponent)) - 1)
      expect(padme(power + 1)).toBe(power + step)
    }
  })

  test('gives the numbers of its paper', () => {
    expect([0, 1, 2, 9, 100, 1000, 1025].map(padme)).toEqual([0, 1, 2, 10, 104, 1024, 1088])
  })
})

describe('contents', () => {
  test('come back, whatever their length and their last bytes', () => {
    const endings = fc.uint8Array({ maxLength: 4 }).map((tail) => [...tail, 0x80, 0, 0])
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), endings, (start, tail) => {
        const content = Uint8Array.from([...start, ...tail])
        expect(unpad(pad(content))).toEqual(content)
      }),
    )
  })

  test('fall into few lengths, all multiples of 160', () => {
    const lengths = new Set<number>()
    for (let length = 0; length <= MAX_TEXT_BYTES; length += 61) {
      lengths.add(pad(new Uint8Array(length)).length)
    }
    expect([...lengths].every((length) => length % 160 === 0)).toBe(true)
    expect(lengths.size).toBeLessThan(70)
    expect(pad(new Uint8Array(0)).length).toBe(160)
    expect(pad(new Uint8Array(159)).length).toBe(160)
    expect(pad(new Uint8Array(160)).length).toBe(320)
  })

  test('fit up to the last bucket under the limit and not beyond', () => {
    const largest = 97_279
    expect(pad(new Uint8Array(largest)).length).toBeLessThanOrEqual(MAX_CONTENT_BYTES)
    expect(() => pad(new Uint8Array(largest + 1))).toThrow(
      expect.objectContaining({ code: 'too_large', blame: 'local' }),
    )
    // What a peer with another limit would make of one byte more: its form is right.
    const next = new Uint8Array(102_400)
    next[largest + 1] = 0x80
    expect(() => unpad(next)).toThrow(ProtocolError)
  })

  test('are refused in any form but the one', () => {
    const padded = pad(Uint8Array.of(1, 2, 3))
    const longer = new Uint8Array(320)
    longer.set(padded)
    const dirty = Uint8Array.from(padded)
    dirty[150] = 1
    const unmarked = Uint8Array.from(padded)
    unmarked[3] = 0
    const bad = [
      new Uint8Array(0),
      new Uint8Array(160),
      longer,
      dirty,
      unmarked,
      padded.subarray(0, 159),
      new Uint8Array(MAX_CONTENT_BYTES + 160).fill(0x80, 0, 1),
    ]
    for (const raw of bad) expect(() => unpad(raw)).toThrow(ProtocolError)
  })

  test('mutated paddings give a content of that very form, or a protocol error', () => {
    fuzzDecoder(
      (raw) => expect(Buffer.compare(pad(unpad(raw)), raw)).toBe(0),
      [pad(new Uint8Array(0)), pad(new Uint8Array(100).fill(7)), pad(new Uint8Array(300))],
    )
  })
})
