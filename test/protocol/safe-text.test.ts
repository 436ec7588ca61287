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
    const lines = (raw: string) => safeText(raw, { multiline: true })
    expect(lines('a\r\nb\rc\nd\u2028e\u2029f')).toBe('a\nb\nc\nd\ne\nf')
    expect(safeText('a\r\nb\rc\u2028d\u2029e')).toBe('a b c d e')
    expect(lines('a\nb')).toBe('a\nb')
    expect(safeText('a\nb')).toBe('a b')
    expect(lines('ä\nb')).toBe('ä\nb')
    expect(safeText('ä\nb')).toBe('ä b')
    expect(safeText('a\nb', { multiline: false })).toBe('a b')
    expect(safeText('a\tb')).toBe('a    b')
  })

  test.each([
    ['a control character', '\x07'],
    ['a control character of C1', '\x85'],
    ['private use', '\ue000'],
    ['unassigned', '\u0e00'],
    ['half a pair', '\ud800'],
  ])('shows that something stood there which has no picture: %s', (_, raw) => {
    expect(safeText(raw)).toBe('\u{fffd}')
    expect(safeName(raw)).toBe('\u{fffd}')
    expect(safeText(`a${raw}b`)).toBe('a\u{fffd}b')
  })

  test.each([
    ['zero width', '\u200b'],
    ['soft hyphen', '\u00ad'],
    ['a change of direction', '\u202e'],
    ['a sign around a number', '\u0600'],
    ['filler of a Hangul syllable', '\u3164'],
    ['Braille without a dot', '\u2800'],
    ['a tag', '\u{e0041}'],
    ['grapheme joiner', '\u034f'],
    ['variation 1', '\ufe00'],
    ['variation 17', '\u{e0100}'],
    ['Mongolian variation', '\u180b'],
  ])('holds nothing that nobody sees; a name says that it stood there: %s', (_, raw) => {
    expect(safeText(`a${raw}b`)).toBe('ab')
    expect(safeText(raw)).toBe('')
    expect(safeName(`a${raw}b`)).toBe('a\u{fffd}b')
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

describe('what sits on a letter', () => {
  const ACUTE = '\u0301'
  const JOINER = '\u200d'
  const EMOJI = '\ufe0f'

  test('is five marks at most, for each letter anew', () => {
    const many = ACUTE.repeat(500)
    const five = ACUTE.repeat(5)
    expect(safeText(`Z${many}`)).toBe(`Z${five}`)
    expect(safeText(`Z${five}a${many}`)).toBe(`Z${five}a${five}`)
    expect(safeName(`Z${many}a${many}`)).toBe(`Z${five}a${five}`)
    expect(safeText(`\ue000${many}`)).toBe(`\u{fffd}${five}`)
    expect(safeName(`\u200b${many}`)).toBe(`\u{fffd}${five}`)
  })

  test('has a circle to sit on where there is no letter', () => {
    const five = ACUTE.repeat(5)
    expect(safeText(`${ACUTE}x`)).toBe(`\u25cc${ACUTE}x`)
    expect(safeText(ACUTE.repeat(500))).toBe(`\u25cc${five}`)
    expect(safeText(`a\n${ACUTE}`, { multiline: true })).toBe(`a\n\u25cc${ACUTE}`)
    expect(safeText(`a\t${ACUTE}`)).toBe(`a    \u25cc${ACUTE}`)
    expect(safeText(`\u200b${ACUTE}`)).toBe(`\u25cc${ACUTE}`)
  })

  test('is one presentation, of what is not marked yet', () => {
    expect(safeText(`1${EMOJI}${EMOJI}\ufe0e`)).toBe(`1${EMOJI}`)
    expect(safeText('1\ufe0e2\ufe0e')).toBe('1\ufe0e2\ufe0e')
    expect(safeText(`a${ACUTE}${EMOJI}`)).toBe(`a${ACUTE}`)
    expect(safeText(`${EMOJI}a`)).toBe('a')
    expect(safeText(`a\n${EMOJI}`, { multiline: true })).toBe('a\n')
    // It counts as one of the five.
    expect(safeText(`a${EMOJI}${ACUTE.repeat(9)}`)).toBe(`a${EMOJI}${ACUTE.repeat(4)}`)
  })

  test('is one joiner in a row, behind what is visible', () => {
    expect(safeText(`a${JOINER}${JOINER}\u200cb`)).toBe(`a${JOINER}b`)
    expect(safeText(`${JOINER}a`)).toBe('a')
    expect(safeText('a\u200cb')).toBe('a\u200cb')
    expect(safeText(`a\n${JOINER}b`, { multiline: true })).toBe('a\nb')
    expect(safeText(`a${JOINER}${ACUTE}${JOINER}b`)).toBe(`a${JOINER}${ACUTE}${JOINER}b`)
  })

  test('is six joiners at most in what they hold together, and six again after it', () => {
    const held = (joiners: number) => `a${`${JOINER}a`.repeat(joiners)}`
    expect(safeText(held(6))).toBe(held(6))
    // The seventh is left out, so that another cluster begins.
    expect(safeText(held(13))).toBe(held(6) + held(6))
    expect(safeText(`${held(6)} ${held(6)}`)).toBe(`${held(6)} ${held(6)}`)
    const beneath = `${JOINER}${ACUTE}`
    expect(safeText(`a${beneath.repeat(9)}`)).toBe(`a${beneath.repeat(5)}${JOINER}`)
    // What is joined is marked anew.
    const marked = `a${ACUTE.repeat(5)}`
    expect(safeText(`${marked}${JOINER}${marked}`)).toBe(`${marked}${JOINER}${marked}`)
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
    [' alice  \n  bob ', 'alice bob'],
    ['', '\u{fffd}'],
    ['   ', '\u{fffd}'],
    ['a\tb', 'a b'],
    ['a\r\nb\u2028c\u2029d', 'a b c d'],
  ])('shows what would be invisible: %j', (raw, shown) => {
    expect(safeName(raw)).toBe(shown)
  })

  test('is bounded', () => {
    expect(safeName('🦊'.repeat(64))).toBe('🦊'.repeat(64))
    expect(safeName('🦊'.repeat(65))).toBe(`${'🦊'.repeat(63)}…`)
  })

  test('is isolated where it could turn what stands beside it', () => {
    expect(isolated(safeName('alice'))).toBe('alice')
    expect(isolated('alice\nbob' as SafeText)).toBe('alice\nbob')
    expect(isolated(safeName('דנה'))).toBe('\u2068דנה\u2069')
    expect(isolated('א\nב' as SafeText)).toBe('\u2068א\u2069\n\u2068ב\u2069')
  })
})

describe('a file name', () => {
  test('shows its end, whatever its length and its folders', () => {
    expect(safeFileName('../../etc/passwd')).toBe('passwd')
    expect(safeFileName('C:\\temp\\report.pdf')).toBe('report.pdf')
    expect(safeFileName(`${'a'.repeat(300)}${'b'.repeat(16)}.pdf.exe`)).toBe(
      `${'a'.repeat(75)}…${'b'.repeat(16)}.pdf.exe`,
    )
    expect(safeFileName('photo\u202egpj.exe')).toBe('photo\u{fffd}gpj.exe')
    expect(safeFileName(' a\r\nb\u2028c\nd ')).toBe('a b c d')
  })

  test('is whole up to a hundred characters', () => {
    expect(safeFileName('é'.repeat(100))).toBe('é'.repeat(100))
    expect(safeFileName('é'.repeat(101))).toBe(`${'é'.repeat(75)}…${'é'.repeat(24)}`)
  })

  test.each(['', ' ', 'folder/', '\\'])('is seen where it is none: %j', (raw) => {
    expect(safeFileName(raw)).toBe('\u{fffd}')
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
