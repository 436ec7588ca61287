// A text being written: its lines, a cursor, what was killed. Pure; the composer, prompts and
// filters are all this. Positions are UTF-16 offsets and always stand between two graphemes, so
// that no key ever halves an emoji.

export interface Editor {
  readonly text: string
  readonly at: number
  /** What the last kill took, for `yank`. */
  readonly killed: string
}

export type EditOp =
  | 'left'
  | 'right'
  | 'wordLeft'
  | 'wordRight'
  | 'lineStart'
  | 'lineEnd'
  | 'start'
  | 'end'
  | 'up'
  | 'down'
  | 'backspace'
  | 'delete'
  | 'killWordLeft'
  | 'killWordRight'
  | 'killToStart'
  | 'killToEnd'
  | 'yank'
  | 'transpose'

/** A text longer than this is no message: it is a file, and the composer offers to make it one. */
const MAX_EDITOR_LENGTH = 65_536

export const EMPTY_EDITOR: Editor = { text: '', at: 0, killed: '' }

export const editorOf = (text: string, killed = ''): Editor => {
  const kept = cutAt(text, MAX_EDITOR_LENGTH)
  return { text: kept, at: kept.length, killed }
}

/** Typed or pasted: line ends in one form, at the cursor, as far as there is room. */
export function insert(editor: Editor, typed: string): Editor {
  const room = MAX_EDITOR_LENGTH - editor.text.length
  const text = cutAt(typed.replace(/\r\n?/g, '\n'), Math.max(0, room))
  return replace(editor, editor.at, editor.at, text)
}

/** As much as there is room for, without half a character at its end. */
function cutAt(text: string, room: number): string {
  return text.slice(0, isWithinPair(text, room) ? room - 1 : room)
}

/** What stood from `from` to `to` is `text` now, and the cursor stands behind it. */
export function replace(editor: Editor, from: number, to: number, text: string): Editor {
  return {
    ...editor,
    text: editor.text.slice(0, from) + text + editor.text.slice(to),
    at: from + text.length,
  }
}

export function edit(editor: Editor, op: EditOp): Editor {
  switch (op) {
    case 'left':
      return { ...editor, at: previous(editor.text, editor.at) }
    case 'right':
      return { ...editor, at: next(editor.text, editor.at) }
    case 'wordLeft':
      return { ...editor, at: wordBefore(editor.text, editor.at) }
    case 'wordRight':
      return { ...editor, at: wordAfter(editor.text, editor.at) }
    case 'lineStart':
      return { ...editor, at: lineStart(editor.text, editor.at) }
    case 'lineEnd':
      return { ...editor, at: lineEnd(editor.text, editor.at) }
    case 'start':
      return { ...editor, at: 0 }
    case 'end':
      return { ...editor, at: editor.text.length }
    case 'up':
    case 'down':
      return { ...editor, at: besides(editor, op) }
    case 'backspace':
      return replace(editor, previous(editor.text, editor.at), editor.at, '')
    case 'delete':
      return cut(editor, editor.at, next(editor.text, editor.at), false)
    case 'killWordLeft':
      return cut(editor, wordBefore(editor.text, editor.at), editor.at, true)
    case 'killWordRight':
      return cut(editor, editor.at, wordAfter(editor.text, editor.at), true)
    case 'killToStart':
      return cut(editor, lineStart(editor.text, editor.at), editor.at, true)
    case 'killToEnd':
      return killToEnd(editor)
    case 'yank':
      return insert(editor, editor.killed)
    case 'transpose':
      return transpose(editor)
  }
}

/** The cursor is on the first or on the last line. */
export const onFirstLine = ({ text, at }: Editor): boolean => !text.slice(0, at).includes('\n')
export const onLastLine = ({ text, at }: Editor): boolean => !text.slice(at).includes('\n')

function cut(editor: Editor, from: number, to: number, keep: boolean): Editor {
  const taken = editor.text.slice(from, to)
  const cutOut = replace(editor, from, to, '')
  return keep && taken !== '' ? { ...cutOut, killed: taken } : cutOut
}

/** At the end of a line the line break itself goes, as in every shell's editor. */
function killToEnd(editor: Editor): Editor {
  const end = lineEnd(editor.text, editor.at)
  return cut(editor, editor.at, end === editor.at ? next(editor.text, end) : end, true)
}

function transpose(editor: Editor): Editor {
  const { text, at } = editor
  const middle = at === lineEnd(text, at) ? previous(text, at) : at
  const first = previous(text, middle)
  const last = next(text, middle)
  const a = text.slice(first, middle)
  const b = text.slice(middle, last)
  if (a === '' || b === '' || a === '\n' || b === '\n') return editor
  return replace(editor, first, last, b + a)
}

/** Whether a place is between the two halves of one code point. */
function isWithinPair(text: string, at: number): boolean {
  const [before, behind] = [text.charCodeAt(at - 1), text.charCodeAt(at)]
  return before >= 0xd800 && before < 0xdc00 && behind >= 0xdc00 && behind < 0xe000
}

// Places ----------------------------------------------------------------------------------------

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
const words = new Intl.Segmenter('en', { granularity: 'word' })
/** No grapheme or word of a person is longer; the segmenter need not see the whole text. */
const REACH = 256

function reachBack(text: string, at: number): number {
  const from = Math.max(0, at - REACH)
  return isWithinPair(text, from) ? from + 1 : from
}

function reachAhead(text: string, at: number): number {
  const to = Math.min(text.length, at + REACH)
  return isWithinPair(text, to) ? to - 1 : to
}

function previous(text: string, at: number): number {
  if (at <= 0) return 0
  const from = reachBack(text, at)
  let last = from
  for (const { index } of graphemes.segment(text.slice(from, at))) last = from + index
  return last
}

function next(text: string, at: number): number {
  const [first] = graphemes.segment(text.slice(at, reachAhead(text, at)))
  return at + (first?.segment.length ?? 0)
}

function wordBefore(text: string, at: number): number {
  const from = reachBack(text, at)
  let place = from
  for (const { index, isWordLike } of words.segment(text.slice(from, at))) {
    if (isWordLike === true) place = from + index
  }
  return place
}

function wordAfter(text: string, at: number): number {
  const to = reachAhead(text, at)
  for (const { index, segment, isWordLike } of words.segment(text.slice(at, to))) {
    if (isWordLike === true) return at + index + segment.length
  }
  return to
}

// `lastIndexOf` takes a place before the text for its first.
const lineStart = (text: string, at: number): number =>
  at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

/** The same column, counted in graphemes, of the line above or below; its end if it is shorter. */
function besides({ text, at }: Editor, op: 'up' | 'down'): number {
  const start = lineStart(text, at)
  const column = count(text.slice(start, at))
  if (op === 'up') return start === 0 ? 0 : placeAt(text, lineStart(text, start - 1), column)
  const end = lineEnd(text, at)
  return end === text.length ? end : placeAt(text, end + 1, column)
}

function count(text: string): number {
  let number = 0
  for (const _ of graphemes.segment(text)) number += 1
  return number
}

function placeAt(text: string, start: number, column: number): number {
  const line = text.slice(start, lineEnd(text, start))
  let left = column
  for (const { index } of graphemes.segment(line)) {
    if (left === 0) return start + index
    left -= 1
  }
  return start + line.length
}
