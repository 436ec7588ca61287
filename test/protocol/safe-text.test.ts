// P1, P2: text from outside can only be seen, never act. The judge is a terminal, not our table.

import xterm from '@xterm/headless'
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

const COLUMNS = 200
const ROWS = 60

/** What a terminal did with a text besides showing it. */
interface Deeds {
  readonly acts: readonly string[]
  readonly above: string
  readonly left: string
  readonly below: string
  readonly lines: readonly string[]
}

interface Judge {
  judge(text: string): Deeds
}

/** Every handler that could act reports; what it would do is decided by the terminal's parser. */
function openJudge(): Judge {
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true })
  let acts: string[] = []
  const act = (name: string) => (): boolean => {
    acts.push(name)
    return false
  }
  for (let code = 0; code < 256; code += 1) terminal.parser.registerOscHandler(code, act('osc'))
  for (const id of [777, 1337]) terminal.parser.registerOscHandler(id, act('osc'))
  for (let final = 0x40; final < 0x7f; final += 1) {
    const id = { final: String.fromCharCode(final) }
    terminal.parser.registerCsiHandler(id, act('csi'))
    for (const prefix of ['?', '>', '<', '=']) {
      terminal.parser.registerCsiHandler({ ...id, prefix }, act('csi'))
    }
    terminal.parser.registerDcsHandler(id, act('dcs'))
    if (final < 0x60 || final > 0x62) terminal.parser.registerEscHandler(id, act('esc'))
  }
  terminal.onBell(act('bell'))
  terminal.onData(act('reply'))
  terminal.onBinary(act('reply'))
  terminal.onTitleChange(act('title'))
  // The public `write` waits for a timer each time; 30,000 of those are a minute of nothing.
  const core = (terminal as unknown as { _core: { writeSync(data: string): void } })._core
  const write = (data: string): void => core.writeSync(data)
  return {
    judge(text) {
      terminal.reset()
      acts = []
      write('ABOVE\r\nLEFT ')
      write(text.replaceAll('\n', '\r\n'))
      write('\r\nBELOW')
      const buffer = terminal.buffer.active
      const lines = Array.from(
        { length: buffer.length },
        (_, at) => buffer.getLine(at)?.translateToString(true) ?? '',
      )
      return {
        acts,
        above: lines[0] ?? '',
        left: (lines[1] ?? '').slice(0, 5),
        below: lines.filter((line) => line !== '').at(-1) ?? '',
        lines,
      }
    },
  }
}

const HARMLESS = { acts: [], above: 'ABOVE', left: 'LEFT ', below: 'BELOW' }
const verdictOf = ({ acts, above, left, below }: Deeds): typeof HARMLESS =>
  ({ acts, above, left, below }) as typeof HARMLESS

const ATTACKS: Readonly<Record<string, string>> = {
  'a title': '\x1b]0;owned\x07',
  'a title ended by ST': '\x1b]2;owned\x1b\\',
  'a title by C1': '\x9d0;owned\x9c',
  'the clipboard': '\x1b]52;c;cm0gLXJm\x07',
  'a clipboard query': '\x1b]52;c;?\x07',
  'a device query': '\x1b[c\x1b[>c\x1b[5n\x1b[6n',
  'a query by C1': '\x9bc\x9b6n',
  DECRQSS: '\x1bP$qm\x1b\\',
  'a colour query': '\x1b]4;0;?\x07\x1b]10;?\x07',
  ENQ: '\x05',
  bell: '\x07',
  'cursor home and clear': '\x1b[H\x1b[2J\x1b[3J',
  'cursor up and overwrite': '\x1b[1A\x1b[2KFAKE',
  'carriage return': 'real\rFAKE',
  backspace: 'real\b\b\b\bFAKE',
  'vertical tab and form feed': 'a\vb\fc',
  'reverse index': '\x1bM\x8d',
  'alternate screen': '\x1b[?1049h',
  'bracketed paste off': '\x1b[?2004l',
  'mouse on': '\x1b[?1000h\x1b[?1006h',
  'full reset': '\x1bc',
  'charset switch': '\x0e\x1b(0',
  hyperlink: '\x1b]8;;https://evil.example\x07bank\x1b]8;;\x07',
  notification: '\x1b]9;hi\x07\x1b]777;notify;a;b\x07',
  'kitty graphics': '\x1b_Gf=24;AAAA\x1b\\',
  sixel: '\x1bPq#0;2;0;0;0#0~~@@\x1b\\',
  'iterm file': '\x1b]1337;File=inline=1:AAAA\x07',
  'split escape': '\x1b\x1b[31m',
  'cancelled escape': '\x1b[31\x18m\x1b[31\x1am',
  'DEL and NUL': 'a\x7fb\x00c',
  NEL: 'a\x85b',
  'private message': '\x9ehidden\x9c\x9fapc\x9c\x90dcs\x9c',
  'right-to-left override': 'gpj.\u202egnp.exe',
  'bidi embeddings': '\u202a\u202b\u202c\u202d\u2066\u2067\u2068\u2069\u200e\u200f\u061c',
  'tag characters': 'hi\u{e0041}\u{e0042}\u{e007f}',
  'line separators': 'a\u2028b\u2029c',
  'lone surrogates': 'a\ud800b\udfffc',
  'private use and noncharacters': '\ue000\u{f0000}\u{10ffff}\ufffe\u{1fffe}',
  fillers: '\u3164\u115f\u1160\uffa0\u2800\u034f\u00ad\u180e',
  'zero widths': 'a\u200b\u2060\ufeffb',
  zalgo: `Z${'\u0301\u0489\u0321'.repeat(100)}`,
  'leading mark': '\u0336\u0336struck',
  'variation storm': `a${'\ufe0f'.repeat(50)}${'\u{e0100}'.repeat(50)}`,
  'interlinear annotation': '\ufff9a\ufffab\ufffb',
}

const HARMFUL = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f]/

describe('text from outside', () => {
  test('is an attack before it is made safe, or this test would prove nothing', () => {
    const { judge } = openJudge()
    for (const name of ['a title', 'a device query', 'bell', 'cursor up and overwrite']) {
      expect(verdictOf(judge(ATTACKS[name] ?? '')), name).not.toEqual(HARMLESS)
    }
  })

  test.each(Object.entries(ATTACKS))('cannot act on a terminal: %s', (_, attack) => {
    const { judge } = openJudge()
    for (const shown of [
      safeText(attack),
      safeText(attack, { multiline: true }),
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
    const { judge } = openJudge()
    const pieces = fc.oneof(
      fc.constantFrom(...Object.values(ATTACKS)),
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
      { numRuns: 10_000 },
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
      { numRuns: 5000 },
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
    const time = (length: number): number => {
      const raw = `e${'\u0301\u200d\x1b['.repeat(length / 4)}`
      const begun = performance.now()
      safeText(raw)
      return performance.now() - begun
    }
    time(50_000)
    // Ten times the text, far from a hundred times the time.
    expect(time(500_000)).toBeLessThan(40 * Math.max(time(50_000), 1))
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
