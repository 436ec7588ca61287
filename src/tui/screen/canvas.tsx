// Ink without a terminal: elements in, frames out. It draws when it is told to, and when a view's own
// state has changed it says that there is something to draw.

import { EventEmitter } from 'node:events'
import { Box, type Instance, render } from 'ink'
import type { ReactNode } from 'react'
import {
  Compositor,
  type Frame,
  type FrameBook,
  frameBook,
  type PlacedRow,
  type Size,
} from '../paint/frame.ts'
import { BookContext } from './rows.tsx'

interface CanvasOptions {
  readonly size: Size
  /** A view has changed by itself. */
  readonly onChange: () => void
  /** A view threw. */
  readonly onError: (error: Error) => void
}

export class Canvas {
  readonly #book: FrameBook = frameBook()
  readonly #compositor = new Compositor()
  readonly #output: CanvasOutput
  readonly #options: CanvasOptions
  #ink: Instance | undefined
  #drawn = ''
  #placed: readonly PlacedRow[] = []
  #drawing = false
  size: Size

  constructor(options: CanvasOptions) {
    this.#options = options
    this.size = options.size
    this.#output = new CanvasOutput(this.size.columns, (text) => this.#take(text))
  }

  frame(element: ReactNode): Frame {
    this.#output.columns = this.size.columns
    this.#drawing = true
    const tree = (
      <BookContext value={this.#book}>
        <Box width={this.size.columns} height={this.size.rows} flexDirection="column">
          {element}
        </Box>
      </BookContext>
    )
    if (this.#ink === undefined) this.#ink = this.#started(tree)
    else this.#ink.rerender(tree)
    this.#drawing = false
    return this.#compositor.frame(this.#drawn, this.#placed, this.size)
  }

  close(): void {
    this.#drawing = true
    this.#ink?.unmount()
  }

  #started(tree: ReactNode): Instance {
    const ink = render(tree, {
      stdout: this.#output as unknown as NodeJS.WriteStream,
      stderr: new CanvasOutput(0, () => {}) as unknown as NodeJS.WriteStream,
      stdin: new EventEmitter() as unknown as NodeJS.ReadStream,
      // Whole frames, at once and as they are: the painter knows better what to write.
      debug: true,
      exitOnCtrlC: false,
      patchConsole: false,
      isScreenReaderEnabled: false,
    })
    ink.waitUntilExit().catch((error: unknown) => {
      this.#options.onError(error instanceof Error ? error : new Error(String(error)))
    })
    return ink
  }

  #take(drawn: string): void {
    this.#drawn = drawn
    this.#placed = this.#book.take()
    if (!this.#drawing) this.#options.onChange()
  }
}

/** As much of a terminal as Ink looks at. */
class CanvasOutput extends EventEmitter {
  readonly isTTY = false
  readonly rows = 0
  columns: number
  readonly #take: (text: string) => void

  constructor(columns: number, take: (text: string) => void) {
    super()
    this.columns = columns
    this.#take = take
  }

  write(text: string): boolean {
    this.#take(text)
    return true
  }
}
