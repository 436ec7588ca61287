// P1, P2: text from outside can only be seen, never act. The judge is a terminal, not our table.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  isolated,
  type SafeText,
  safe,
  safeFileName,
  safeName,
  safeText,
} from '../../src/protocol/safe-text.ts'
import { runs } from '../helpers/deep.ts'
import { DECEPTIONS, SEQUENCES } from '../hostile/corpus.ts'
import { HARMFUL, HARMLESS, openJudge, verdictOf } from '../hostile/terminal.ts'

/** Raw, they are attacks: test/hostile/text/corpus.test.ts. */
const ATTACKS: readonly (readonly [string, string])[] = Object.entries({
  ...SEQUENCES,
  ...DECEPTIONS,
})

const { judge } = openJudge()

describe('text from outside', () => {
  test.each(ATTACKS)('cannot act on a terminal: %s', (_, attack) => {
    for (const shown of [
      safeText(attack),
      safeText(attack, { multiline: true }).split('\n').slice(0, 20).join('\n'),
      safeName(attack),
      safeFileName(attack),
      isolated(safeText(attack)),
    ]) {
      expect(verdictOf(judge(shown))).toEqual(HARMLESS)
    }
    expect(safeText(attack, { multiline: true })).not.toMatch(HARMFUL)
    expect(safeName(attack)).not.toMatch(/\n/)
  })

  test('cannot act whatever it is made of', () => {
    const pieces = fc.oneof(
      fc.constantFrom(...ATTACKS.map(([, text]) => text)),
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.string({
        unit: fc.constantFrom(
          '\x1b',
          '\x9b',
          '[',
          ']',
          ';',
          '?',
          '0',
          '5',
          '2',
          'm',
          '\x07',
          '\\',
          'P',
          '\n',
        ),
      }),
      fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
    )
    // Eight rows of text at most, so that the sentinels stay on the screen.
    const hostile = fc
      .array(pieces, { minLength: 1, maxLength: 6 })
      .map((all) => all.join('').slice(0, 200))
    fc.assert(
      fc.property(hostile, (raw) => {
        const multiline = safeText(raw, { multiline: true }).split('\n').slice(0, 20).join('\n')
        expect(verdictOf(judge(multiline))).toEqual(HARMLESS)
        expect(verdictOf(judge(safeText(raw)))).toEqual(HARMLESS)
        expect(verdictOf(judge(safeName(raw)))).toEqual(HARMLESS)
      }),
      { numRuns: runs(10_000) },
    )
  })

  test('is made safe once and for all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (raw) => {
        const once = safeText(raw, { multiline: true })
        expect(safeText(once, { multiline: true })).toBe(once)
        expect(once).not.toMatch(HARMFUL)
        expect(once.isWellFormed()).toBe(true)
      }),
      { numRuns: runs(5000) },
    )
  })

  test.each([
    'hello, world! {}[]~',
    'Grüße, señor, Việt Nam, Ωμέγα, Привет',
    'مرحبا بالعالم',
    'שָׁלוֹם עֲלֵיכֶם',
    'नमस्ते दुनिया',
    '你好，世界 こんにちは 안녕하세요',
    'བོད་སྐད་',
    '👍🏽 👨‍👩‍👧‍👦 ❤️ 🇺🇳 ☎︎ 🏳️‍🌈 1️⃣',
    'می‌خواهم',
    '∑ ≤ ½ € “quotes” …',
  ])('is left as it is where it is harmless: %s', (text) => {
    expect(safeText(text)).toBe(text)
  })

  test('keeps line breaks only where lines are wanted', () => {
    expect(safeText('a\r\nb\rc\nd\u2028e', { multiline: true })).toBe('a\nb\nc\nd\ne')
    expect(safeText('a\r\nb\rc')).toBe('a b c')
    expect(safeText('a\tb')).toBe('a    b')
  })

  test('keeps at most five marks on one letter', () => {
    expect([...safeText(`Z${'\u0301'.repeat(500)}`)]).toHaveLength(6)
    expect(safeText('\u0301x')).toBe('\u25cc\u0301x')
    expect(safeText('a\n\u0301', { multiline: true })).toBe('a\n\u25cc\u0301')
  })

  test('takes time in proportion to its length', () => {
    // The best of a few: whatever else the machine does only ever adds.
    const time = (length: number): number => {
      const raw = `e${'\u0301\u200d\x1b['.repeat(length / 4)}`
      const once = (): number => {
        const begun = performance.now()
        safeText(raw)
        return performance.now() - begun
      }
      return Math.min(once(), once(), once())
    }
    time(100_000)
    // Forty times the text. The square of that would be 1,600 times the time; what lives at once
    // costs the collector more than its share.
    expect(time(200_000)).toBeLessThan(600 * Math.max(time(5_000), 1))
  })
})

describe('a name', () => {
  test.each([
    ['alice\u200b', 'alice\u{fffd}'],
    ['al\u00adice', 'al\u{fffd}ice'],
    ['bob\u202eecila', 'bob\u{fffd}ecila'],
    ['a\u{e0041}b', 'a\u{fffd}b'],
    ['x\u200dy', 'x\u{fffd}y'],
    ['a\ufe0fb', 'a\u{fffd}b'],
    ['\u3164', '\u{fffd}'],
    ['  a \u00a0\u3000 b ', 'a b'],
    ['alice\nbob (verified)', 'alice bob (verified)'],
    ['', '\u{fffd}'],
    ['   ', '\u{fffd}'],
  ])('shows what would be invisible: %j', (raw, shown) => {
    expect(safeName(raw)).toBe(shown)
  })

  test('is bounded', () => {
    expect([...safeName('🦊'.repeat(1000))]).toHaveLength(64)
  })

  test('is isolated where it could turn what stands beside it', () => {
    expect(isolated(safeName('alice'))).toBe('alice')
    expect(isolated(safeName('דנה'))).toBe('\u2068דנה\u2069')
    expect(isolated('א\nב' as SafeText)).toBe('\u2068א\u2069\n\u2068ב\u2069')
  })
})

describe('a file name', () => {
  test('shows its end, whatever its length and its folders', () => {
    expect(safeFileName('../../etc/passwd')).toBe('passwd')
    expect(safeFileName('C:\\temp\\report.pdf')).toBe('report.pdf')
    const long = safeFileName(`${'a'.repeat(300)}.pdf.exe`)
    expect(long).toMatch(/….*\.pdf\.exe$/)
    expect([...long]).toHaveLength(100)
    expect(safeFileName('photo\u202egpj.exe')).toBe('photo\u{fffd}gpj.exe')
  })
})

describe('our own words', () => {
  test('take only what is safe', () => {
    expect(safe`hello ${safeName('bob\x1b[31m')}, ${3} times`).toBe(
      'hello bob\u{fffd}[31m, 3 times',
    )
    // @ts-expect-error A string from anywhere is no SafeText.
    const refused = safe`hello ${'bob'}`
    expect(refused).toBe('hello bob')
  })
})
