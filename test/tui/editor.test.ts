// A text being written, against the plainest editor there could be: a list of graphemes.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type SafeText, safeText } from '../../src/protocol/safe-text.ts'
import {
  type EditOp,
  type Editor,
  EMPTY_EDITOR,
  edit,
  editorOf,
  insert,
} from '../../src/tui/editor.ts'
import { composerLines, editorLines } from '../../src/tui/layout/composer.ts'
import { lineText, lineWidth } from '../../src/tui/text/line.ts'
import { EMPTY_COMPOSER } from '../../src/tui/update/composer.ts'
import { HOSTILE_TEXTS } from '../hostile/corpus.ts'
import { emptyModel, theme } from './scene.ts'

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
const graphemes = (text: string): readonly string[] =>
  Array.from(segmenter.segment(text), ({ segment }) => segment)

/** The reference: what is before the cursor and what is behind it. */
interface Plain {
  readonly before: readonly string[]
  readonly after: readonly string[]
}

const plainOf = (before: string, after: string): Plain => ({
  before: graphemes(before),
  after: graphemes(after),
})

function plainly({ before, after }: Plain, op: EditOp): Plain {
  const line = before.lastIndexOf('\n') + 1
  const end = after.indexOf('\n')
  const rest = end < 0 ? after.length : end
  switch (op) {
    case 'left':
      return { before: before.slice(0, -1), after: [...before.slice(-1), ...after] }
    case 'right':
      return { before: [...before, ...after.slice(0, 1)], after: after.slice(1) }
    case 'lineStart':
      return { before: before.slice(0, line), after: [...before.slice(line), ...after] }
    case 'lineEnd':
      return { before: [...before, ...after.slice(0, rest)], after: after.slice(rest) }
    case 'start':
      return { before: [], after: [...before, ...after] }
    case 'end':
      return { before: [...before, ...after], after: [] }
    case 'backspace':
      return { before: before.slice(0, -1), after }
    case 'delete':
      return { before, after: after.slice(1) }
    case 'killToStart':
      return { before: before.slice(0, line), after }
    case 'killToEnd':
      return { before, after: after.slice(rest === 0 ? 1 : rest) }
    default:
      throw new Error(`${op} is not plain`)
  }
}

const PLAIN_OPS = [
  'left',
  'right',
  'lineStart',
  'lineEnd',
  'start',
  'end',
  'backspace',
  'delete',
  'killToStart',
  'killToEnd',
] as const
const ALL_OPS: readonly EditOp[] = [
  ...PLAIN_OPS,
  'wordLeft',
  'wordRight',
  'up',
  'down',
  'killWordLeft',
  'killWordRight',
  'yank',
  'transpose',
]

/** Graphemes that stay what they are beside any other of them. */
const letter = fc.constantFrom('a', 'b', ' ', '\n', 'é', '日', '👍🏽', '👨‍👩‍👧', '-', '1', '.')
const typed = fc.array(letter, { maxLength: 6 }).map((letters) => letters.join(''))
const step = fc.oneof(
  fc.constantFrom(...PLAIN_OPS).map((op) => ({ op })),
  typed.map((text) => ({ text })),
)

const textOf = ({ before, after }: Plain): string => [...before, ...after].join('')

test('does what the plainest editor does', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let editor: Editor = EMPTY_EDITOR
      let plain: Plain = { before: [], after: [] }
      for (const one of steps) {
        if ('op' in one) {
          editor = edit(editor, one.op)
          plain = plainly(plain, one.op)
        } else {
          editor = insert(editor, one.text)
          plain = plainOf([...plain.before, one.text].join(''), plain.after.join(''))
        }
        expect(editor.text).toBe(textOf(plain))
        expect(editor.at).toBe(plain.before.join('').length)
      }
    }),
    { numRuns: 300 },
  )
})

const widestOf = (text: string): number =>
  graphemes(safeText(text, { multiline: true }))
    .map((one) => lineWidth([{ text: one as SafeText, style: theme.styles.text }]))
    .reduce((widest, width) => Math.max(widest, width), 0)

describe('whatever is typed, whatever is done', () => {
  const hostile = fc.constantFrom(...HOSTILE_TEXTS.map(({ text }) => text.slice(0, 300)))
  const anything = fc.oneof(
    fc.constantFrom(...ALL_OPS).map((op) => ({ op })),
    fc
      .oneof(typed, hostile, fc.string({ unit: 'binary', maxLength: 20 }))
      .map((text) => ({ text })),
  )
  const edits = fc.array(anything, { maxLength: 25 })
  const done = (steps: readonly ({ readonly op: EditOp } | { readonly text: string })[]): Editor =>
    steps.reduce<Editor>(
      (editor, one) => ('op' in one ? edit(editor, one.op) : insert(editor, one.text)),
      EMPTY_EDITOR,
    )

  test('the cursor stands in the text and never in the middle of a surrogate pair', () => {
    fc.assert(
      fc.property(edits, (steps) => {
        const { text, at } = done(steps)
        expect(at).toBeGreaterThanOrEqual(0)
        expect(at).toBeLessThanOrEqual(text.length)
        const [before, behind] = [text.charCodeAt(at - 1), text.charCodeAt(at)]
        const split = before >= 0xd800 && before < 0xdc00 && behind >= 0xdc00 && behind < 0xe000
        expect(split).toBe(false)
      }),
      { numRuns: 200 },
    )
  })

  // Longer than anything that the editor or the screen looks at as one.
  const endless = '👨\u200d'.repeat(200)

  test.each(['wordLeft', 'wordRight', 'killWordLeft', 'killWordRight'] as const)(
    'what is joined without end is never halved within a code point: %s',
    (op) => {
      for (const at of [300, 302]) {
        let editor: Editor = { ...editorOf(endless), at }
        for (let turn = 0; turn < 3; turn += 1) {
          editor = edit(editor, op)
          expect(editor.text.isWellFormed()).toBe(true)
          expect(editor.text.slice(0, editor.at).isWellFormed()).toBe(true)
        }
      }
    },
  )

  test('a cursor inside of one character makes two, and the line still fits', () => {
    for (let at = 0; at <= 30; at += 3) {
      const editor = { ...editorOf('👨\u200d'.repeat(10)), at }
      const lines = editorLines(editor, theme, { width: 3, rows: 9, focused: true })
      for (const line of lines) expect(lineWidth(line)).toBeLessThanOrEqual(3)
    }
  })

  test('what is shown has one cursor, fits, and has no control character in it', () => {
    fc.assert(
      fc.property(
        edits,
        fc.integer({ min: 3, max: 40 }),
        fc.integer({ min: 1, max: 9 }),
        (steps, width, height) => {
          const editor = done(steps)
          const lines = editorLines(editor, theme, { width, rows: height, focused: true })
          // What one sees as one character is never divided, and may be wider than so little room.
          const room = Math.max(width, widestOf(editor.text) + 1)
          expect(lines.length).toBeLessThanOrEqual(height)
          expect(lines.flat().filter(({ cursor }) => cursor === true)).toHaveLength(1)
          for (const line of lines) {
            expect(lineWidth(line)).toBeLessThanOrEqual(room)
            expect(lineText(line)).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2066-\u2069\u202a-\u202e]/)
          }
        },
      ),
      { numRuns: 200 },
    )
  })
})

test('a word is killed and put back, forwards and backwards', () => {
  const written = editorOf('one two-three  four')
  const shorter = edit(edit(written, 'killWordLeft'), 'killWordLeft')
  expect(shorter.text).toBe('one two-')
  expect(edit(shorter, 'yank').text).toBe('one two-three  ')
  const from = { ...written, at: 0 }
  expect(edit(from, 'killWordRight').text).toBe(' two-three  four')
})

test('up and down keep the column, counted in what one sees', () => {
  const editor = { ...editorOf('日本語\nab👍c\nx'), at: 2 }
  const down = edit(editor, 'down')
  expect(down.text.slice(down.at)).toBe('👍c\nx')
  expect(edit(down, 'up').at).toBe(2)
  expect(edit(edit(down, 'down'), 'down').at).toBe(editor.text.length)
})

test('transposes what is around the cursor, and at the end the last two', () => {
  expect(edit(editorOf('abc'), 'transpose').text).toBe('acb')
  expect(edit({ ...editorOf('abc'), at: 1 }, 'transpose')).toMatchObject({ text: 'bac', at: 2 })
  expect(edit(editorOf('a'), 'transpose').text).toBe('a')
})

test('takes no more than there is room for, and never half a character', () => {
  const full = insert(EMPTY_EDITOR, `${'x'.repeat(65_535)}👍`)
  expect(full.text.length).toBeLessThanOrEqual(65_536)
  expect(full.text.isWellFormed()).toBe(true)
  expect(insert(full, 'more').text.length).toBeLessThanOrEqual(65_536)
})

test('a composer on a small screen shows what is written, whatever else there is to say', () => {
  const model = emptyModel()
  const lines = composerLines(
    model,
    {
      ...EMPTY_COMPOSER,
      editor: editorOf('here'),
      files: Array.from({ length: 9 }, (_, at) => `/f/${at}`),
      completion: {
        from: 0,
        selected: 0,
        items: Array.from({ length: 8 }, (_, at) => ({
          text: `${at}`,
          label: `${at}` as never,
          hint: '' as never,
        })),
      },
    },
    { width: 20, rows: 8, focused: true },
  )
  expect(lines.length).toBeLessThanOrEqual(5)
  expect(lineText(lines.at(-1) ?? [])).toContain('here')
})
