// Lines over any duplex stream: bounded on the way in, never interleaved on the way out.

import type { Readable, Writable } from 'node:stream'

const NEWLINE = 0x0a
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

interface LineHandlers {
  readonly line: (text: string) => void
  /** Once: the stream ended, broke off, or said something that is not a bounded line of UTF-8. */
  readonly end: (reason: 'ended' | 'gone' | 'too_long' | 'not_text') => void
}

/** Reads until the stream ends or misbehaves. Returns how to stop listening. */
export function readLines(input: Readable, maxBytes: number, handlers: LineHandlers): () => void {
  let parts: Buffer[] = []
  let length = 0
  let done = false

  const finish = (reason: 'ended' | 'gone' | 'too_long' | 'not_text'): void => {
    if (done) return
    done = true
    parts = []
    input.off('data', onData)
    handlers.end(reason)
  }
  const take = (part: Buffer): void => {
    const whole = parts.length === 0 ? part : Buffer.concat([...parts, part])
    parts = []
    length = 0
    let text: string
    try {
      text = utf8.decode(whole)
    } catch {
      finish('not_text')
      return
    }
    if (text.trim() !== '') handlers.line(text)
  }
  const onData = (chunk: Buffer): void => {
    let start = 0
    while (!done) {
      const at = chunk.indexOf(NEWLINE, start)
      const end = at === -1 ? chunk.length : at
      if (length + end - start > maxBytes) finish('too_long')
      if (at === -1 || done) break
      take(chunk.subarray(start, at))
      start = at + 1
    }
    if (done || start === chunk.length) return
    parts.push(chunk.subarray(start))
    length += chunk.length - start
  }
  input.on('data', onData)
  input.once('end', () => finish('ended'))
  input.once('close', () => finish('gone'))
  input.once('error', () => finish('gone'))
  return () => {
    done = true
    input.off('data', onData)
  }
}

export function writeLine(output: Writable, text: string): void {
  if (!output.writable) return
  output.write(`${text}\n`)
}
