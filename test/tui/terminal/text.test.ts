// Widths, lines and wrapping.

import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { type SafeText, safeText } from '../../../src/protocol/safe-text.ts'
import { clusters, setAmbiguousWidth, width } from '../../../src/tui/text/cluster.ts'
import {
  CURSOR,
  fitted,
  line,
  lineText,
  lineWidth,
  padded,
  spread,
  styled,
  truncated,
  truncatedLine,
} from '../../../src/tui/text/line.ts'
import { linkTo } from '../../../src/tui/text/link.ts'
import { pieces, wrapped, wrappedLine } from '../../../src/tui/text/wrap.ts'

const safe = (text: string): SafeText => safeText(text, { multiline: true })
const anySafe = fc.string({ unit: 'grapheme', maxLength: 120 }).map((text) => safeText(text))

afterEach(() => setAmbiguousWidth(1))

describe('width', () => {
  test.each([
    ['hello', 5],
    ['héllo', 5],
    ['e\u0301', 1],
    ['日本語', 6],
    ['한국어', 6],
    ['👨‍👩‍👧', 2],
    ['❤️', 2],
    ['1️⃣', 2],
    ['🇩🇪🇫🇷', 4],
    ['👍🏽', 2],
    ['की', 2],
    ['שלום', 4],
    ['', 0],
  ])('of %j is %i', (text, columns) => {
    expect(width(text)).toBe(columns)
  })

  test('of an ambiguous character is what the terminal is set to', () => {
    expect(width('─°')).toBe(2)
    setAmbiguousWidth(2)
    expect(width('─°')).toBe(4)
  })

  test('is the sum of the clusters, and the clusters are the text', () => {
    fc.assert(
      fc.property(anySafe, (text) => {
        const all = clusters(text)
        expect(all.map(({ glyph }) => glyph).join('')).toBe(text)
        expect(all.reduce((sum, { width }) => sum + width, 0)).toBe(width(text))
      }),
    )
  })

  test('clusters are those of the whole line, wherever its windows fall', () => {
    const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
    const parts = fc.constantFrom(
      'a',
      'bcdefghij',
      '👨‍👩‍👧',
      'e\u0301',
      '🇩🇪',
      'ห์',
      '日',
      'क्षि',
      '각',
      '1️⃣',
      ' ',
    )
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 200 }), (list) => {
        const text = list.join('')
        const expected = Array.from(segmenter.segment(text), ({ segment }) => segment)
        expect(clusters(text).map(({ glyph }) => glyph)).toEqual(expected)
      }),
    )
  })
})

describe('what a script joins without end', () => {
  const endless = [
    ['Hangul’s first letters', '\u1100'],
    ['consonants of Devanagari', '\u0915\u094d'],
    ['vowels that follow one', '\u093e'],
  ] as const

  test.each(endless)('is cut: %s', (_, unit) => {
    for (const text of [unit.repeat(200), `क${unit.repeat(200)}`, `one ${unit.repeat(70)} two`]) {
      const all = clusters(text)
      expect(all.map(({ glyph }) => glyph).join('')).toBe(text)
      expect(Math.max(...all.map((cluster) => cluster.width))).toBeLessThanOrEqual(8)
      for (const { from, to } of pieces(text, 10)) {
        expect(width(text.slice(from, to))).toBeLessThanOrEqual(10)
      }
    }
  })

  test('is not where it is what people write', () => {
    for (const text of ['र्त्स्न्या', '각', 'নিষ্ক্রিয়']) {
      const segments = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)]
      expect(clusters(text).map(({ glyph }) => glyph)).toEqual(
        segments.map(({ segment }) => segment),
      )
    }
  })
})

describe('a line', () => {
  test('is cut with an ellipsis that has the style of what it cuts', () => {
    const of = [...line(safe('alice'), { bold: true }), ...line(safe(' says hello'))]
    expect(lineText(truncatedLine(of, 4))).toBe('ali…')
    expect(truncatedLine(of, 4)[0]?.style).toEqual({ bold: true })
    expect(lineText(truncatedLine(of, 5))).toBe('alic…')
    expect(truncatedLine(of, 16)).toBe(of)
  })

  test('cuts in the middle and at the start', () => {
    expect(truncated(safe('screenshot.png'), 9, 'middle')).toBe('scre….png')
    expect(truncated(safe('screenshot.png'), 9, 'start')).toBe('…shot.png')
    expect(truncated(safe('日本語'), 4)).toBe('日…')
    expect(truncated(safe('x'), 0)).toBe('')
  })

  test('is padded on the side that is asked for', () => {
    expect(lineText(padded(line(safe('ab')), 5))).toBe('ab   ')
    expect(lineText(padded(line(safe('ab')), 5, { align: 'right' }))).toBe('   ab')
    expect(lineText(padded(line(safe('ab')), 5, { align: 'centre' }))).toBe(' ab  ')
  })

  test('fits exactly, whatever it holds and however wide', () => {
    fc.assert(
      fc.property(fc.array(anySafe, { maxLength: 4 }), fc.nat(60), (texts, columns) => {
        const of = texts.flatMap((text) => line(text))
        expect(lineWidth(fitted(of, columns))).toBe(columns)
        expect(lineWidth(spread(of, line(safe('12:30')), columns))).toBe(columns)
        expect(lineWidth(truncatedLine(of, columns))).toBeLessThanOrEqual(columns)
      }),
    )
  })

  test('keeps its own styles over one that is laid under it', () => {
    const of = styled([...line(safe('a'), { bold: true }), ...line(safe('b'))], {
      bold: false,
      dim: true,
    })
    expect(of.map(({ style }) => style)).toEqual([
      { bold: true, dim: true },
      { bold: false, dim: true },
    ])
  })
})

describe('wrapping', () => {
  test('breaks at spaces and drops them', () => {
    expect(wrapped(safe('the quick brown fox'), 10)).toEqual(['the quick', 'brown fox'])
  })

  test('keeps the line breaks of the text, empty lines too', () => {
    expect(wrapped(safe('a\n\nb'), 10)).toEqual(['a', '', 'b'])
  })

  test('breaks a word only where it is longer than a line', () => {
    expect(wrapped(safe('see https://example.org/abc'), 10)).toEqual([
      'see',
      'https://ex',
      'ample.org/',
      'abc',
    ])
  })

  test('breaks after hyphens and between ideographs, but not before a full stop', () => {
    expect(wrapped(safe('well-known'), 7)).toEqual(['well-', 'known'])
    expect(wrapped(safe('日本語。'), 6)).toEqual(['日本', '語。'])
  })

  test('moves continuations in as far as the line itself, at most half the width', () => {
    expect(wrapped(safe('  - one two three'), 10)).toEqual(['  - one', '  two', '  three'])
    expect(wrapped(safe('        one two'), 8, {})[1]).toBe('    two')
    expect(wrapped(safe('one two'), 5, { hang: 2 })).toEqual(['one', '  two'])
  })

  test('keeps the spaces at the end that have room, and no more', () => {
    expect(wrapped(safe('one   '), 5)).toEqual(['one  '])
    expect(wrapped(safe('     '), 2)).toEqual(['  '])
    expect(wrapped(safe('one two    '), 5)).toEqual(['one', 'two  '])
  })

  test('keeps style and cursor of the spans', () => {
    const rows = wrappedLine(
      [...line(safe('one two '), { bold: true }), CURSOR, ...line(safe('three'))],
      8,
    )
    expect(rows.map(lineText)).toEqual(['one two', 'three'])
    expect(rows[1]?.some(({ cursor }) => cursor === true)).toBe(true)
    expect(rows[0]?.[0]?.style).toEqual({ bold: true })
  })

  test('makes no line too wide and loses nothing but spaces at its breaks', () => {
    fc.assert(
      fc.property(anySafe, fc.integer({ min: 2, max: 40 }), (text, columns) => {
        const parts = pieces(text, columns)
        for (const { from, to, indent } of parts) {
          const piece = text.slice(from, to)
          // A cluster is not broken, and some are wider than a narrow line.
          const widest = Math.max(0, ...clusters(piece).map((cluster) => cluster.width))
          expect(width(piece) + indent).toBeLessThanOrEqual(Math.max(columns, indent + widest))
        }
        let end = 0
        for (const { from, to } of parts) {
          expect(text.slice(end, from)).toMatch(/^ *$/)
          end = to
        }
        expect(text.slice(end)).toMatch(/^ *$/)
      }),
    )
  })

  test('covers every character where it keeps the spaces', () => {
    fc.assert(
      fc.property(anySafe, fc.integer({ min: 2, max: 40 }), (text, columns) => {
        const parts = pieces(text, columns, { keepSpaces: true })
        expect(parts.map(({ from, to }) => text.slice(from, to)).join('')).toBe(text)
      }),
    )
  })
})

describe('a link', () => {
  test('is made of a few schemes only, and encoded', () => {
    expect(linkTo('https://example.org/ä b')?.href).toBe('https://example.org/%C3%A4%20b')
    expect(linkTo('mailto:a@example.org')?.href).toBe('mailto:a@example.org')
    for (const address of [
      'javascript:alert(1)',
      'file:///etc/passwd',
      'vscode://x',
      'https://paypal.com@evil.example/',
      'no address',
      `https://example.org/${'a'.repeat(3000)}`,
    ]) {
      expect(linkTo(address), address).toBeUndefined()
    }
  })

  test('has nothing in it that could end the sequence', () => {
    fc.assert(
      fc.property(fc.uint16Array({ maxLength: 20 }), (units) => {
        // fast-check's own texts of any character take seconds to begin.
        const tail = String.fromCharCode(...units.map((unit, at) => (at % 2 ? unit : unit % 0xa0)))
        const href = linkTo(`https://example.org/${tail}`)?.href ?? ''
        expect(href).toMatch(/^[\x21-\x7e]*$/)
      }),
    )
  })
})
