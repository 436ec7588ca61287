// A row of the screen as columns of a table: what stands in each cell and how it looks. Rows are
// compared and painted cell by cell, so there are no objects in them.

import { clusters } from '../text/cluster.ts'
import type { Colour, Line, Style } from '../text/line.ts'
import type { Link } from '../text/link.ts'
import { Recent } from '../text/recent.ts'

export interface Cells {
  /** One cluster each; '' behind a wide one. */
  readonly glyphs: string[]
  readonly fg: Int32Array
  readonly bg: Int32Array
  readonly flags: Uint8Array
  /** Undefined where the row has none. */
  links: (Link | undefined)[] | undefined
  /** The column of the terminal's cursor. */
  cursor: number | undefined
}

export const BOLD = 1
export const DIM = 2
export const ITALIC = 4
export const UNDERLINE = 8
export const INVERSE = 16
export const STRIKE = 32
/** Terminals differ in how far this cluster moves the cursor. */
export const UNSURE = 64
/** Begins or ends a field that runs right to left. */
export const ISOLATED = 128
/** What shows on a cell without a glyph. */
export const ON_BLANK = UNDERLINE | INVERSE | STRIKE

/** In `fg` and `bg`: 0 is the terminal's own colour, then its palette, then red, green and blue. */
export const PALETTE_BASE = 1
export const RGB_BASE = 0x1000000

const FIRST_STRONG_ISOLATE = '\u{2068}'
const POP_ISOLATE = '\u{2069}'
const ISOLATE = /^[\u2066-\u2068]$/
const ISOLATES = /[\u2066-\u2069]/g
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

export const blankCells = (count: number): Cells => ({
  glyphs: new Array<string>(count).fill(' '),
  fg: new Int32Array(count),
  bg: new Int32Array(count),
  flags: new Uint8Array(count),
  links: undefined,
  cursor: undefined,
})

/** More lines than the largest screen has, in every pane. */
const strips = new Recent<Line, Cells>(1_000)

/** The cells of a line; those of what was on the screen lately are remembered. */
export function cellsOf(line: Line): Cells {
  const seen = strips.get(line)
  if (seen !== undefined) return seen
  const made = strip(line)
  strips.set(line, made)
  return made
}

function strip(line: Line): Cells {
  const all = line.map((span) => clusters(span.text))
  const count = all.reduce(
    (sum, list) => sum + list.reduce((columns, { width }) => columns + width, 0),
    0,
  )
  const cells = blankCells(count)
  const fields: Field[] = []
  let at = 0
  for (const [index, span] of line.entries()) {
    if (span.cursor === true) cells.cursor = at
    const first = at
    const begun: number[] = []
    for (const { glyph, width, sure } of all[index] ?? []) {
      if (ISOLATE.test(glyph)) begun.push(at)
      else if (glyph === POP_ISOLATE) fields.push({ first: begun.pop() ?? first, end: at })
      else if (width === 0) attach(cells, at, glyph)
      else put(cells, at, { glyph, width, sure }, span.style)
      at += width
    }
    for (const from of begun.reverse()) fields.push({ first: from, end: at })
    // A placeholder's marks are of any script, and no letters.
    const isText = span.picture !== true
    if (isText && RIGHT_TO_LEFT.test(span.text)) fields.push({ first, end: at })
    if (span.link !== undefined) linked(cells, span.link, first, at)
  }
  for (const field of fields) isolate(cells, field)
  return cells
}

/** What a text isolates. Where a line was broken or cut, its begin or its end went elsewhere: it
 *  goes from the span's begin, or to its end. */
interface Field {
  readonly first: number
  readonly end: number
}

function put(
  cells: Cells,
  at: number,
  cluster: { readonly glyph: string; readonly width: number; readonly sure: boolean },
  style: Style | undefined,
): void {
  const flags = flagsOf(style)
  const isBlank = cluster.glyph === ' ' && (flags & ON_BLANK) === 0
  for (let column = at; column < at + cluster.width; column++) {
    cells.glyphs[column] = column === at ? cluster.glyph : ''
    cells.bg[column] = colourNumber(style?.bg)
    // Equal to every other blank, whatever it was written in.
    if (isBlank) continue
    cells.fg[column] = colourNumber(style?.fg)
    cells.flags[column] = flags | (cluster.sure ? 0 : UNSURE)
  }
}

/** What has no column of its own belongs to the cell before it. */
function attach(cells: Cells, at: number, glyph: string): void {
  const lead = leadOf(cells, at - 1)
  if (lead < 0) return
  cells.glyphs[lead] += glyph
  cells.flags[lead] = (cells.flags[lead] ?? 0) | UNSURE
}

/** A field that runs right to left must not carry its neighbours along; any other cannot. */
function isolate(cells: Cells, { end, first }: Field): void {
  if (!cells.glyphs.slice(first, end).some((glyph) => RIGHT_TO_LEFT.test(glyph))) return
  const last = leadOf(cells, end - 1)
  cells.glyphs[first] = FIRST_STRONG_ISOLATE + (cells.glyphs[first] ?? '')
  cells.glyphs[last] += POP_ISOLATE
  cells.flags[first] = (cells.flags[first] ?? 0) | UNSURE | ISOLATED
  cells.flags[last] = (cells.flags[last] ?? 0) | UNSURE | ISOLATED
}

function linked(cells: Cells, link: Link, first: number, end: number): void {
  cells.links ??= new Array<Link | undefined>(cells.glyphs.length)
  cells.links.fill(link, first, end)
}

function leadOf(cells: Cells, at: number): number {
  let lead = at
  while (lead > 0 && cells.glyphs[lead] === '') lead--
  return lead
}

/** Lays `source` over `target` from column `x`, in `width` columns; what is left of them is blank. */
export function lay(
  source: Cells,
  target: Cells,
  {
    x,
    width,
    fill,
  }: { readonly x: number; readonly width: number; readonly fill?: Style | undefined },
): void {
  const room = Math.min(width, target.glyphs.length - x)
  if (room <= 0) return
  const count = Math.min(source.glyphs.length, room)
  mendEdges(target, x, room)
  for (let column = 0; column < count; column++) {
    target.glyphs[x + column] = source.glyphs[column] ?? ' '
  }
  target.fg.set(source.fg.subarray(0, count), x)
  target.bg.set(source.bg.subarray(0, count), x)
  target.flags.set(source.flags.subarray(0, count), x)
  // A wide cluster that the edge would cut in half is left out.
  if (count < source.glyphs.length && source.glyphs[count] === '')
    blankFrom(target, x, leadOf(source, count), count)
  blankFrom(target, x, count, room)
  if (fill !== undefined) filled(target, x, count, room, fill)
  layMarks(source, target, x, room)
  mendIsolates(target, [0, x, x + room, target.glyphs.length])
}

/** Each part of a row closes what it opens: an edge that cuts a field must not carry others along. */
function mendIsolates(cells: Cells, edges: readonly number[]): void {
  if (!cells.flags.some((flags) => (flags & ISOLATED) !== 0)) return
  for (const [at, from] of edges.slice(0, -1).entries()) {
    const to = edges[at + 1] ?? from
    if (to > from) mendPart(cells, from, to)
  }
}

function mendPart(cells: Cells, from: number, to: number): void {
  let depth = 0
  let missing = 0
  for (let column = from; column < to; column++) {
    for (const [mark] of (cells.glyphs[column] ?? '').matchAll(ISOLATES)) {
      if (mark !== POP_ISOLATE) depth++
      else if (depth > 0) depth--
      else missing++
    }
  }
  if (depth === 0 && missing === 0) return
  const last = leadOf(cells, to - 1)
  cells.glyphs[from] = FIRST_STRONG_ISOLATE.repeat(missing) + (cells.glyphs[from] ?? '')
  cells.glyphs[last] += POP_ISOLATE.repeat(depth)
  for (const column of [from, last]) {
    cells.flags[column] = (cells.flags[column] ?? 0) | UNSURE | ISOLATED
  }
}

/** Wide clusters of which only one half stays. */
function mendEdges(target: Cells, x: number, room: number): void {
  if (target.glyphs[x] === '') target.glyphs[leadOf(target, x)] = ' '
  if (target.glyphs[x + room] === '') target.glyphs[x + room] = ' '
}

function blankFrom(target: Cells, x: number, from: number, to: number): void {
  target.glyphs.fill(' ', x + from, x + to)
  target.fg.fill(0, x + from, x + to)
  target.bg.fill(0, x + from, x + to)
  target.flags.fill(0, x + from, x + to)
}

function filled(target: Cells, x: number, from: number, to: number, fill: Style): void {
  const flags = flagsOf(fill) & ON_BLANK
  target.bg.fill(colourNumber(fill.bg), x + from, x + to)
  target.flags.fill(flags, x + from, x + to)
  if (flags !== 0) target.fg.fill(colourNumber(fill.fg), x + from, x + to)
}

function layMarks(source: Cells, target: Cells, x: number, room: number): void {
  if (source.links !== undefined || target.links !== undefined) {
    target.links ??= new Array<Link | undefined>(target.glyphs.length)
    for (let column = 0; column < room; column++) {
      target.links[x + column] = source.links?.[column]
    }
  }
  const { cursor } = target
  if (cursor !== undefined && cursor >= x && cursor < x + room) target.cursor = undefined
  if (source.cursor !== undefined) target.cursor = x + Math.min(source.cursor, room - 1)
}

function colourNumber(colour: Colour | undefined): number {
  if (colour === undefined) return 0
  if (typeof colour === 'number') return PALETTE_BASE + colour
  return RGB_BASE + Number.parseInt(colour.slice(1), 16)
}

function flagsOf(style: Style | undefined): number {
  if (style === undefined) return 0
  return (
    (style.bold === true ? BOLD : 0) |
    (style.dim === true ? DIM : 0) |
    (style.italic === true ? ITALIC : 0) |
    (style.underline === true ? UNDERLINE : 0) |
    (style.inverse === true ? INVERSE : 0) |
    (style.strike === true ? STRIKE : 0)
  )
}
