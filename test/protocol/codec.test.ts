import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Writer } from '../../src/protocol/byte-io.ts'
import {
  bool,
  bytes,
  type Codec,
  choice,
  decode,
  encode,
  fixed,
  list,
  mapped,
  optional,
  struct,
  text,
  u8,
  u16,
  u32,
  u64,
  union,
} from '../../src/protocol/codec.ts'
import { ProtocolError } from '../../src/protocol/errors.ts'
import { idFromBytes, logId } from '../../src/protocol/ids.ts'

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
    for (const value of [true, false]) {
      expect([...encode(bool, value)]).toEqual([value ? 1 : 0])
      expect(decode(bool, encode(bool, value))).toBe(value)
    }
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

describe('at the bound', () => {
  const filled = (length: number): Uint8Array => new Uint8Array(length).fill(7)

  test.each([
    ['bytes', bytes(4), filled(4), filled(5)],
    ['text', text(4), 'äß', 'äßx'],
    ['list', list(u8, 3), [1, 2, 3], [1, 2, 3, 4]],
  ] as readonly (readonly [string, Codec<unknown>, unknown, unknown])[])(
    '%s may be as long as it may be, on either side, and not one longer',
    (_name, codec, longest, longer) => {
      const written = encode(codec, longest)
      expect(decode(codec, written)).toEqual(longest)
      expect(codeOf(() => encode(codec, longer))).toBe('local:malformed')
    },
  )

  test('what is one too long for the reader is refused by its length alone', () => {
    expect(codeOf(() => decode(bytes(4), encode(bytes(5), filled(5))))).toBe('remote:too_large')
    expect(codeOf(() => decode(text(4), encode(text(5), 'abcde')))).toBe('remote:too_large')
    expect(codeOf(() => decode(list(u8, 3), encode(list(u8, 4), [1, 2, 3, 4])))).toBe(
      'remote:too_large',
    )
  })

  test('a short or a long input is called so', () => {
    expect(codeOf(() => decode(u16, filled(1)))).toBe('remote:truncated')
    expect(codeOf(() => decode(u16, filled(3)))).toBe('remote:trailing')
  })
})

describe('cases and choices', () => {
  const shape = union({
    circle: { tag: 1, codec: struct({ radius: u8 }) },
    square: { tag: 7, codec: struct({ side: u16 }) },
  })

  test('a case is its tag and then its fields', () => {
    expect([...encode(shape, { kind: 'square', side: 0x0102 })]).toEqual([7, 1, 2])
    expect(decode(shape, Uint8Array.of(1, 9))).toEqual({ kind: 'circle', radius: 9 })
  })

  test('a tag that nobody gave a meaning, or a case of none, is refused', () => {
    expect(codeOf(() => decode(shape, Uint8Array.of(2, 9)))).toBe('remote:unknown_type')
    const unknown = { kind: 'oval', radius: 1 } as unknown as { kind: 'circle'; radius: number }
    expect(codeOf(() => encode(shape, unknown))).toBe('local:malformed')
  })

  test('a choice that has no name is our own fault', () => {
    const colour = choice({ red: 1, blue: 2 })
    expect([...encode(colour, 'red')]).toEqual([1])
    expect(codeOf(() => encode(colour, 'green' as 'red'))).toBe('local:malformed')
  })

  test('what is optional is a byte, or a byte and itself', () => {
    expect([...encode(optional(u8), undefined)]).toEqual([0])
    expect([...encode(optional(u8), 0)]).toEqual([1, 0])
    expect(decode(optional(u8), Uint8Array.of(0))).toBeUndefined()
  })
})

describe('fields', () => {
  test('are those that were named, each once and in their order', () => {
    const point = struct({ y: u8, x: u8 })
    expect([...encode(point, { x: 1, y: 2 })]).toEqual([2, 1])
    expect(Object.entries(decode(point, Uint8Array.of(2, 1)))).toEqual([
      ['y', 2],
      ['x', 1],
    ])
  })

  test('may be of a type that is written as another', () => {
    const even = mapped(
      u8,
      (half) => half * 2,
      (value: number) => value / 2,
    )
    expect([...encode(even, 6)]).toEqual([3])
    expect(decode(even, Uint8Array.of(3))).toBe(6)
  })
})

describe('an id', () => {
  const good = '01234567-89ab-cdef-0123-456789abcdef'

  test('is written only in its one spelling', () => {
    const write = (spelling: string) => encode(logId, spelling as Parameters<typeof logId.write>[1])
    const half = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef]
    expect([...write(good)]).toEqual([...half, ...half])
    expect(idFromBytes(write(good))).toBe(good)
    // The neighbours of the digits and letters in ASCII, capitals, and what is beyond it.
    for (const wrong of ['/', ':', '`', 'g', 'A', '\u0080', '\u0130']) {
      for (const at of [0, 1, 34, 35]) {
        const spelling = good.slice(0, at) + wrong + good.slice(at + 1)
        expect(codeOf(() => write(spelling))).toBe('local:malformed')
      }
    }
    for (const wrong of ['', good.slice(1), `${good}0`]) {
      expect(codeOf(() => write(wrong))).toBe('local:malformed')
    }
  })
})

describe('the scratch buffer', () => {
  /** What lies in the next writer's buffer, which it has not written itself. */
  function leftOver(count: number): readonly number[] {
    const writer = new Writer()
    writer.utf8('', count)
    return [...writer.finish()]
  }

  /** How many buffers are allocated for as long as `work` runs. */
  function allocations(work: () => void): number {
    const { allocUnsafe } = Buffer
    let count = 0
    Buffer.allocUnsafe = (size) => {
      count += 1
      return allocUnsafe(size)
    }
    try {
      work()
    } finally {
      Buffer.allocUnsafe = allocUnsafe
    }
    return count
  }

  test('keeps nothing of what was encoded, nor of what failed half-way', () => {
    const secret = new Uint8Array(32).fill(0xaa)
    encode(fixed(32), secret)
    expect(leftOver(32)).toEqual(Array.from({ length: 32 }, () => 0))
    const broken = struct({ secret: fixed(32), after: fixed(1) })
    expect(codeOf(() => encode(broken, { secret, after: secret }))).toBe('local:malformed')
    expect(leftOver(32)).toEqual(Array.from({ length: 32 }, () => 0))
  })

  test('serves one encoding after another, whatever went wrong before', () => {
    const frame = bytes(4096)
    expect(allocations(() => encode(frame, new Uint8Array(4096)))).toBe(0)
    codeOf(() => encode(frame, new Uint8Array(4097)))
    expect(allocations(() => encode(frame, new Uint8Array(4096)))).toBe(0)
  })

  test('is left alone by an encoding inside another', () => {
    const nested: Codec<number> = {
      write: (writer, value) => writer.raw(encode(u32, value)),
      read: (reader) => decode(u32, reader.raw(4)),
    }
    const both = struct({ first: u32, inner: nested, last: u32 })
    const value = { first: 1, inner: 2, last: 3 }
    expect([...encode(both, value)]).toEqual([0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3])
    expect(decode(both, encode(both, value))).toEqual(value)
    const inside: Codec<Uint8Array> = {
      write: (writer, inner) => writer.raw(encode(bytes(10_000), inner)),
      read: (reader) => reader.raw(reader.remaining),
    }
    expect(encode(inside, new Uint8Array(10_000).fill(5))).toHaveLength(10_004)
  })

  test('gives way to a larger one that doubles, so that each byte costs the same', () => {
    const byByte: Codec<Uint8Array> = {
      write(writer, value) {
        for (const byte of value) writer.u8(byte)
      },
      read: (reader) => reader.raw(reader.remaining),
    }
    const long = Uint8Array.from({ length: 300_000 }, (_, at) => at % 251)
    let raw: Uint8Array = new Uint8Array(0)
    const grown = allocations(() => {
      raw = encode(byByte, long)
    })
    expect(grown).toBe(3)
    expect(Buffer.compare(raw, long)).toBe(0)
    expect(leftOver(64)).toEqual(Array.from({ length: 64 }, () => 0))
  })
})
