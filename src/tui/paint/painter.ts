// Keeps the screen like the newest frame. It asks for a frame when it can paint one, not before: while
// the terminal has not taken the last one, frames in between are not even made. Nothing else writes to
// the terminal while it runs, so what it believes to be on the screen is there.

import type { Device } from './device.ts'
import { cursorOf, difference, type Place } from './difference.ts'
import type { Frame } from './frame.ts'
import { BEGIN_UPDATE, END_UPDATE, HIDE_CURSOR, SHOW_CURSOR } from './modes.ts'

interface PainterOptions {
  readonly device: Device
  /** The newest frame, when it is time to paint. */
  readonly draw: () => Frame | undefined
  readonly now?: () => number
  /** False: the terminal would print their addresses. */
  readonly links?: boolean
}

/** Sixty frames a second; what comes in between is seen in the next one. */
const FRAME_MS = 1000 / 60
/** What nobody waits for at the keyboard takes a quarter of the time at most, ten times a second at
 *  least: in a flood of messages the keys need the rest. */
const REST_TIMES = 4
const MOST_REST_MS = 100
/** Sequences beside the frames (a bell, the clipboard): more at once than this helps nobody. */
const MAX_ASIDES = 64

export class Painter {
  readonly #device: Device
  readonly #draw: () => Frame | undefined
  readonly #now: () => number
  readonly #links: boolean
  #shown: Frame | undefined
  #cursor: Place | undefined
  #cursorKnown = false
  #wanted = false
  #hurried = false
  #cost = 0
  #asides: string[] = []
  #writing = false
  #paused = false
  #last = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined
  #idle: (() => void)[] = []
  synchronised = false
  /** How many bytes frames have taken since the beginning. */
  painted = 0

  constructor({
    device,
    draw,
    links = true,
    now = performance.now.bind(performance),
  }: PainterOptions) {
    this.#device = device
    this.#draw = draw
    this.#now = now
    this.#links = links
  }

  /** There is something new to be seen. `hurry`: by who pressed a key. */
  request(hurry = true): void {
    this.#wanted = true
    if (hurry && !this.#hurried) {
      this.#hurried = true
      clearTimeout(this.#timer)
      this.#timer = undefined
    }
    this.#pump()
  }

  /** A sequence that is no part of a frame, before the next one. */
  aside(sequence: string): void {
    if (this.#asides.length < MAX_ASIDES) this.#asides.push(sequence)
    this.#pump()
  }

  /** Nothing is known of the screen any more. */
  forget(): void {
    this.#shown = undefined
    this.#cursorKnown = false
  }

  pause(): void {
    this.#paused = true
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  resume(): void {
    this.#paused = false
    this.forget()
    this.request()
  }

  /** Resolves when the terminal has taken all that was written. */
  idle(): Promise<void> {
    if (!this.#writing) return Promise.resolve()
    return new Promise((done) => this.#idle.push(done))
  }

  #pump(): void {
    if (this.#paused || this.#writing || this.#timer !== undefined) return
    if (this.#asides.length > 0) {
      this.#write(this.#asides.splice(0).join(''))
      return
    }
    if (!this.#wanted) return
    const rest = this.#hurried ? 0 : Math.min(REST_TIMES * this.#cost, MOST_REST_MS)
    const wait = this.#last + Math.max(FRAME_MS, rest) - this.#now()
    if (wait <= 0) this.#paint()
    else {
      this.#timer = setTimeout(() => {
        this.#timer = undefined
        this.#pump()
      }, wait)
    }
  }

  #paint(): void {
    this.#wanted = false
    this.#hurried = false
    this.#last = this.#now()
    const frame = this.#draw()
    if (frame === undefined) return
    const changes = difference(this.#shown, frame, this.#links)
    const text = this.#framed(changes, cursorOf(frame))
    this.#shown = frame
    this.#cost = this.#now() - this.#last
    if (text === '') return
    this.painted += Buffer.byteLength(text)
    this.#write(text)
  }

  /** Drawing moves the cursor: it is put where it belongs, and not seen on its way. */
  #framed(changes: string, cursor: Place | undefined): string {
    const isSame =
      this.#cursorKnown &&
      cursor?.row === this.#cursor?.row &&
      cursor?.column === this.#cursor?.column
    if (changes === '' && isSame) return ''
    const wasShown = this.#cursorKnown && this.#cursor !== undefined
    const hidden = !this.#cursorKnown || (wasShown && (cursor === undefined || !this.synchronised))
    const place = cursor === undefined ? '' : `\x1b[${cursor.row + 1};${cursor.column + 1}H`
    const show = cursor !== undefined && (hidden || !wasShown) ? SHOW_CURSOR : ''
    this.#cursor = cursor
    this.#cursorKnown = true
    const body = `${hidden ? HIDE_CURSOR : ''}${changes}${place}${show}`
    return this.synchronised ? `${BEGIN_UPDATE}${body}${END_UPDATE}` : body
  }

  #write(text: string): void {
    this.#writing = true
    this.#device.write(text, () => {
      this.#writing = false
      for (const done of this.#idle.splice(0)) done()
      this.#pump()
    })
  }
}
