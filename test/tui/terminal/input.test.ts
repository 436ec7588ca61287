// What comes from the terminal, as events.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { InputEvent, KeyEvent } from '../../../src/tui/input/event.ts'
import { InputParser, MAX_PASTE } from '../../../src/tui/input/parser.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** All events of a text, with what was held back at the end. */
function events(...chunks: readonly string[]): readonly InputEvent[] {
  const parser = new InputParser()
  return [...chunks.flatMap((chunk) => parser.feed(bytes(chunk))), ...parser.flush()]
}

const keys = (...chunks: readonly string[]): readonly string[] =>
  events(...chunks).map((event) => (event.kind === 'key' ? event.key : event.kind))

describe('a key', () => {
  test.each([
    ['a', 'a'],
    ['G', 'G'],
    ['?', '?'],
    [' ', 'space'],
    ['ä', 'ä'],
    ['日', '日'],
    ['\r', 'enter'],
    ['\n', 'ctrl+j'],
    ['\t', 'tab'],
    ['\x7f', 'backspace'],
    ['\x08', 'ctrl+h'],
    ['\x00', 'ctrl+space'],
    ['\x01', 'ctrl+a'],
    ['\x0b', 'ctrl+k'],
    ['\x1c', 'ctrl+\\'],
    ['\x1f', 'ctrl+_'],
    ['\x1b', 'escape'],
    ['\x1b\x1b', 'escape escape'],
    ['\x1ba', 'alt+a'],
    ['\x1bA', 'alt+shift+a'],
    ['\x1b\r', 'alt+enter'],
    ['\x1b\x7f', 'alt+backspace'],
    ['\x1b\x01', 'ctrl+alt+a'],
    ['\x1b?', 'alt+?'],
    ['\x1b[', 'alt+['],
    ['\x1bO', 'alt+shift+o'],
    ['\x1b]', 'alt+]'],
    ['\x1b[A', 'up'],
    ['\x1bOA', 'up'],
    ['\x1b\x1b[A', 'alt+up'],
    ['\x1b[1;2A', 'shift+up'],
    ['\x1b[1;5C', 'ctrl+right'],
    ['\x1b[1;8D', 'ctrl+alt+shift+left'],
    ['\x1b[H', 'home'],
    ['\x1b[4~', 'end'],
    ['\x1b[8~', 'end'],
    ['\x1b[5~', 'pageup'],
    ['\x1b[6;3~', 'alt+pagedown'],
    ['\x1b[3;5~', 'ctrl+delete'],
    ['\x1b[Z', 'shift+tab'],
    ['\x1bOP', 'f1'],
    ['\x1b[1;2P', 'shift+f1'],
    ['\x1b[[A', 'f1'],
    ['\x1b[15~', 'f5'],
    ['\x1b[24~', 'f12'],
    ['\x1b[13;2u', 'shift+enter'],
    ['\x1b[13;5u', 'ctrl+enter'],
    ['\x1b[27u', 'escape'],
    ['\x1b[107;5u', 'ctrl+k'],
    ['\x1b[103:71;6u', 'ctrl+shift+g'],
    ['\x1b[47:63;4u', 'alt+?'],
    ['\x1b[1082::114;5u', 'ctrl+r'],
    ['\x1b[97;1:2u', 'a'],
    ['\x1b[97;1:3u', ''],
    ['\x1b[1;1:3A', ''],
    ['\x1b[57441;2u', ''],
    ['\x1b[57376u', 'f13'],
    ['\x1b[57401u', '2'],
    ['\x1b[97;9u', ''],
    ['\x1b[27;2;13~', 'shift+enter'],
    ['\x1b[27;5;9~', 'ctrl+tab'],
  ])('%j is %s', (sent, name) => {
    expect(keys(sent).join(' ')).toBe(name)
    // Wherever the line cuts it in two.
    for (let at = 1; at < sent.length; at++) {
      expect(keys(sent.slice(0, at), sent.slice(at)).join(' '), `${at}`).toBe(name)
    }
  })

  test('puts its text only where it is a character', () => {
    const textOf = (sent: string): string => (events(sent)[0] as KeyEvent).text
    expect([textOf('a'), textOf('G'), textOf(' '), textOf('日'), textOf('👨‍👩‍👧')]).toEqual([
      'a',
      'G',
      ' ',
      '日',
      '👨‍👩‍👧',
    ])
    expect([textOf('\r'), textOf('\x1ba'), textOf('\x01'), textOf('\x1b[A')]).toEqual([
      '',
      '',
      '',
      '',
    ])
  })

  test('is the same in whatever pieces its bytes come', () => {
    const all =
      'aä日👍\x1b[1;5C\x1bOP\x1b[13;2u\x1b[<0;3;4M\x1b[I\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\\x1b[200~x\ny\x1b[201~z'
    const whole = events(all)
    fc.assert(
      fc.property(fc.array(fc.nat(bytes(all).length), { maxLength: 12 }), (cuts) => {
        const parser = new InputParser()
        const got: InputEvent[] = []
        let from = 0
        for (const to of [...cuts.toSorted((a, b) => a - b), bytes(all).length]) {
          got.push(...parser.feed(bytes(all).slice(from, to)))
          from = to
        }
        expect([...got, ...parser.flush()]).toEqual(whole)
      }),
    )
  })
})

describe('the mouse', () => {
  test.each([
    ['\x1b[<0;10;5M', { action: 'press', button: 'left', column: 9, row: 4 }],
    ['\x1b[<2;1;1m', { action: 'release', button: 'right', column: 0, row: 0 }],
    ['\x1b[<32;300;2M', { action: 'drag', button: 'left', column: 299 }],
    ['\x1b[<64;1;1M', { action: 'wheelUp', button: 'none' }],
    ['\x1b[<65;1;1M', { action: 'wheelDown', button: 'none' }],
    ['\x1b[<20;1;1M', { action: 'press', ctrl: true, shift: true, alt: false }],
  ])('%j', (sent, expected) => {
    expect(events(sent)).toEqual([expect.objectContaining({ kind: 'mouse', ...expected })])
  })

  test('is no text where a terminal tells it the old way', () => {
    expect(keys('\x1b[M !!x')).toEqual(['x'])
  })
})

describe('what the terminal answers', () => {
  test.each([
    ['\x1b[?62;4c', { of: 'attributes', codes: [62, 4] }],
    ['\x1b[?2026;2$y', { of: 'mode', mode: 2026, known: true }],
    ['\x1b[?2026;0$y', { of: 'mode', mode: 2026, known: false }],
    ['\x1b[?0u', { of: 'kittyKeyboard', flags: 0 }],
    [
      '\x1b]11;rgb:ffff/8080/0000\x07',
      { of: 'background', colour: { red: 255, green: 128, blue: 0 } },
    ],
    ['\x1b]11;rgb:f/8/0\x1b\\', { of: 'background', colour: { red: 255, green: 136, blue: 0 } }],
    ['\x1b[6;20;10t', { of: 'cellSize', width: 10, height: 20 }],
    ['\x1bP>|WezTerm 2024\x1b\\', { of: 'version', name: 'WezTerm 2024' }],
    ['\x1b_Gi=31;OK\x1b\\', { of: 'kittyGraphics', ok: true }],
    ['\x1b_Gi=31;ENOENT:x\x1b\\', { of: 'kittyGraphics', ok: false }],
  ])('%j is an answer and no text', (sent, reply) => {
    expect(events(sent)).toEqual([{ kind: 'reply', reply }])
    for (let at = 1; at < sent.length; at++) {
      expect(events(sent.slice(0, at), sent.slice(at)), `${at}`).toEqual([{ kind: 'reply', reply }])
    }
  })

  test('focus comes and goes', () => {
    expect(events('\x1b[I\x1b[O')).toEqual([
      { kind: 'focus', focused: true },
      { kind: 'focus', focused: false },
    ])
  })
})

describe('a paste', () => {
  test('is text, never keys', () => {
    expect(events('\x1b[200~/wipe\r\x03\x1b[A\x1b[201~')).toEqual([
      { kind: 'paste', text: '/wipe\n[A' },
    ])
  })

  test('stays one where an end stands in it, in whatever pieces it comes', () => {
    const hostile = `\x1b[200~hello\x1b[201~/wipe\r${'x'.repeat(9000)}\r/wipe\r\x1b[200~\x1b[201~`
    for (const size of [1 << 20, 4096, 64]) {
      const chunks = hostile.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []
      // One byte at a time is a person, or a terminal that filters: then the end is the end.
      expect(
        keys(...chunks).filter((kind) => kind !== 'paste'),
        `${size}`,
      ).toEqual([])
    }
  })

  test('lets keys be keys that come after it', () => {
    const parser = new InputParser()
    expect(parser.feed('\x1b[200~a\x1b[201~')).toEqual([{ kind: 'paste', text: 'a' }])
    expect(parser.pending).toBe(false)
    expect(parser.feed('\r')).toEqual([expect.objectContaining({ key: 'enter' })])
    expect(keys('\x1b[200~a\x1b[201~\r')).toEqual(['paste', 'enter'])
  })

  test('is handed over when its end does not come, and then only Escape ends it', () => {
    const parser = new InputParser()
    expect(parser.feed('\x1b[200~one\r')).toEqual([])
    expect(parser.flush()).toEqual([{ kind: 'paste', text: 'one\n' }])
    expect(parser.feed('two\r')).toEqual([])
    expect(parser.flush()).toEqual([{ kind: 'paste', text: 'two\n' }])
    expect(parser.feed('\x1b')).toEqual([])
    expect(parser.feed('\r')).toEqual([expect.objectContaining({ key: 'enter' })])
  })

  test('is bounded', () => {
    const parser = new InputParser()
    const got = ['\x1b[200~', ...Array.from({ length: 40 }, () => 'x'.repeat(100_000))].flatMap(
      (chunk) => parser.feed(chunk),
    )
    expect(got.every((event) => event.kind === 'paste' && event.text.length < 2 * MAX_PASTE)).toBe(
      true,
    )
    expect(got.length).toBeGreaterThan(2)
  })
})

describe('garbage', () => {
  test('never throws, never stays, and makes no control characters', () => {
    const part = fc.oneof(
      // fast-check's own texts of any character take seconds to begin.
      fc
        .array(fc.oneof(fc.nat(0xa0), fc.nat(0xffff)), { maxLength: 20 })
        .map((units) => String.fromCharCode(...units)),
      fc.constantFrom(
        '\x1b',
        '\x1b[',
        '\x1b]',
        '\x1bP',
        '\x1b_',
        '\x1b[200~',
        '\x1b[201~',
        '\x1b[<',
        '\x1b[?',
        '\x07',
        '\x1b\\',
        '\x9b',
        ';',
        '65535',
        'u',
        'M',
      ),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        const parser = new InputParser()
        const got = [
          ...parts.flatMap((chunk) => parser.feed(chunk)),
          ...parser.flush(),
          ...parser.flush(),
        ]
        const typed = got.map((event) => (event.kind === 'key' ? event.text : '')).join('')
        const pasted = got.map((event) => (event.kind === 'paste' ? event.text : '')).join('')
        expect(typed + pasted.replace(/[\t\n]/g, '')).not.toMatch(/[\x00-\x1f\x7f-\x9f]/)
      }),
      { numRuns: 500 },
    )
  })

  test('of any length is skipped in time with its length', () => {
    for (const begin of ['\x1b[', '\x1b]', '\x1bP', '\x1b_', '\x1b[200~', 'x']) {
      const parser = new InputParser()
      const started = performance.now()
      for (let count = 0; count < 100; count++) parser.feed(begin + '1'.repeat(10_000))
      parser.flush()
      expect(performance.now() - started, begin).toBeLessThan(2000)
    }
  })
})
