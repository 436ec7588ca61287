// The second and last place from which something is written to the terminal (the other is the
// commands' output.ts): the whole screen is one writer's, so that nothing can come between.

import { write, writeSync } from 'node:fs'
import type { Writable } from 'node:stream'

/** As much of a stream to a terminal as is used. */
export type TerminalOutput = Writable & {
  readonly isTTY?: boolean
  readonly fd?: number
  readonly columns?: number
  readonly rows?: number
}

export interface Device {
  /** `done` when it can take more. Not before then is it called again. */
  write(text: string, done: () => void): void
  /** At once, whatever else is under way: for giving the terminal back. */
  writeNow(text: string): void
}

const BUSY_WAIT_MS = 5
/** A terminal that takes nothing for so long is not there any more. */
const BUSY_TRIES = 40

/** Of a terminal the descriptor is written to, not the stream: Node's stream would hold up the whole
 *  process for as long as a slow line takes. */
export const deviceOf = (stream: TerminalOutput): Device =>
  stream.isTTY === true && stream.fd !== undefined ? descriptor(stream.fd) : streamed(stream)

function descriptor(fd: number): Device {
  let writing = false
  const send = (bytes: Buffer, done: () => void): void => {
    write(fd, bytes, 0, bytes.length, null, (error, written) => {
      if (error?.code === 'EAGAIN') {
        setTimeout(() => send(bytes, done), BUSY_WAIT_MS)
      } else if (error === null && written < bytes.length) {
        send(bytes.subarray(written), done)
      } else {
        // A terminal that is gone ends the program by its signal or its input, not here.
        writing = false
        done()
      }
    })
  }
  return {
    write(text, done) {
      writing = true
      send(Buffer.from(text), done)
    },
    writeNow(text) {
      // What is under way is with another thread, a few microseconds from the terminal.
      if (writing) pause()
      writeWhole(fd, Buffer.from(text))
    },
  }
}

function writeWhole(fd: number, bytes: Buffer): void {
  let rest = bytes
  for (let tries = 0; rest.length > 0 && tries < BUSY_TRIES; tries++) {
    try {
      rest = rest.subarray(writeSync(fd, rest))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return
      pause()
    }
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_WAIT_MS)
}

function streamed(stream: TerminalOutput): Device {
  return {
    write: (text, done) => void stream.write(text, () => done()),
    writeNow: (text) => void stream.write(text),
  }
}
