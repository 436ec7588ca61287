// A line of the screen as the views make it: spans of safe text with a style. Nothing in it moves
// the cursor: what a span means beyond its text (a link, the cursor's place, a picture's row) are
// fields, which the painter alone turns into sequences.

import type { SafeText } from '../../protocol/safe-text.ts'
import { clusters, width } from './cluster.ts'
import type { Link } from './link.ts'

/** Red, green and blue, or a place in the terminal's own palette (0 to 255). */
export type Colour = `#${string}` | number

export interface Style {
  readonly fg?: Colour | undefined
  readonly bg?: Colour | undefined
  readonly bold?: boolean | undefined
  readonly dim?: boolean | undefined
  readonly italic?: boolean | undefined
  readonly underline?: boolean | undefined
  readonly strike?: boolean | undefined
  readonly inverse?: boolean | undefined
}

export interface Span {
  readonly text: SafeText
  readonly style?: Style | undefined
  readonly link?: Link | undefined
  /** Placeholders of a picture: made here, and no text of anybody's. */
  readonly picture?: true | undefined
  /** The terminal's own cursor stands at this span's first column. Its text may be empty. */
  readonly cursor?: true | undefined
}

export type Line = readonly Span[]

/** Where the terminal's cursor stands: a span without a width. */
export const CURSOR: Span = { text: '' as SafeText, cursor: true }

const ELLIPSIS = '…' as SafeText
/** Slices of these are made for every padded line. */
const SPACES = ' '.repeat(512)

export const spaces = (count: number): SafeText =>
  (count <= SPACES.length ? SPACES.slice(0, Math.max(0, count)) : ' '.repeat(count)) as SafeText

/** One span, or none for an empty text. */
export const line = (text: SafeText, style?: Style): Line => (text === '' ? [] : [{ text, style }])

export const lineWidth = (of: Line): number => of.reduce((sum, { text }) => sum + width(text), 0)

export const lineText = (of: Line): SafeText => of.map(({ text }) => text).join('') as SafeText

/** The same text, where a span says nothing else in this style. */
export const styled = (of: Line, style: Style): Line =>
  of.map((span) => ({ ...span, style: { ...style, ...span.style } }))

type Cut = 'end' | 'middle' | 'start'

/** At most `columns` wide, with an ellipsis where something was left out. */
export function truncated(text: SafeText, columns: number, cut: Cut = 'end'): SafeText {
  if (width(text) <= columns) return text
  const mark = width(ELLIPSIS)
  if (columns < mark) return spaces(columns)
  const room = columns - mark
  const head = cut === 'end' ? room : cut === 'start' ? 0 : Math.ceil(room / 2)
  return `${headOf(text, head)}${ELLIPSIS}${tailOf(text, room - head)}` as SafeText
}

/** The longest beginning that fits. */
function headOf(text: SafeText, columns: number): SafeText {
  let used = 0
  let end = 0
  for (const cluster of clusters(text)) {
    if (used + cluster.width > columns) break
    used += cluster.width
    end += cluster.glyph.length
  }
  return text.slice(0, end) as SafeText
}

/** The longest end that fits. */
function tailOf(text: SafeText, columns: number): SafeText {
  let used = 0
  let from = text.length
  for (const cluster of clusters(text).toReversed()) {
    if (used + cluster.width > columns) break
    used += cluster.width
    from -= cluster.glyph.length
  }
  return text.slice(from) as SafeText
}

/** The same for a line of spans; the ellipsis has the style of the span that it cuts. */
export function truncatedLine(of: Line, columns: number): Line {
  if (lineWidth(of) <= columns) return of
  const out: Span[] = []
  let room = columns
  for (const span of of) {
    const wide = width(span.text)
    const isLast = wide > room || (wide === room && out.length < of.length - 1)
    const text = isLast ? cutAt(span.text, room) : span.text
    out.push({ ...span, text })
    if (isLast) break
    room -= wide
  }
  return out
}

/** With an ellipsis in any case: something follows that does not fit. */
function cutAt(text: SafeText, columns: number): SafeText {
  if (width(text) > columns) return truncated(text, columns)
  return `${headOf(text, columns - width(ELLIPSIS))}${columns > 0 ? ELLIPSIS : ''}` as SafeText
}

interface Padding {
  readonly align?: 'left' | 'right' | 'centre'
  /** Of the spaces that are put in. */
  readonly style?: Style | undefined
}

/** At least `columns` wide. */
export function padded(of: Line, columns: number, { align = 'left', style }: Padding = {}): Line {
  const room = columns - lineWidth(of)
  if (room <= 0) return of
  const before = align === 'left' ? 0 : align === 'right' ? room : Math.floor(room / 2)
  return [
    ...(before > 0 ? [{ text: spaces(before), style }] : []),
    ...of,
    ...(room > before ? [{ text: spaces(room - before), style }] : []),
  ]
}

/** Exactly `columns` wide: cut or filled up. */
export const fitted = (of: Line, columns: number, padding?: Padding): Line =>
  padded(truncatedLine(of, columns), columns, padding)

/** Two ends of one line; the left one gives way. */
export function spread(left: Line, right: Line, columns: number, style?: Style): Line {
  const end = truncatedLine(right, columns)
  return [...fitted(left, columns - lineWidth(end), { style }), ...end]
}
