// A program in a pseudo-terminal, seen through a virtual screen: what a person would see, and
// nothing else to look at. It answers the program's questions as a terminal does, and whoever waits
// for the screen is woken by what the program writes, never by a clock.

import { type IPty, spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { giveModernWidths } from './modern-widths.ts'

export interface VirtualTerminalOptions {
  /** What is run by Node, with its arguments; by `command` instead, where that is given. */
  readonly program: readonly string[]
  readonly command?: string
  readonly env: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly columns?: number
  readonly rows?: number
  /** Pictures have two columns, as in the terminals of today; Unicode 6 has them in one. */
  readonly modernWidths?: boolean
  /** Told what the program writes, as it comes. */
  readonly heard?: (text: string) => void
}

/** A cell as a terminal draws it; colours as `#rrggbb`, as a place in its palette, or its own. */
export interface ScreenCell {
  readonly text: string
  readonly foreground: string | number | undefined
  readonly background: string | number | undefined
  readonly bold: boolean
  readonly inverse: boolean
}

type Condition = string | RegExp | ((lines: readonly string[]) => boolean)

/** Then the test fails, and shows what was there instead. */
const DEADLINE_MS = 45_000

export class VirtualTerminal {
  readonly #pty: IPty
  readonly #terminal: InstanceType<typeof xterm.Terminal>
  #waiting: (() => void)[] = []
  #raw = ''
  #code: number | undefined
  /** The program's exit code; minus the signal's number if it was killed. */
  readonly ended: Promise<number>

  constructor(options: VirtualTerminalOptions) {
    const { program, command, env, cwd, columns = 100, rows = 30 } = options
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
    if (options.modernWidths === true) giveModernWidths(this.#terminal)
    this.#pty = spawn(command ?? process.execPath, [...program], {
      cols: columns,
      rows,
      name: env.TERM ?? 'xterm-256color',
      ...(cwd === undefined ? {} : { cwd }),
      env: { PATH: process.env.PATH ?? '', TERM: 'xterm-256color', ...env },
    })
    this.#terminal.onData((answer) => {
      if (this.#code === undefined) this.#pty.write(answer)
    })
    this.#pty.onData((data) => {
      this.#raw += data
      options.heard?.(data)
      this.#terminal.write(data, () => this.#look())
    })
    this.ended = new Promise((done) => {
      this.#pty.onExit(({ exitCode, signal }) => {
        this.#code = signal === undefined || signal === 0 ? exitCode : -signal
        // What was written last is on the screen before anybody hears of the end.
        this.#terminal.write('', () => {
          this.#look()
          done(this.#code ?? 0)
        })
      })
    })
  }

  /** The rows of the screen, without blanks at their ends. */
  lines(): readonly string[] {
    const buffer = this.#terminal.buffer.active
    return Array.from(
      { length: this.#terminal.rows },
      (_, row) =>
        buffer.getLine(buffer.baseY + row)?.translateToString(true, 0, this.#terminal.cols) ?? '',
    )
  }

  screen(): string {
    return this.lines().join('\n')
  }

  /** Everything in the scrollback and on the screen of the buffer that is shown. */
  history(): string {
    const buffer = this.#terminal.buffer.active
    const rows = Array.from(
      { length: buffer.length },
      (_, row) => buffer.getLine(row)?.translateToString(true, 0, this.#terminal.cols) ?? '',
    )
    return rows.join('\n').trimEnd()
  }

  cell(row: number, column: number): ScreenCell | undefined {
    const buffer = this.#terminal.buffer.active
    const cell = buffer.getLine(buffer.baseY + row)?.getCell(column)
    if (cell === undefined) return undefined
    return {
      text: cell.getChars(),
      foreground: shade(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor()),
      background: shade(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor()),
      bold: cell.isBold() !== 0,
      inverse: cell.isInverse() !== 0,
    }
  }

  /** Where the terminal's cursor stands, from 0. */
  cursor(): { readonly row: number; readonly column: number } {
    const { cursorY, cursorX } = this.#terminal.buffer.active
    return { row: cursorY, column: cursorX }
  }

  /** The program has the alternate screen. */
  get alternate(): boolean {
    return this.#terminal.buffer.active.type === 'alternate'
  }

  get cursorShown(): boolean {
    return this.#raw.lastIndexOf('\x1b[?25h') >= this.#raw.lastIndexOf('\x1b[?25l')
  }

  /** Modes that the program has switched on. */
  get modes(): {
    readonly paste: boolean
    readonly focus: boolean
    readonly mouse: string
    readonly wraps: boolean
  } {
    const { bracketedPasteMode, sendFocusMode, mouseTrackingMode, wraparoundMode } =
      this.#terminal.modes
    return {
      paste: bracketedPasteMode,
      focus: sendFocusMode,
      mouse: mouseTrackingMode,
      wraps: wraparoundMode,
    }
  }

  /** All bytes that the program ever wrote, as text. */
  get raw(): string {
    return this.#raw
  }

  get bytes(): number {
    return Buffer.byteLength(this.#raw)
  }

  get pid(): number {
    return this.#pty.pid
  }

  /** Resolves with the screen's lines when they are as wanted; fails if the program ends before. */
  until(condition: Condition): Promise<readonly string[]> {
    const isMet = conditionOf(condition)
    return new Promise((done, fail) => {
      const deadline = setTimeout(() => {
        fail(new Error(`never saw ${condition}:\n${this.screen()}`))
      }, DEADLINE_MS)
      const look = (): void => {
        const lines = this.lines()
        if (isMet(lines)) {
          clearTimeout(deadline)
          done(lines)
        } else if (this.#code !== undefined) {
          clearTimeout(deadline)
          fail(new Error(`ended with ${this.#code} before ${condition}:\n${this.history()}`))
        } else this.#waiting.push(look)
      }
      look()
    })
  }

  /** Resolves when everything written so far stands on the screen and this is true. */
  untilSeen(isMet: () => boolean): Promise<readonly string[]> {
    return this.until(() => isMet())
  }

  /** Keys as the terminal sends them; see `KEYS` for those that have no letter. */
  type(text: string): void {
    this.#pty.write(text)
  }

  paste(text: string): void {
    this.#pty.write(`\x1b[200~${text.replaceAll('\n', '\r')}\x1b[201~`)
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows)
    this.#pty.resize(columns, rows)
  }

  /** The terminal is closed under the program. */
  hangUp(): void {
    ;(this.#pty as unknown as { destroy(): void }).destroy()
  }

  kill(signal: string): void {
    this.#pty.kill(signal)
  }

  /** Ends the program if it still runs. For `afterEach`. */
  async close(): Promise<void> {
    if (this.#code === undefined) this.#pty.kill('SIGKILL')
    await this.ended
    this.#terminal.dispose()
  }

  #look(): void {
    for (const look of this.#waiting.splice(0)) look()
  }
}

/** What a terminal sends for keys without a letter. */
export const KEYS = {
  enter: '\r',
  escape: '\x1b',
  tab: '\t',
  shiftTab: '\x1b[Z',
  backspace: '\x7f',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  home: '\x1b[H',
  end: '\x1b[F',
  pageUp: '\x1b[5~',
  pageDown: '\x1b[6~',
  delete: '\x1b[3~',
  f1: '\x1bOP',
} as const

export const ctrl = (letter: string): string =>
  String.fromCharCode(letter.toUpperCase().charCodeAt(0) & 0x1f)
export const alt = (key: string): string => `\x1b${key}`

/** For `until`: this stands nowhere on the screen. */
export const without =
  (text: string) =>
  (lines: readonly string[]): boolean =>
    !lines.some((line) => line.includes(text))

function conditionOf(condition: Condition): (lines: readonly string[]) => boolean {
  if (typeof condition === 'string') return (lines) => lines.some((row) => row.includes(condition))
  if (condition instanceof RegExp) return (lines) => condition.test(lines.join('\n'))
  return condition
}

const shade = (isDefault: boolean, isRgb: boolean, colour: number): string | number | undefined =>
  isDefault ? undefined : isRgb ? `#${colour.toString(16).padStart(6, '0')}` : colour
