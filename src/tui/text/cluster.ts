// What a reader sees as one character, and how many columns it takes. The widths are the sums that
// terminals have always made of code points, but for emoji sequences, which newer terminals draw as
// one picture of two columns. Where terminals differ the cluster says so (`sure: false`), and the
// painter takes nobody's word for where the cursor is afterwards.

import { AMBIGUOUS, WIDE, within } from './east-asian-width.ts'

interface Cluster {
  readonly glyph: string
  readonly width: number
  /** Every terminal moves its cursor by `width`. */
  readonly sure: boolean
}

/** Of two columns: what East Asian terminals may show wide. A property of the user's terminal. */
let ambiguousWidth = 1

/** Set once, before anything is measured: the memory of widths does not look back. */
export function setAmbiguousWidth(columns: 1 | 2): void {
  if (ambiguousWidth === columns) return
  ambiguousWidth = columns
  known.clear()
}

const ASCII = /^[\x20-\x7e]*$/
/** One code point, one column everywhere (or as the ambiguous setting says), and nothing joins it to
 *  a neighbour but a mark that follows. © and ® can be pictures and are not here. */
const PLAIN = [
  [0x20, 0x7e],
  [0xa1, 0xa8],
  [0xaa, 0xac],
  [0xaf, 0x2ff],
  [0x370, 0x377],
  [0x37b, 0x37f],
  [0x384, 0x482],
  [0x48a, 0x52f],
  [0x5d0, 0x5ea],
  [0x621, 0x64a],
  [0x1e00, 0x1eff],
  [0x2010, 0x2015],
  [0x2018, 0x201f],
  [0x2020, 0x2027],
  [0x2500, 0x259f],
] as const
/** One code point, two columns everywhere. */
const PLAIN_WIDE = [
  [0x3001, 0x3029],
  [0x3041, 0x3096],
  [0x309b, 0x30ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xff01, 0xff60],
] as const
/** By UTF-16 unit. A surrogate is never plain. */
const plain = new Uint8Array(0x10000)
for (const [first, last] of [...PLAIN, ...PLAIN_WIDE]) plain.fill(1, first, last + 1)
/** After so many plain characters the segmenter is left; a start of it costs as much as these. */
const PLAIN_AGAIN = 8
/** The runtime's segmenter takes time with the square of what it is given. */
const WINDOW = 128

/** No script has a syllable that is wider. */
const MAX_COLUMNS = 8
const SURE_WIDE = /^[\uac00-\ud7a3]$/
const SURE_MARKS = /^[\u0300-\u036f]+$/

const ZERO = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff\ud7b0-\ud7fb]$/u
const ONLY_ZERO = /^[\p{Mn}\p{Me}\p{Cf}]*$/u
/** One picture: what is followed by the emoji selector, a skin tone, a joiner and another picture,
 *  a keycap, a tag; two regional indicators. */
const SEQUENCE =
  /^(?:\p{RI}\p{RI}|[\p{Emoji}](?:\ufe0f|\p{EMod}|\ufe0f?\u20e3|[\u{e0020}-\u{e007f}])|\p{ExtPict}.*\u200d\p{ExtPict})/u

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Widths of clusters seen before, bounded: a conversation has few distinct ones. */
const MAX_KNOWN = 4096
const known = new Map<string, Cluster>()
const asciiClusters: readonly Cluster[] = Array.from({ length: 0x7f }, (_, code) => ({
  glyph: String.fromCharCode(code),
  width: code < 0x20 ? 0 : 1,
  sure: true,
}))

/** The clusters of one line. Linear: plain runs never meet the segmenter, the rest does by windows. */
export function clusters(line: string): readonly Cluster[] {
  const out: Cluster[] = []
  let at = 0
  while (at < line.length) {
    const end = plainEnd(line, at)
    for (; at < end; at++) out.push(clusterOf(line.charAt(at)))
    if (at < line.length) at = segmented(line, at, out)
  }
  return out
}

/** Where the run of characters ends that stand alone: its last may carry a mark that follows. */
function plainEnd(line: string, at: number): number {
  let end = at
  while (end < line.length && plain[line.charCodeAt(end)] === 1) end++
  return end === line.length || end === at ? end : end - 1
}

/** Segments a window and says how far it came. A cluster that touches the window's end may go on
 *  behind it: it is the first of the next window, unless it is all there is. */
function segmented(line: string, at: number, out: Cluster[]): number {
  const end = complexEnd(line, at)
  let last: { readonly segment: string; readonly index: number } | undefined
  for (const next of segmenter.segment(line.slice(at, end))) {
    if (last !== undefined) take(last.segment, out)
    last = next
  }
  if (last === undefined) return end
  const whole = end === line.length || last.index === 0 || plain[line.charCodeAt(end)] === 1
  if (!whole) return at + last.index
  take(last.segment, out)
  return end
}

/** How far the segmenter looks at once: up to a longer run of plain characters, or the window. */
function complexEnd(line: string, at: number): number {
  const limit = Math.min(line.length, at + WINDOW)
  let run = 0
  for (let end = at + 1; end < limit; end++) {
    run = plain[line.charCodeAt(end)] === 1 ? run + 1 : 0
    if (run === PLAIN_AGAIN) return end - PLAIN_AGAIN + 1
  }
  return limit
}

/** What a script joins without end is cut where it can be: a line that holds it must not be wider than
 *  its pane, which a peer could make write over its neighbours. */
function take(segment: string, out: Cluster[]): void {
  const cluster = clusterOf(segment)
  if (cluster.width <= MAX_COLUMNS) {
    out.push(cluster)
    return
  }
  let part = ''
  for (const character of segment) {
    if (part !== '' && !ZERO.test(character)) {
      out.push(clusterOf(part))
      part = ''
    }
    part += character
  }
  out.push(clusterOf(part))
}

function clusterOf(glyph: string): Cluster {
  if (glyph.length === 1) {
    const ascii = asciiClusters[glyph.charCodeAt(0)]
    if (ascii !== undefined) return ascii
  }
  const seen = known.get(glyph)
  if (seen !== undefined) return seen
  const cluster = measured(glyph)
  if (known.size >= MAX_KNOWN) known.clear()
  known.set(glyph, cluster)
  return cluster
}

function measured(glyph: string): Cluster {
  if (ONLY_ZERO.test(glyph)) return { glyph, width: 0, sure: false }
  if (SEQUENCE.test(glyph)) return { glyph, width: 2, sure: false }
  let width = 0
  for (const character of glyph) width += columnsOf(character)
  return { glyph, width, sure: isSure(glyph) }
}

const isSure = (glyph: string): boolean =>
  (plain[glyph.charCodeAt(0)] === 1 && (glyph.length === 1 || SURE_MARKS.test(glyph.slice(1)))) ||
  SURE_WIDE.test(glyph)

function columnsOf(character: string): number {
  if (ZERO.test(character)) return 0
  const code = character.codePointAt(0) ?? 0
  if (within(code, WIDE)) return 2
  return ambiguousWidth === 2 && within(code, AMBIGUOUS) ? 2 : 1
}

/** How many columns a line takes. */
export function width(line: string): number {
  if (ASCII.test(line)) return line.length
  let sum = 0
  for (const cluster of clusters(line)) sum += cluster.width
  return sum
}
