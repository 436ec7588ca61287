import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  bool,
  bytes,
  type Codec,
  choice,
  decode,
  encode,
  fixed,
  list,
  optional,
  text,
  u8,
  u16,
  u32,
  u64,
} from '../../src/protocol/codec.ts'
import { ProtocolError } from '../../src/protocol/errors.ts'

const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof ProtocolError) return `${error.blame}:${error.code}`
    throw error
  }
  return 'no error'
}

describe('numbers', () => {
  test.each([
    ['u8', u8, 0xff],
    ['u16', u16, 0xffff],
    ['u32', u32, 0xffff_ffff],
    ['u64', u64, Number.MAX_SAFE_INTEGER],
  ] as const)('%s holds its whole domain and nothing beyond', (_name, codec, max) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max }), (value) => {
        expect(decode(codec, encode(codec, value))).toBe(value)
      }),
    )
    for (const wrong of [-1, max + 1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(codeOf(() => encode(codec, wrong))).toBe('local:malformed')
    }
  })

  test('a 64-bit integer that a number cannot hold is refused, not rounded', () => {
    expect(codeOf(() => decode(u64, Uint8Array.of(0, 32, 0, 0, 0, 0, 0, 0)))).toBe(
      'remote:malformed',
    )
    expect(decode(u64, Uint8Array.of(0, 31, 255, 255, 255, 255, 255, 255))).toBe(2 ** 53 - 1)
  })

  test('integers are big-endian', () => {
    expect([...encode(u32, 0x01020304)]).toEqual([1, 2, 3, 4])
    expect([...encode(u64, 0x0002_0304_0506_0708)]).toEqual([0, 2, 3, 4, 5, 6, 7, 8])
  })
})

describe('bounds', () => {
  test('a length over its bound is refused before anything is allocated', () => {
    expect(codeOf(() => decode(bytes(10), Uint8Array.of(255, 255, 255, 255)))).toBe(
      'remote:too_large',
    )
    expect(codeOf(() => decode(list(u8, 3), Uint8Array.of(255, 255)))).toBe('remote:too_large')
  })

  test('a length within its bound but beyond the input is refused', () => {
    expect(codeOf(() => decode(bytes(10), Uint8Array.of(0, 0, 0, 9, 1)))).toBe('remote:truncated')
  })

  test('our own oversized values are our own fault', () => {
    expect(codeOf(() => encode(bytes(1), new Uint8Array(2)))).toBe('local:malformed')
    expect(codeOf(() => encode(fixed(4), new Uint8Array(3)))).toBe('local:malformed')
    expect(codeOf(() => encode(text(2), 'äß'))).toBe('local:malformed')
  })
})

describe('one encoding for each value', () => {
  test('a boolean is 0 or 1', () => {
    expect(codeOf(() => decode(bool, Uint8Array.of(2)))).toBe('remote:malformed')
    expect(codeOf(() => decode(optional(u8), Uint8Array.of(2, 0)))).toBe('remote:malformed')
  })

  test('text is well-formed UTF-8 both ways', () => {
    const note: Codec<string> = text(64)
    expect(codeOf(() => encode(note, '\ud800'))).toBe('local:malformed')
    for (const raw of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]]) {
      expect(codeOf(() => decode(note, Uint8Array.of(0, 0, 0, raw.length, ...raw)))).toBe(
        'remote:malformed',
      )
    }
    expect(decode(note, encode(note, '\ufeffgrüße 👋🏽'))).toBe('\ufeffgrüße 👋🏽')
  })

  test('a choice is one of its names', () => {
    const colour = choice({ red: 1, blue: 2 })
    expect(decode(colour, Uint8Array.of(2))).toBe('blue')
    expect(codeOf(() => decode(colour, Uint8Array.of(3)))).toBe('remote:malformed')
  })

  test('what is decoded does not change with the buffer that it came from', () => {
    const raw = encode(bytes(8), Uint8Array.of(1, 2, 3))
    const value = decode(bytes(8), raw)
    raw.fill(9)
    expect([...value]).toEqual([1, 2, 3])
  })
})
