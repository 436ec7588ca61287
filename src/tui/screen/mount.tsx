// Ties the parts to a terminal: elements by way of Ink to the painter, bytes by way of the parser to
// one callback, and the terminal given back exactly once, however the program ends.

import type { ReactNode } from 'react'
import type { SafeText } from '../../protocol/safe-text.ts'
import type { InputEvent, Reply } from '../input/event.ts'
import { InputParser } from '../input/parser.ts'
import { BELL, clipboard, notification, notifierOf, title } from '../paint/aside.ts'
import { deviceOf, type TerminalOutput } from '../paint/device.ts'
import type { Size } from '../paint/frame.ts'
import { isSimple, keyboardOn, mouseOff, mouseOn, questions, SYNCHRONISED } from '../paint/modes.ts'
import { takesMouse } from '../paint/multiplexer.ts'
import { Painter } from '../paint/painter.ts'
import type { Env } from '../theme/depth.ts'
import { Canvas } from './canvas.tsx'
import { Possession } from './possession.ts'

export type TerminalInput = NodeJS.ReadableStream & {
  readonly isTTY?: boolean
  setRawMode?(raw: boolean): unknown
}

interface MountOptions {
  readonly stdin: TerminalInput
  readonly stdout: TerminalOutput
  readonly env: Env
  readonly mouse: boolean
  /** Keys, pastes, the mouse, focus, a new size, answers of the terminal: all of them, in order. */
  readonly onInput: (event: InputEvent) => void
  /** A signal that ends programs; `SIGHUP` as well where the terminal is gone without one. The
   *  screen is left already. */
  readonly onEnding: (signal: NodeJS.Signals) => void
  /** A view threw. The screen is left already. */
  readonly onError: (error: Error) => void
}

export interface Screen {
  readonly size: Size
  /** The newest element is drawn when the terminal can take a frame; at once, if it is idle.
   *  `hurry`: it is what somebody pressed a key for. */
  update(element: ReactNode, hurry: boolean): void
  /** Everything anew, for who finds his screen spoilt. */
  repaint(): void
  /** Ctrl+Z. Resolves after the program was continued. */
  suspend(): Promise<void>
  /** Leaves the terminal to somebody else (an editor) for as long as `run` takes. */
  away<T>(run: () => Promise<T>): Promise<T>
  setMouse(on: boolean): void
  bell(): void
  /** OSC 52. False if this terminal has none, or it is too long for it. */
  copy(text: string): boolean
  /** False if this terminal has no way to notify. */
  notify(title: SafeText, body: SafeText): boolean
  setTitle(text: SafeText): void
  /** Numbers and base64 of ours: what the terminal keeps of a picture. */
  transmit(sequence: string): void
  /** Gives the terminal back and ends the views. */
  close(): Promise<void>
}

/** After so long an ESC was the key. Over a slow line the bytes of one sequence come closer. */
const LONE_ESCAPE_MS = 40
/** A terminal that has not taken a frame by then takes none. */
const QUIET_MS = 500
const DEFAULT_SIZE: Size = { columns: 80, rows: 24 }

export function mount(element: ReactNode, options: MountOptions): Screen {
  return new MountedScreen(element, options)
}

class MountedScreen implements Screen {
  readonly #options: MountOptions
  readonly #canvas: Canvas
  readonly #painter: Painter
  readonly #possession: Possession
  readonly #parser = new InputParser()
  #element: ReactNode
  #flush: NodeJS.Timeout | undefined
  #kittyKeyboard = false
  #wantsMouse: boolean
  #takesMouse: boolean
  #answered = false
  #closed = false

  constructor(element: ReactNode, options: MountOptions) {
    this.#options = options
    this.#element = element
    this.#wantsMouse = options.mouse
    this.#takesMouse = takesMouse(options.env)
    this.#canvas = new Canvas({
      size: sizeOf(options.stdout),
      onChange: () => this.#painter.request(),
      onError: (error) => this.#failed(error),
    })
    const device = deviceOf(options.stdout)
    const links = !isSimple(options.env)
    this.#painter = new Painter({ device, draw: () => this.#draw(), links })
    this.#possession = new Possession({
      stdin: options.stdin,
      device,
      modes: { mouse: this.#listensToMouse, kittyKeyboard: false },
      quiet: () => this.#quiet(),
      onReturn: () => this.#returned(),
      onEnding: (signal) => this.#ended(signal),
    })
    this.#possession.take(questions(options.env))
    options.stdin.on('data', this.#onData)
    options.stdin.on('end', this.#onEnd)
    options.stdin.on('error', this.#onEnd)
    options.stdout.on('resize', this.#onResize)
    this.#painter.request()
  }

  get size(): Size {
    return this.#canvas.size
  }

  update(element: ReactNode, hurry: boolean): void {
    this.#element = element
    this.#painter.request(hurry)
  }

  repaint(): void {
    this.#painter.forget()
    this.#painter.request()
  }

  suspend(): Promise<void> {
    return this.#possession.stop()
  }

  async away<T>(run: () => Promise<T>): Promise<T> {
    await this.#quiet()
    this.#possession.leave()
    this.#options.stdin.pause()
    try {
      return await run()
    } finally {
      this.#options.stdin.resume()
      this.#possession.take('')
      this.#returned()
    }
  }

  setMouse(on: boolean): void {
    this.#wantsMouse = on
    this.#tellMouse()
  }

  bell(): void {
    this.#painter.aside(BELL)
  }

  copy(text: string): boolean {
    const sequence = clipboard(text, this.#options.env)
    if (sequence !== undefined) this.#painter.aside(sequence)
    return sequence !== undefined
  }

  notify(head: SafeText, body: SafeText): boolean {
    const notifier = notifierOf(this.#options.env)
    if (notifier === 'none') return false
    this.#painter.aside(notification(notifier, { title: head, body }))
    return true
  }

  setTitle(text: SafeText): void {
    if (!isSimple(this.#options.env)) this.#painter.aside(title(text))
  }

  transmit(sequence: string): void {
    this.#painter.aside(sequence)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#flush)
    const { stdin, stdout } = this.#options
    stdin.off('data', this.#onData)
    // Its error is still listened to: a terminal that goes away now must not end the close.
    stdin.off('end', this.#onEnd)
    stdin.pause()
    stdout.off('resize', this.#onResize)
    this.#canvas.close()
    await this.#quiet()
    this.#possession.release()
  }

  get #listensToMouse(): boolean {
    return this.#wantsMouse && this.#takesMouse
  }

  #tellMouse(): void {
    const mouse = this.#listensToMouse
    this.#possession.modes = { ...this.#possession.modes, mouse }
    this.#painter.aside(mouse ? mouseOn : mouseOff)
  }

  async #quiet(): Promise<void> {
    this.#painter.pause()
    const late = new Promise<void>((done) => setTimeout(done, QUIET_MS).unref())
    await Promise.race([this.#painter.idle(), late])
  }

  #draw(): ReturnType<Canvas['frame']> | undefined {
    return this.#closed ? undefined : this.#canvas.frame(this.#element)
  }

  #failed(error: Error): void {
    if (this.#closed) return
    this.#possession.release()
    void this.close()
    this.#options.onError(error)
  }

  #ended(signal: NodeJS.Signals): void {
    if (this.#closed) return
    void this.close()
    this.#options.onEnding(signal)
  }

  /** From a suspension, or from somebody else's use of the terminal. */
  #returned(): void {
    this.#canvas.size = sizeOf(this.#options.stdout)
    this.#painter.resume()
    this.#options.onInput({ kind: 'resize', ...this.#canvas.size })
  }

  readonly #onData = (chunk: Uint8Array | string): void => {
    clearTimeout(this.#flush)
    this.#given(this.#parser.feed(chunk))
    if (!this.#parser.pending || this.#closed) return
    this.#flush = setTimeout(() => this.#given(this.#parser.flush()), LONE_ESCAPE_MS)
  }

  /** No more input, or none that can be read: nobody is there. */
  readonly #onEnd = (): void => this.#ended('SIGHUP')

  readonly #onResize = (): void => {
    this.#canvas.size = sizeOf(this.#options.stdout)
    this.#painter.forget()
    this.#options.onInput({ kind: 'resize', ...this.#canvas.size })
    this.#painter.request()
  }

  #given(events: readonly InputEvent[]): void {
    for (const event of events) {
      if (this.#closed) return
      if (event.kind === 'reply') this.#learn(event.reply)
      this.#options.onInput(event)
    }
  }

  #learn(reply: Reply): void {
    if (reply.of === 'mode' && reply.mode === SYNCHRONISED) this.#painter.synchronised = reply.known
    if (reply.of === 'version' && !this.#takesMouse) {
      this.#takesMouse = takesMouse(this.#options.env, reply.name)
      if (this.#takesMouse) this.#tellMouse()
    }
    if (reply.of === 'kittyKeyboard') this.#kittyKeyboard = true
    // The last answer: what has not come by now does not come.
    if (reply.of !== 'attributes' || this.#answered) return
    this.#answered = true
    this.#possession.modes = { ...this.#possession.modes, kittyKeyboard: this.#kittyKeyboard }
    this.#painter.aside(keyboardOn(this.#kittyKeyboard))
  }
}

function sizeOf({ columns = 0, rows = 0 }: TerminalOutput): Size {
  const isKnown = columns > 0 && rows > 0
  return isKnown ? { columns, rows } : DEFAULT_SIZE
}
