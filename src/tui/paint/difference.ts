// What has to be written so that a screen that shows one frame shows the next: the changed cells of
// each row, and the short stretches between them. Pure.

import { type Cells, ISOLATED, ON_BLANK, UNSURE } from './cells.ts'
import type { Frame } from './frame.ts'
import { Pen } from './pen.ts'

export interface Place {
  readonly row: number
  readonly column: number
}

/** Moving over so many unchanged cells costs as much as writing them again. */
const BRIDGE = 4
/** Erasing to the end of the line is a sequence of three characters. */
const WORTH_ERASING = 4

/** The sequences from `before` (undefined: a screen of which nothing is known) to `after`; `links`:
 *  with what a terminal opens when they are clicked. */
export function difference(before: Frame | undefined, after: Frame, links = true): string {
  const pen = new Pen(links)
  for (const [row, cells] of after.entries()) {
    const old = before?.[row]
    if (old !== cells) paintRow(pen, row, cells, changedCells(old, cells))
  }
  return pen.finished()
}

export function cursorOf(frame: Frame): Place | undefined {
  const row = frame.findIndex(({ cursor }) => cursor !== undefined)
  const column = frame[row]?.cursor
  return column === undefined ? undefined : { row, column }
}

function paintRow(pen: Pen, row: number, cells: Cells, changed: Uint8Array): void {
  const end = eraseFrom(cells, changed)
  let at = 0
  while (at < end) {
    if (changed[at] === 0) {
      at++
      continue
    }
    pen.moveTo(row, at)
    while (at < end && goesOn(changed, at, end)) at += pen.put(cells, at)
  }
  if (end < cells.glyphs.length) {
    pen.moveTo(row, end)
    pen.eraseLine()
  }
}

/** Whether a change is here or so near that writing up to it is cheaper than a move. */
function goesOn(changed: Uint8Array, at: number, end: number): boolean {
  for (let ahead = at; ahead < Math.min(end, at + BRIDGE); ahead++) {
    if (changed[ahead] === 1) return true
  }
  return false
}

/** From where erasing the line is enough. Its end, if it is not worth it. */
function eraseFrom(cells: Cells, changed: Uint8Array): number {
  const count = cells.glyphs.length
  let from = count
  let writes = 0
  while (from > 0 && isBlank(cells, from - 1)) {
    from--
    writes += changed[from] ?? 0
  }
  return writes >= WORTH_ERASING ? from : count
}

function changedCells(old: Cells | undefined, cells: Cells): Uint8Array {
  const count = cells.glyphs.length
  const changed = new Uint8Array(count)
  // A terminal that reorders letters does so by its own reading of the whole row.
  if (old === undefined || isIsolated(cells) || isIsolated(old)) return changed.fill(1)
  for (let at = 0; at < count; at++) {
    if (!isSameCell(old, cells, at)) changed[at] = 1
  }
  for (let at = 0; at < count; at++) {
    const wide = wideAt(cells, at)
    if (!changed.subarray(at, at + wide).includes(1)) continue
    // Where a terminal may have gone further than we believe, what follows is written again.
    const unsure = ((cells.flags[at] ?? 0) & UNSURE) !== 0
    changed.fill(1, at, at + wide + (unsure ? spillOf(cells.glyphs[at] ?? '') : 0))
  }
  return changed
}

/** A terminal that knows no sequences draws each of its parts, in two columns at most. */
const spillOf = (glyph: string): number => 2 * Array.from(glyph).length

function wideAt(cells: Cells, at: number): number {
  let wide = 1
  while (cells.glyphs[at + wide] === '') wide++
  return wide
}

const isBlank = (cells: Cells, at: number): boolean =>
  cells.glyphs[at] === ' ' &&
  cells.bg[at] === 0 &&
  ((cells.flags[at] ?? 0) & ON_BLANK) === 0 &&
  cells.links?.[at] === undefined

const isIsolated = (cells: Cells): boolean => cells.flags.some((flags) => (flags & ISOLATED) !== 0)

const isSameCell = (one: Cells, other: Cells, at: number): boolean =>
  one.glyphs[at] === other.glyphs[at] &&
  one.fg[at] === other.fg[at] &&
  one.bg[at] === other.bg[at] &&
  one.flags[at] === other.flags[at] &&
  one.links?.[at]?.href === other.links?.[at]?.href
