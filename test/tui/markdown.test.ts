// What a message says, on the screen: the marks that do what they say, and everything else as typed.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { safeText } from '../../src/protocol/safe-text.ts'
import { bodyLines } from '../../src/tui/layout/body.ts'
import { plainLine } from '../../src/tui/markdown/plain.ts'
import { clusters, width as columnsOf } from '../../src/tui/text/cluster.ts'
import { type Line, lineText, type Span } from '../../src/tui/text/line.ts'
import { themeOf } from '../../src/tui/theme/theme.ts'

const theme = themeOf({ name: 'dark', depth: 'truecolor' })
const { styles } = theme

const linesOf = (body: string, width = 60): readonly Line[] =>
  bodyLines(body, { width, theme, screenReader: false })
const textOf = (body: string, width = 60): string =>
  linesOf(body, width)
    .map((row) => lineText(row).trimEnd())
    .join('\n')
const spansOf = (body: string): readonly Span[] => linesOf(body).flat()
/** The span that holds exactly this text. */
const spanOf = (body: string, text: string): Span | undefined =>
  spansOf(body).find((span) => span.text === text)

describe('in one line', () => {
  test.each([
    ['a **b** _c_ ~~d~~ `e*`', 'a b c d e*'],
    ['see [the plan](https://a.example/x) now', 'see the plan now'],
    ['# Title\n\nand text', 'Title and text'],
    ['> said\nanswered', 'said answered'],
    ['- one\n- [x] two', '• one ☑ two'],
    ['this:\n```ts\nlet a = 1\n```', 'this: let a = 1'],
    ['a | b\n--|--\n1 | *2*', 'a b 1 2'],
    ['2*3*4 and snake_case', '2*3*4 and snake_case'],
    ['***', '***'],
  ])('%j is %j', (body, line) => {
    expect(plainLine(body)).toBe(line)
  })
})

describe('within a line', () => {
  test.each([
    ['a **b c** d', 'b c', { bold: true }],
    ['*b*', 'b', { italic: true }],
    ['_b_', 'b', { italic: true }],
    ['***b***', 'b', { bold: true, italic: true }],
    ['~~b~~', 'b', { strike: true }],
    ['`b`', 'b', styles.code],
    ['``a ` b``', 'a ` b', styles.code],
    ['(**b**), x', 'b', { bold: true }],
    ['**一**二', '一', { bold: true }],
    ['**a\nb**', 'b', { bold: true }],
    ['**a _b_**', 'b', { bold: true, italic: true }],
  ])('%j shows %j in its style', (body, text, style) => {
    expect(spanOf(body, text)?.style).toMatchObject(style)
    expect(textOf(body)).not.toMatch(/\*|~~/)
  })

  test.each([
    'snake_case_words and __init__.py',
    '2*3*4, 2**3**4, a * b * c',
    'rm *.ts *.js; count(*) of (*)',
    'int *a, *b; char **argv;',
    '¯\\_(ツ)_/¯',
    '\\*not bold\\*',
    '"*" and \'*\' and **',
    'C:\\*\\[x]',
    '<b>html</b> &amp; &lt; <!-- x -->',
    '#tag and #1',
    '[a] (b) [c]: d',
    '[click](javascript:alert(1))',
    '[click](file:///etc/passwd)',
    'one ` backtick, and ``two',
    '~/x ~ ~y',
    '**',
    '* ',
    '1.',
    '-',
    '#',
    '>',
    '>:(',
    '   moved in',
    'a    b',
    '-5 degrees',
  ])('%j is what was typed', (body) => {
    expect(textOf(body)).toBe(body.trimEnd())
    expect(spansOf(body).every((span) => span.link === undefined)).toBe(true)
  })

  test('a single line break is one, and so is each empty line', () => {
    expect(textOf('a\nb\n\n\nc')).toBe('a\nb\n\n\nc')
  })
})

describe('a link', () => {
  test('has its address in sight', () => {
    const body = 'see [the **docs**](https://example.org/a)'
    expect(textOf(body)).toBe('see the docs (https://example.org/a)')
    expect(spanOf(body, 'docs')?.link?.href).toBe('https://example.org/a')
    expect(spanOf(body, ' (https://example.org/a)')?.link?.href).toBe('https://example.org/a')
  })

  test('that shows another address leads where the second says', () => {
    const body = '[https://bank.example](https://evil.example/)'
    expect(textOf(body)).toBe('https://bank.example (https://evil.example/)')
    expect(spansOf(body).map((span) => span.link?.href)).toEqual([
      'https://evil.example/',
      'https://evil.example/',
    ])
  })

  test.each([
    ['see https://example.org/a_b_c.', 'https://example.org/a_b_c'],
    ['(https://example.org/x_(y))', 'https://example.org/x_(y)'],
    ['**https://example.org/**', 'https://example.org/'],
    ['<https://example.org/?a=b&c=d>', 'https://example.org/?a=b&c=d'],
    ['“https://example.org/”', 'https://example.org/'],
  ])('%j leads to %s', (body, address) => {
    expect(spanOf(body, address)?.link?.href).toBe(address)
  })

  test('in letters that look like others says so', () => {
    // The first letter is Cyrillic.
    expect(textOf('https://\u0430pple.example/')).toBe(
      'https://\u0430pple.example/ (https://xn--pple-43d.example/)',
    )
  })

  test('with a name before the host is text', () => {
    expect(spansOf('https://bank.example@evil.example/').every(({ link }) => !link)).toBe(true)
  })
})

describe('blocks', () => {
  test('stand as one expects them', () => {
    const body = [
      '# Plan',
      '> quoted',
      '>> twice',
      '- one',
      '  - two that is too long for one line',
      '2024. Year',
      '- [x] done',
      '- [ ] open',
      '---',
      '```sh title',
      'ls  -la',
      '',
      '```',
      'end',
    ].join('\n')
    expect(textOf(body, 24)).toBe(
      [
        'Plan',
        '┃ quoted',
        '┃ ┃ twice',
        '• one',
        '  • two that is too long',
        '    for one line',
        '2024. Year',
        '☑ done',
        '☐ open',
        '─'.repeat(24),
        '│ sh title',
        '│ ls  -la',
        '│',
        'end',
      ].join('\n'),
    )
  })

  test('code keeps every space and mark, and goes on to the end where nothing closes it', () => {
    expect(textOf('```\n  **a**   b\n# c\n> d')).toBe('│   **a**   b\n│ # c\n│ > d')
  })

  test('a table has columns, where there is room for them', () => {
    const body = '| name | n |\n|:-----|--:|\n| **x** | 100 |\n| yy |\nend'
    expect(textOf(body)).toBe('name │   n\n─────┼────\nx    │ 100\nyy   │\nend')
    expect(textOf(body, 8)).toContain('|:-----')
  })

  test('what looks like a table and is none stays as it is', () => {
    for (const body of ['a | b\nc | d', '| a | b |\n|---|', 'a|b\n-|-|-', 'x\n---|---']) {
      expect(textOf(body)).toBe(body)
    }
  })

  test('are read out without bars', () => {
    const lines = bodyLines('> a\n```\nb\n```\n---', { width: 40, theme, screenReader: true })
    expect(lines.map(lineText)).toEqual(['a', 'b', '---'])
  })
})

const part = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(
    ...['*', '**', '_', '~~', '`', '```', '\n', '\n\n', ' ', '  ', '> ', '>', '- ', '1. ', '# '],
    ...[
      '|',
      '|-|-|',
      '[',
      ']',
      '](',
      'https://a.b/',
      ')',
      '\\',
      '<',
      '---',
      'word',
      '[x] ',
      '日本',
    ],
    ...['\x1b[31m', '\x1b]8;;x\x07', '\u202e', '\t', '\r', '\x9b'],
  ),
)
const anyBody = fc.array(part, { maxLength: 40 }).map((parts) => parts.join(''))

describe('whatever was typed', () => {
  test('fits, and has no character that does something', () => {
    fc.assert(
      fc.property(anyBody, fc.integer({ min: 2, max: 60 }), (body, width) => {
        for (const row of linesOf(body, width)) {
          const text = safeText(lineText(row).trim())
          // What is one character to its reader is not broken, however narrow the screen.
          const most = Math.max(width, clusters(text)[0]?.width ?? 0)
          expect(columnsOf(text)).toBeLessThanOrEqual(most)
          expect(lineText(row)).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/)
        }
      }),
      { numRuns: 400 },
    )
  })

  test('is there, save for marks, and nothing else is', () => {
    /** Marks, what stands for them, and spaces, which go where a line is broken. */
    const MARKS = /[\s*_~`>#|:\-[\]()xX\\•☐☑─┼│┃]/gu
    const plain = fc
      .array(
        part.map((text) => text.replace(/https?:\/\//g, '')),
        { maxLength: 40 },
      )
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(plain, fc.integer({ min: 4, max: 60 }), (body, width) => {
        const shown = linesOf(body, width).map(lineText).join('')
        const typed = safeText(body, { multiline: true })
        expect(shown.replace(MARKS, '')).toBe(typed.replace(MARKS, ''))
      }),
      { numRuns: 400 },
    )
  })

  test('without marks it is exactly that', () => {
    const words = fc.stringMatching(/^[a-zé日🙂.,;:!?'"()&%$€=+ ]{0,30}$/u)
    fc.assert(
      fc.property(fc.array(words, { maxLength: 8 }), (rows) => {
        const body = rows.join('\n')
        expect(linesOf(body, 200).map(lineText).join('\n')).toBe(body)
      }),
    )
  })

  const N = 32 * 1024
  const filled = (text: string): string => text.repeat(Math.floor(N / text.length))
  test.each([
    ['brackets', '['.repeat(N / 2) + ']'.repeat(N / 2)],
    ['links that close nothing', '['.repeat(N / 4) + '](x)'.repeat(N / 8)],
    ['links', filled('[a](http://a.b) ')],
    ['brackets in an address', `[a](${filled('(a)')}`],
    ['addresses', filled('http://')],
    ['brackets behind an address', `http://a.b${')'.repeat(N)}`],
    ['openings', filled('*a ')],
    ['marks in each other', filled('*_`[<~~')],
    ['backticks of every length', Array.from({ length: 360 }, (_, n) => '`'.repeat(n)).join(' ')],
    ['quotes', filled('>')],
    ['quotes of nothing', filled('>\n')],
    ['quotes of quotes', filled('>>>>>>>a\n')],
    ['lists', filled('- ')],
    ['spaces', `a${' '.repeat(N)}b`],
    ['almost a rule', `---${' '.repeat(N)}x`],
    ['almost a fence', `\`\`\`${' '.repeat(N / 2)}${'a'.repeat(N / 2)}\``],
    ['fences', filled('```a\n~~~\n')],
    ['tables', filled('a|b\n-|-\n')],
    ['emoji', filled('👨‍👩‍👧*')],
  ])('takes time with its length: %s', (_, body) => {
    const started = performance.now()
    linesOf(body, 80)
    // A tenth of this at most; what takes time with the square takes a hundred times as long.
    expect(performance.now() - started).toBeLessThan(4000)
  })
})
