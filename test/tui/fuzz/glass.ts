// The real view, canvas and painter onto a virtual screen, and what has to hold of it after each
// frame: the screen shows what the painter believes, and nothing in it is broken.

import xterm from '@xterm/headless'
import { columnsOf } from '../../../src/tui/layout/columns.ts'
import type { Model } from '../../../src/tui/model.ts'
import { type Cells, INVERSE, UNSURE } from '../../../src/tui/paint/cells.ts'
import type { Frame } from '../../../src/tui/paint/frame.ts'
import { entered } from '../../../src/tui/paint/modes.ts'
import { Painter } from '../../../src/tui/paint/painter.ts'
import { Canvas } from '../../../src/tui/screen/canvas.tsx'
import { App } from '../../../src/tui/views/app.tsx'

export class Glass {
  readonly #terminal: InstanceType<typeof xterm.Terminal>
  readonly #canvas: Canvas
  readonly #painter: Painter
  #model: Model
  #frame: Frame = []
  #written = ''
  #clock = 0
  #failed: Error | undefined

  constructor(model: Model) {
    this.#model = model
    const { columns, rows } = model.size
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
    this.#canvas = new Canvas({
      size: model.size,
      onChange: () => {},
      onError: (error) => {
        this.#failed = error
      },
    })
    this.#painter = new Painter({
      device: {
        write: (text, done) => {
          this.#written += text
          done()
        },
        writeNow: (text) => {
          this.#written += text
        },
      },
      draw: () => {
        this.#frame = this.#canvas.frame(App({ model: this.#model }))
        return this.#frame
      },
      // Every frame is a second later than the last: none waits for another.
      now: () => (this.#clock += 1_000),
    })
    this.#written = entered({ mouse: true, kittyKeyboard: false })
  }

  /** Paints the model and says what is wrong with the screen; undefined: nothing. */
  async show(model: Model): Promise<string | undefined> {
    const { size } = this.#model
    if (model.size.columns !== size.columns || model.size.rows !== size.rows) {
      this.#terminal.resize(model.size.columns, model.size.rows)
      this.#canvas.size = model.size
      this.#painter.forget()
    }
    this.#model = model
    this.#painter.request()
    const written = this.#written
    this.#written = ''
    if (written !== '') await new Promise<void>((done) => this.#terminal.write(written, done))
    if (this.#failed !== undefined) throw this.#failed
    return (
      bytesWrong(written) ??
      this.#screenWrong() ??
      this.#cursorWrong() ??
      frameWrong(this.#frame, model)
    )
  }

  /** What is on the screen, for whoever has to see it. */
  text(): string {
    const buffer = this.#terminal.buffer.active
    return Array.from({ length: this.#terminal.rows }, (_, row) =>
      buffer.getLine(row)?.translateToString(true),
    ).join('\n')
  }

  close(): void {
    this.#canvas.close()
    this.#terminal.dispose()
  }

  #screenWrong(): string | undefined {
    const { columns, rows } = this.#model.size
    if (this.#frame.length !== rows) return `a frame of ${this.#frame.length} rows on ${rows}`
    const buffer = this.#terminal.buffer.active
    const cell = buffer.getNullCell()
    for (const [row, cells] of this.#frame.entries()) {
      if (cells.glyphs.length !== columns) return `row ${row} has ${cells.glyphs.length} columns`
      const line = buffer.getLine(buffer.baseY + row)
      if (line === undefined) return `the screen has no row ${row}`
      for (let column = 0; column < columns; column += 1) {
        if (isUnsure(cells, column)) continue
        line.getCell(column, cell)
        const wanted = bare(cells.glyphs[column] ?? '')
        const seen = bare(cell.getChars())
        if (
          wanted === ''
            ? cell.getWidth() !== 0
            : seen !== wanted && !(wanted === ' ' && seen === '')
        ) {
          return `at ${row},${column} stands ${show(seen)}, not ${show(wanted)}`
        }
        const wrong = lookWrong(cells, column, cell)
        if (wrong !== undefined) return `at ${row},${column} (${show(wanted)}) ${wrong}`
      }
    }
    return undefined
  }

  #cursorWrong(): string | undefined {
    const row = this.#frame.findIndex(({ cursor }) => cursor !== undefined)
    if (row < 0) return undefined
    const { cursorX, cursorY } = this.#terminal.buffer.active
    const column = this.#frame[row]?.cursor ?? 0
    const isIn = column < this.#model.size.columns && row < this.#model.size.rows
    if (!isIn) return `the cursor is at ${row},${column}`
    return cursorY === row && cursorX === column
      ? undefined
      : `the cursor is at ${cursorY},${cursorX}, not at ${row},${column}`
  }
}

type Cell = ReturnType<InstanceType<typeof xterm.Terminal>['buffer']['active']['getNullCell']>

/** Characters without a column: the screen keeps them with whichever cell stands before. */
const bare = (glyph: string): string => glyph.replace(/[\u2066-\u2069]/g, '')
const show = (glyph: string): string => JSON.stringify(glyph)

/** Terminals differ in what they draw there; what stands behind it is looked at all the same. */
function isUnsure(cells: Cells, column: number): boolean {
  let lead = column
  while (lead > 0 && cells.glyphs[lead] === '') lead -= 1
  return ((cells.flags[lead] ?? 0) & UNSURE) !== 0
}

function lookWrong(cells: Cells, column: number, cell: Cell): string | undefined {
  const background = cells.bg[column] ?? 0
  if ((background === 0) !== cell.isBgDefault()) return 'has another background'
  const inverse = ((cells.flags[column] ?? 0) & INVERSE) !== 0
  if (inverse !== (cell.isInverse() !== 0)) return 'is inverse, or not'
  if (cells.glyphs[column] === ' ') return undefined
  const letters = cells.fg[column] ?? 0
  return (letters === 0) !== cell.isFgDefault() ? 'has another colour' : undefined
}

const SEQUENCES = /\x1b\[[0-9;?]*[A-Za-z]|\x1b\]8;[^\x00-\x1f\x7f-\x9f]*\x1b\\/g

/** What a terminal obeys is only what the painter has for it. */
function bytesWrong(written: string): string | undefined {
  const rest = written.replace(SEQUENCES, '')
  const at = rest.search(/[\x00-\x1f\x7f-\x9f\u202a-\u202e]/)
  return at < 0 ? undefined : `wrote ${show(rest.slice(Math.max(0, at - 5), at + 10))}`
}

function frameWrong(frame: Frame, model: Model): string | undefined {
  for (const [row, cells] of frame.entries()) {
    const wrong = isolatesWrong(cells)
    if (wrong !== undefined) return `row ${row}: ${wrong}: ${show(cells.glyphs.join(''))}`
  }
  return boxWrong(frame) ?? rulesWrong(frame, model)
}

/** Each isolate that is opened is closed in its row, and nothing else is closed. */
function isolatesWrong({ glyphs }: Cells): string | undefined {
  let depth = 0
  for (const [column, glyph] of glyphs.entries()) {
    for (const character of glyph) {
      if (character >= '\u2066' && character <= '\u2068') depth += 1
      if (character === '\u2069') depth -= 1
      if (depth < 0) return `an isolate ends at ${column} that never began`
    }
    if (depth > 0 && /^[│╭╰╮╯─]$/.test(bare(glyph)))
      return `an isolate goes over the edge at ${column}`
  }
  return depth === 0 ? undefined : 'an isolate is left open'
}

/** The frame of what lies over the screen is whole, as far as the screen reaches. */
function boxWrong(frame: Frame): string | undefined {
  const top = frame.findIndex(({ glyphs }) => glyphs.includes('╭'))
  if (top < 0) return undefined
  const left = frame[top]?.glyphs.indexOf('╭') ?? 0
  const right = frame[top]?.glyphs.indexOf('╮') ?? -1
  if (right < 0)
    return frame[top] !== undefined && left + 12 < frame[top].glyphs.length
      ? 'a box has no corner'
      : undefined
  for (let row = top + 1; row < frame.length; row += 1) {
    const [first, last] = [frame[row]?.glyphs[left], frame[row]?.glyphs[right]]
    if (first === '╰' && last === '╯') return undefined
    if (first !== '│' || last !== '│') return `a box is broken in row ${row}`
  }
  return frame.length - top < 5 ? undefined : 'a box has no end'
}

/** The rule between the list and the conversation. */
function rulesWrong(frame: Frame, model: Model): string | undefined {
  const { screen } = model
  if (screen.kind !== 'main' || screen.main.overlays.length > 0) return undefined
  const { list, panes, rows } = columnsOf(model, screen.main)
  if (list === 0 || panes.length === 0) return undefined
  const broken = frame.slice(0, rows).findIndex(({ glyphs }) => glyphs[list] !== '│')
  return broken < 0 ? undefined : `the rule is broken in row ${broken}`
}
