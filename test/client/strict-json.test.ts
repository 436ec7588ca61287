import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsonError, parseStrictJson } from '../../src/client/strict-json.ts'

const refused = (text: string): void => {
  expect(() => parseStrictJson(text)).toThrow(JsonError)
}

describe('strict JSON', () => {
  test('is JSON: every value comes back as it was written', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        fc.pre(!text.includes('__proto__'))
        const value = JSON.parse(text) as unknown
        fc.pre(isPlain(value))
        expect(parseStrictJson(text)).toEqual(value)
      }),
    )
  })

  test('refuses a key that stands twice, however it is spelled', () => {
    refused('{"a":1,"a":2}')
    refused('{"a":1,"\\u0061":2}')
    refused('[{"b":{"a":1,"c":2,"a":3}}]')
    expect(parseStrictJson('[{"a":1},{"a":2}]')).toEqual([{ a: 1 }, { a: 2 }])
    expect(parseStrictJson('{"a":{"a":"a"},"b":"a"}')).toEqual({ a: { a: 'a' }, b: 'a' })
  })

  test('refuses __proto__, so that nothing is ever polluted', () => {
    refused('{"__proto__":{"admin":true}}')
    refused('{"a":{"\\u005f_proto__":1}}')
    expect(parseStrictJson('["__proto__"]')).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>).admin).toBeUndefined()
  })

  test('is shallow: 32 levels, and a million cost nothing', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
    expect(() => parseStrictJson(nested(32))).not.toThrow()
    refused(nested(33))
    refused('['.repeat(1_000_000))
    refused('{"a":'.repeat(100_000))
    expect(parseStrictJson(`"${'['.repeat(100)}"`)).toBe('['.repeat(100))
  })

  test('refuses numbers that a double cannot hold, and broken text', () => {
    refused('9007199254740993')
    refused('[1e999]')
    refused('"\\ud800"')
    refused('{"\\udc00":1}')
    expect(parseStrictJson('"\\ud83d\\ude00"')).toBe('😀')
  })

  test('is total: whatever the text is, it is a value or a JsonError', () => {
    const pieces = fc.array(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        '"',
        '\\',
        ':',
        ',',
        'a',
        '1',
        'e',
        '-',
        ' ',
        '\\u00',
        'null',
      ),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join('')
        try {
          parseStrictJson(text)
          JSON.parse(text)
        } catch (error) {
          expect(error).toBeInstanceOf(JsonError)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})

/** Without what we refuse on purpose. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value === 'number') return Number.isSafeInteger(value) || !Number.isInteger(value)
  if (Array.isArray(value)) return value.every(isPlain)
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([key, inner]) => isPlain(key) && isPlain(inner))
}
