// From Ink's picture of the layout to the cells of a frame. Views hand their lines over by Blocks:
// Ink sees one private character for each row of a block, lays it out, and this file puts the row's
// cells where the character came to stand. So Ink never measures or cuts a peer's text, and what a
// row carries beside text (links, the cursor) needs no disguise.
//
// Blocks cover each other in the order of the document. What else Ink drew (a plain `<Text>`, a
// border) lies above all blocks, where it is not blank.

import type { Line, Style } from '../text/line.ts'
import { blankCells, type Cells, cellsOf, lay } from './cells.ts'
import { rawCells } from './raw-text.ts'

export interface PlacedRow {
  readonly line: Line
  readonly width: number
  readonly fill?: Style | undefined
}

/** The rows that the views have placed since the last frame. */
export interface FrameBook {
  /** Answers the character that stands for it in Ink's frame. */
  place(row: PlacedRow): string
  take(): readonly PlacedRow[]
}

/** Private characters of the seventeenth plane, which no safe text contains. */
const FIRST_MARK = 0x100000
const LAST_MARK = 0x10fffd
const MARK_LEAD = 0xdbc0

export function frameBook(): FrameBook {
  let rows: PlacedRow[] = []
  return {
    place(row) {
      // More rows than there are characters for is no screen; what is too much is not shown.
      if (rows.length > LAST_MARK - FIRST_MARK) return ''
      rows.push(row)
      return String.fromCodePoint(FIRST_MARK + rows.length - 1)
    },
    take() {
      const taken = rows
      rows = []
      return taken
    },
  }
}

export interface Size {
  readonly columns: number
  readonly rows: number
}

export type Frame = readonly Cells[]

interface Mark {
  readonly x: number
  readonly order: number
}

/** Rows that hold the same lines at the same places as in the frame before are the same objects. */
interface Memory {
  readonly key: readonly unknown[]
  readonly cells: Cells
}

export class Compositor {
  #memory: readonly Memory[] = []
  #columns = 0

  frame(drawn: string, placed: readonly PlacedRow[], { columns, rows }: Size): Frame {
    if (columns !== this.#columns) this.#memory = []
    this.#columns = columns
    const lines = drawn.split('\n', rows)
    const memory: Memory[] = []
    for (let y = 0; y < rows; y++) memory.push(this.#row(lines[y] ?? '', placed, y))
    this.#memory = memory
    return memory.map(({ cells }) => cells)
  }

  #row(drawn: string, placed: readonly PlacedRow[], y: number): Memory {
    const { raw, marks } = parted(drawn)
    const key: unknown[] = [raw]
    for (const { x, order } of marks) {
      const row = placed[order]
      if (row !== undefined) key.push(x, row.line, row.width, row.fill)
    }
    const before = this.#memory[y]
    if (before !== undefined && isSame(before.key, key)) return before
    return { key, cells: composed(raw, marks, placed, this.#columns) }
  }
}

function composed(
  raw: string,
  marks: readonly Mark[],
  placed: readonly PlacedRow[],
  columns: number,
): Cells {
  const cells = blankCells(columns)
  for (const { x, order } of marks.toSorted((a, b) => a.order - b.order)) {
    const row = placed[order]
    if (row !== undefined) lay(cellsOf(row.line), cells, { x, width: row.width, fill: row.fill })
  }
  if (raw !== '') {
    for (const { x, cells: above } of rawCells(raw)) {
      lay(above, cells, { x, width: above.glyphs.length })
    }
  }
  return cells
}

/** The marks of a row and where they stand, and the rest, if there is more than blanks. */
function parted(drawn: string): { readonly raw: string; readonly marks: readonly Mark[] } {
  const marks: Mark[] = []
  let rest = ''
  let onlyBlanks = true
  for (let at = 0; at < drawn.length; at++) {
    const unit = drawn.charCodeAt(at)
    if (unit >= MARK_LEAD && unit <= 0xdbff) {
      const order = (drawn.codePointAt(at) ?? 0) - FIRST_MARK
      marks.push({ x: onlyBlanks ? rest.length : widthBefore(rest), order })
      rest += ' '
      at++
    } else {
      if (unit !== 0x20) onlyBlanks = false
      rest += drawn.charAt(at)
    }
  }
  return { raw: onlyBlanks ? '' : rest, marks }
}

const widthBefore = (drawn: string): number => {
  const last = rawCells(`${drawn}|`).at(-1)
  return last === undefined ? 0 : last.x + last.cells.glyphs.length - 1
}

const isSame = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length === other.length && one.every((value, at) => value === other[at])
