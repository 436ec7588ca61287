// Writes cells with as few characters as it takes: it knows where the cursor stands and how the
// terminal writes, and after a cluster that terminals disagree on it says where it goes on.

import type { Link } from '../text/link.ts'
import {
  BOLD,
  type Cells,
  DIM,
  INVERSE,
  ITALIC,
  ON_BLANK,
  PALETTE_BASE,
  RGB_BASE,
  STRIKE,
  UNDERLINE,
  UNSURE,
} from './cells.ts'

const STYLE_FLAGS = BOLD | DIM | ITALIC | UNDERLINE | INVERSE | STRIKE
const CODES: readonly (readonly [flag: number, code: number])[] = [
  [BOLD, 1],
  [DIM, 2],
  [ITALIC, 3],
  [UNDERLINE, 4],
  [INVERSE, 7],
  [STRIKE, 9],
]

export class Pen {
  readonly #links: boolean
  #out = ''
  #row = -1
  /** Undefined: where the cursor stands in its row is not known. */
  #column: number | undefined
  #fg = 0
  #bg = 0
  #flags = 0
  #link: Link | undefined

  constructor(links = true) {
    this.#links = links
  }

  moveTo(row: number, column: number): void {
    if (row !== this.#row) this.#out += `\x1b[${row + 1};${column + 1}H`
    else if (column !== this.#column) this.#out += `\x1b[${column + 1}G`
    this.#row = row
    this.#column = column
  }

  /** Writes the cluster at `at`, where the pen stands, and says how many columns it takes. */
  put(cells: Cells, at: number): number {
    const glyph = cells.glyphs[at] ?? ' '
    let wide = 1
    while (cells.glyphs[at + wide] === '') wide++
    this.#look(cells, at)
    if (((cells.flags[at] ?? 0) & UNSURE) === 0) {
      this.#out += glyph
      this.#advance(at + wide, cells.glyphs.length)
      return wide
    }
    // Blank first: where the terminal goes less far than we do, nothing old stays behind.
    this.#out += `${' '.repeat(wide)}\x1b[${at + 1}G${glyph}`
    this.#column = undefined
    if (at + wide < cells.glyphs.length) this.moveTo(this.#row, at + wide)
    return wide
  }

  eraseLine(): void {
    this.#plain()
    this.#out += '\x1b[K'
  }

  /** All that was written, and the terminal's own look afterwards. */
  finished(): string {
    this.#plain()
    return this.#out
  }

  /** In the last column a cursor stays where it is. */
  #advance(column: number, columns: number): void {
    this.#column = column < columns ? column : undefined
  }

  #plain(): void {
    if (this.#fg !== 0 || this.#bg !== 0 || this.#flags !== 0) this.#out += '\x1b[m'
    this.#fg = 0
    this.#bg = 0
    this.#flags = 0
    this.#linkTo(undefined)
  }

  #look(cells: Cells, at: number): void {
    const bg = cells.bg[at] ?? 0
    let fg = cells.fg[at] ?? 0
    let flags = (cells.flags[at] ?? 0) & STYLE_FLAGS
    if (cells.glyphs[at] === ' ' && (flags & ON_BLANK) === 0) {
      // Nothing of a blank has the letters' colour.
      fg = this.#fg
      flags = this.#flags & ~ON_BLANK
    }
    if (fg !== this.#fg || bg !== this.#bg || flags !== this.#flags) {
      this.#out += `\x1b[${this.#codes(fg, bg, flags).join(';')}m`
      this.#fg = fg
      this.#bg = bg
      this.#flags = flags
    }
    if (this.#links) this.#linkTo(cells.links?.[at])
  }

  /** Only what changes; all anew where an attribute ends. */
  #codes(fg: number, bg: number, flags: number): readonly (number | string)[] {
    const anew = (this.#flags & ~flags) !== 0
    const [oldFg, oldBg, oldFlags] = anew ? [0, 0, 0] : [this.#fg, this.#bg, this.#flags]
    const codes: (number | string)[] = anew ? [0] : []
    for (const [flag, code] of CODES) {
      if ((flags & ~oldFlags & flag) !== 0) codes.push(code)
    }
    if (fg !== oldFg) codes.push(colourCode(fg, 30))
    if (bg !== oldBg) codes.push(colourCode(bg, 40))
    return codes
  }

  #linkTo(link: Link | undefined): void {
    if (link?.href === this.#link?.href) return
    this.#out += link === undefined ? '\x1b]8;;\x1b\\' : `\x1b]8;id=${link.id};${link.href}\x1b\\`
    this.#link = link
  }
}

/** `base` is 30 for letters and 40 for what is behind them. */
function colourCode(colour: number, base: number): number | string {
  if (colour === 0) return base + 9
  if (colour >= RGB_BASE) {
    return `${base + 8};2;${(colour >> 16) & 0xff};${(colour >> 8) & 0xff};${colour & 0xff}`
  }
  const place = colour - PALETTE_BASE
  if (place < 8) return base + place
  return place < 16 ? base + 52 + place : `${base + 8};5;${place}`
}
