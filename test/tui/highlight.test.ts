// Code in colours.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { safeText } from '../../src/protocol/safe-text.ts'
import { highlighted } from '../../src/tui/highlight/highlight.ts'
import { themeOf } from '../../src/tui/theme/theme.ts'

const theme = themeOf({ name: 'dark', depth: 'truecolor' })
const { styles } = theme
const LETTERS = new Map([
  [styles.codeKeyword, 'k'],
  [styles.codeString, 's'],
  [styles.codeNumber, 'n'],
  [styles.codeComment, 'c'],
  [styles.success, '+'],
  [styles.danger, '-'],
  [styles.codeBlock, ' '],
])

/** Below each character, what it was taken for. */
const tinted = (code: string, language: string): string =>
  highlighted(safeText(code, { multiline: true }), language, theme)
    .map(({ style = {}, text }) =>
      text.replace(/[^\n]/gu, LETTERS.get(style as typeof styles.code) ?? '?'),
    )
    .join('')

const LANGUAGES = ['ts', 'py', 'rs', 'go', 'cpp', 'java', 'sh', 'sql', 'json', 'yaml', 'html']

describe('code', () => {
  test.each([
    ['ts', 'const a = "x//y" // z', 'kkkkk     ssssss cccc'],
    ['ts', 'a1 = 0x1F + 1.5e3', '     nnnn   nnnnn'],
    ['ts', '/* a\nb */ if', 'cccc\ncccc kk'],
    ['ts', '"a\nif', 'ss\nkk'],
    ['py', 'def f(): """a\nb""" # c', 'kkk      ssss\nssss ccc'],
    ['rust', "fn f<'a>(x: &'a str) 'c'", 'kk              kkk  sss'],
    ['go', 'func `a\nb`', 'kkkk ss\nss'],
    ['c', "int x = '\"';", 'kkk     sss '],
    ['sh', "echo $# 'a#b' # c", 'kkkk    sssss ccc'],
    ['sql', "SELECT 'it''s' FROM x", 'kkkkkk sssssss kkkk  '],
    ['json', '{"a": true, "b": -1}', ' sss  kkkk  sss   n '],
    ['yaml', "a: it's # c", '        ccc'],
    ['html', '<a href="x">if</a>', ' k      sss     k '],
    ['diff', '+a\n-b\n c\n@@ 1', '++\n--\n  \nkkkk'],
    ['nonsense', 'if "a"', '      '],
  ])('of %s: %j', (language, code, tints) => {
    expect(tinted(code, language)).toBe(tints)
  })

  test('is all there, in whatever language', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...`"'\`/*#-<>!\\\n a1é日._`) }),
        fc.constantFrom(...LANGUAGES, 'diff'),
        (text, language) => {
          const code = safeText(text, { multiline: true })
          const spans = highlighted(code, language, theme)
          expect(spans.map((span) => span.text).join('')).toBe(code)
        },
      ),
    )
  })

  test('takes time with its length', () => {
    const N = 64 * 1024
    for (const part of ['"', "'a", '/*', '/', '`', '0x_', '1.e', '"""a', "'''a", '<!--', '\\"']) {
      const code = safeText(`"${part.repeat(N / part.length)}`)
      for (const language of ['ts', 'py', 'sh', 'sql', 'html']) {
        const started = performance.now()
        highlighted(code, language, theme)
        expect(performance.now() - started, `${part} ${language}`).toBeLessThan(3000)
      }
    }
  })
})
