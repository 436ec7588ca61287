// Breaks text into lines of a width: at spaces, after hyphens, between ideographs, and inside a word
// only where it is longer than a line. A line's own indentation is kept by its continuations.
// Linear in the text.

import type { SafeText } from '../../protocol/safe-text.ts'
import { clusters } from './cluster.ts'
import { type Line, type Span, spaces } from './line.ts'

/** A piece of the text in UTF-16 units, and how far it is moved in. */
interface Piece {
  readonly from: number
  readonly to: number
  readonly indent: number
}

interface WrapOptions {
  /** Columns that every line but the first is moved in, beside the text's own indentation. */
  readonly hang?: number
  /** Keep the spaces at which a line was broken: an editor has to show its cursor among them. */
  readonly keepSpaces?: boolean
  /** Where the text is divided when it is drawn, by a cursor: what is one character there may be two,
   *  each as wide as the whole. */
  readonly divided?: number
}

/** Clusters of a text as columns of a table: what wrapping has to know, and no objects. */
interface Table {
  readonly count: number
  readonly ends: Uint32Array
  readonly widths: Uint8Array
  readonly kinds: Uint8Array
}

const WORD = 0
const SPACE = 1
const HYPHEN = 2
const IDEOGRAPH = 3
/** Must not begin a line. */
const CLOSING = 4
const CLOSING_MARKS = '、。，．）」』】〉》〕！？：；・ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ'
const ASCII = /^[\x20-\x7e]*$/

/** The pieces of one line (without line breaks). There is always at least one. */
export function pieces(text: string, columns: number, options: WrapOptions = {}): readonly Piece[] {
  const room = Math.max(1, columns)
  if (text.length <= room && ASCII.test(text)) return [{ from: 0, to: text.length, indent: 0 }]
  return broken(tableOf(text, options.divided ?? 0), text, room, options)
}

/** A safe text, which may have several lines. */
export function wrapped(
  text: SafeText,
  columns: number,
  options: WrapOptions = {},
): readonly SafeText[] {
  return text
    .split('\n')
    .flatMap((row) =>
      pieces(row, columns, options).map(
        ({ from, to, indent }) => (spaces(indent) + row.slice(from, to)) as SafeText,
      ),
    )
}

/** A line of spans; a span may hold line breaks. */
export function wrappedLine(of: Line, columns: number, options: WrapOptions = {}): readonly Line[] {
  return rowsOf(of).flatMap((row) => {
    const text = row.map((span) => span.text).join('')
    const cut = cutter(row)
    return pieces(text, columns, options).map(cut)
  })
}

/** Split where a span breaks the line. */
function rowsOf(of: Line): readonly Line[] {
  const rows: Span[][] = [[]]
  for (const span of of) {
    const [first = '', ...more] = span.text.split('\n')
    rows.at(-1)?.push({ ...span, text: first as SafeText })
    for (const text of more) rows.push([{ ...span, text: text as SafeText }])
  }
  return rows
}

/** Cuts one piece after the other out of a row. It never looks back: a row of many spans is walked
 *  once, not once for each line. */
function cutter(row: Line): (piece: Piece) => Line {
  let index = 0
  let start = 0
  return ({ from, to, indent }) => {
    const out: Span[] = indent > 0 ? [{ text: spaces(indent) }] : []
    for (; index < row.length; index++) {
      const span = row[index] ?? EMPTY
      const end = start + span.text.length
      const text = span.text.slice(Math.max(0, from - start), Math.max(0, to - start)) as SafeText
      const hasCursor = span.cursor === true && start >= from && (start < to || end === to)
      if (text !== '' || hasCursor) out.push({ ...span, text })
      // The rest of it is the next piece's; so is a cursor that stands where the next one begins.
      if (end > to || (end === to && start === to && !hasCursor)) break
      start = end
    }
    return out
  }
}

const EMPTY: Span = { text: '' as SafeText }

function broken(
  table: Table,
  text: string,
  columns: number,
  { hang = 0, keepSpaces = false }: WrapOptions,
): readonly Piece[] {
  // An indentation of more than half the width leaves no room to read in.
  const leading = leadingSpaces(table)
  const most = columns >> 1
  const indent = Math.min(leading + hang, most)
  const out: Piece[] = []
  let start = keepSpaces ? 0 : Math.max(0, leading - most)
  while (start < table.count || out.length === 0) {
    const moved = out.length === 0 ? 0 : indent
    const room = columns - moved
    const next = lineEnd(table, start, room, keepSpaces ? 1 : Number.POSITIVE_INFINITY)
    const kept = next === table.count ? room : 0
    const end = keepSpaces ? next : withoutSpaces(table, start, next, kept)
    out.push({ from: offset(table, start), to: offset(table, end), indent: moved })
    start = next
  }
  return text.length === 0 ? [{ from: 0, to: 0, indent: 0 }] : out
}

/** Where the next line begins. Spaces at a line's end hang over: they have no column. Those of an
 *  editor are seen by its cursor: one of them may hang. */
function lineEnd(
  { count, widths, kinds }: Table,
  start: number,
  columns: number,
  hanging: number,
): number {
  let used = 0
  let opportunity = start
  let hasWord = false
  for (let at = start; at < count; at++) {
    const kind = kinds[at] ?? WORD
    if (hasWord && mayBreak(kinds[at - 1] ?? WORD, kind)) opportunity = at
    hasWord ||= kind !== SPACE
    used += widths[at] ?? 0
    if (kind === SPACE && used > columns + hanging) return at
    if (used > columns && kind !== SPACE) {
      // A single cluster that is wider than the line stands alone; it must not stop the walk.
      return opportunity > start ? opportunity : Math.max(at, start + 1)
    }
  }
  return count
}

function mayBreak(before: number, after: number): boolean {
  if (after === SPACE || after === CLOSING) return false
  return before === SPACE || before === HYPHEN || before >= IDEOGRAPH || after === IDEOGRAPH
}

/** Without the spaces at the end, but for those that are within the columns to keep. */
function withoutSpaces(
  { kinds, widths }: Table,
  start: number,
  end: number,
  columns: number,
): number {
  let used = 0
  for (let at = start; at < end; at++) used += widths[at] ?? 0
  let last = end
  while (last > start && kinds[last - 1] === SPACE && used > columns) {
    last--
    used--
  }
  return last
}

function leadingSpaces({ kinds, count }: Table): number {
  let at = 0
  while (at < count && kinds[at] === SPACE) at++
  return at === count ? 0 : at
}

const offset = ({ ends }: Table, index: number): number =>
  index === 0 ? 0 : (ends[index - 1] ?? 0)

function tableOf(text: string, divided: number): Table {
  if (ASCII.test(text)) return asciiTable(text)
  const all =
    divided === 0
      ? clusters(text)
      : [...clusters(text.slice(0, divided)), ...clusters(text.slice(divided))]
  const table = emptyTable(all.length)
  let end = 0
  for (const [at, { glyph, width }] of all.entries()) {
    end += glyph.length
    table.ends[at] = end
    table.widths[at] = width
    table.kinds[at] = kindOf(glyph, width)
  }
  return table
}

function asciiTable(text: string): Table {
  const table = emptyTable(text.length)
  for (let at = 0; at < text.length; at++) {
    table.ends[at] = at + 1
    table.kinds[at] = asciiKind(text.charCodeAt(at))
  }
  table.widths.fill(1)
  return table
}

const emptyTable = (count: number): Table => ({
  count,
  ends: new Uint32Array(count),
  widths: new Uint8Array(count),
  kinds: new Uint8Array(count),
})

const asciiKind = (code: number): number => (code === 0x20 ? SPACE : code === 0x2d ? HYPHEN : WORD)

function kindOf(glyph: string, width: number): number {
  if (glyph.length === 1 && glyph.charCodeAt(0) < 0x80) return asciiKind(glyph.charCodeAt(0))
  if (CLOSING_MARKS.includes(glyph)) return CLOSING
  return width === 2 ? IDEOGRAPH : WORD
}
