// The law of what leaves this program.
//
// stdout  results only: text for people, or with --json one object a line, and nothing else.
// stderr  notes, progress and errors; with --json these are objects, one a line, as well.
// exit    see exit-codes.ts; a failure is told once, on stderr, and never with a stack trace.
//
// Nothing else in the program writes to a terminal. Text is taken only as SafeText; what goes
// out as JSON is escaped. A reader that went away (EPIPE) ends the program quietly; a disk that does
// not take the results ends it as a failure. Whoever ends the program awaits `flush` first, so that
// the last line is not lost in a pipe.

import { type ClientError, type ErrorJson, FAILURES } from '../client/api.ts'
import { jsonLine } from '../protocol/json-line.ts'
import { type SafeText, safe, safeName, safeText } from '../protocol/safe-text.ts'
import { type Style, styleOf } from './style.ts'
import type { TerminalOutput } from './world.ts'

interface OutputOptions {
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly colour: boolean | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface Output {
  readonly json: boolean
  readonly verbose: boolean
  /** stdout is a terminal, and text goes to it. */
  readonly terminal: boolean
  readonly columns: number
  /** Of stdout. */
  readonly style: Style
  /** Aborted when the reader of stdout is gone. */
  readonly gone: AbortSignal
  /** Why stdout took no more, where that is a failure: a full disk. */
  readonly fault: Error | undefined
  /** A result in both forms. */
  result(value: object, text: SafeText | readonly SafeText[]): void
  /** Something was done and there is nothing more to say of it. */
  done(command: string, text: SafeText): void
  /** A result that has one form only: help, a completion script, a QR code. */
  text(line: SafeText): void
  /** For people, on stderr; not with -q. */
  note(text: SafeText): void
  /** With -v. */
  detail(text: SafeText): void
  /** A line that a program of the user's complained with, on stderr; also with -q. */
  relay(line: string): void
  /** A question on stderr, without a line's end. */
  ask(question: SafeText): void
  event(value: object, text: SafeText): void
  failure(error: ClientError, about?: Readonly<Record<string, string>>): void
  flush(): Promise<void>
}

interface Streams {
  readonly stdout: TerminalOutput
  readonly stderr: TerminalOutput
}

const DEFAULT_COLUMNS = 80

export function openOutput(streams: Streams, options: OutputOptions): Output {
  const { json } = options
  const gone = new AbortController()
  let fault: Error | undefined
  const stdout = writer(streams.stdout, (error) => {
    if (!isGone(error)) fault = error
    gone.abort()
  })
  // Nobody to tell that nobody listens.
  const stderr = writer(streams.stderr, () => {})
  const complaint = styleOf(streams.stderr, options)
  const say = (line: string): void => stderr.write(`${line}\n`)

  return {
    json,
    verbose: options.verbose,
    terminal: !json && streams.stdout.isTTY === true,
    columns: streams.stdout.columns ?? DEFAULT_COLUMNS,
    style: styleOf(streams.stdout, options),
    gone: gone.signal,
    get fault() {
      return fault
    },
    result(value, text) {
      if (json) stdout.write(`${jsonLine(value)}\n`)
      else for (const line of typeof text === 'string' ? [text] : text) stdout.write(`${line}\n`)
    },
    done(command, text) {
      if (json) stdout.write(`${jsonLine({ v: 1, type: 'done', command })}\n`)
      else if (!options.quiet) say(text)
    },
    text: (line) => stdout.write(`${line}\n`),
    note(text) {
      if (options.quiet) return
      say(json ? jsonLine({ v: 1, type: 'note', message: text }) : text)
    },
    detail(text) {
      if (!options.verbose) return
      say(json ? jsonLine({ v: 1, type: 'note', message: text }) : complaint.dim(text))
    },
    relay(line) {
      say(json ? jsonLine({ v: 1, type: 'note', message: line }) : safeText(line))
    },
    ask: (question) => stderr.write(question),
    event(value, text) {
      if (!options.quiet) say(json ? jsonLine(value) : text)
    },
    failure(error, about = {}) {
      if (json) say(jsonLine({ ...failureJson(error), ...about }))
      else for (const line of failureText(error, about, complaint)) say(line)
    },
    flush: async () => {
      await Promise.all([stdout.flush(), stderr.flush()])
    },
  }
}

/** The terminal went away under a screen: 128 and the signal's number, as a shell has it. */
export const HUNG_UP = 129

export const exitCodeOf = (error: ClientError): number => FAILURES[error.code]

function failureJson(error: ClientError): ErrorJson & { readonly candidates?: readonly string[] } {
  return {
    v: 1,
    type: 'error',
    code: error.code,
    message: error.message,
    hint: error.hint ?? null,
    retry_after: error.retryAfter === undefined ? null : new Date(error.retryAfter).toISOString(),
    ...(error.candidates.length === 0 ? {} : { candidates: error.candidates }),
  }
}

function failureText(
  error: ClientError,
  about: Readonly<Record<string, string>>,
  style: Style,
): readonly SafeText[] {
  const whom = about.to === undefined ? safe`` : safe`${safeName(about.to)}: `
  const lines = [safe`${style.bad(safe`sotto:`)} ${whom}${safeText(error.message)}`]
  for (const candidate of error.candidates) lines.push(safe`  ${safeName(candidate)}`)
  if (error.retryAfter !== undefined) {
    lines.push(safe`  again from: ${safeText(new Date(error.retryAfter).toISOString())}`)
  }
  if (error.hint !== undefined) lines.push(safe`  hint: ${safeText(error.hint)}`)
  return lines
}

interface Writer {
  write(text: string): void
  flush(): Promise<void>
}

const isGone = (error: Error): boolean =>
  'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED')

function writer(stream: TerminalOutput, onGone: (error: Error) => void): Writer {
  let pending = Promise.resolve()
  let dead = false
  const die = (error: Error): void => {
    dead = true
    onGone(error)
  }
  // Without a listener the error of a closed pipe would end the process with a stack trace.
  stream.on('error', die)
  return {
    write(text) {
      if (dead) return
      // The error of a write comes here before the stream says that it failed.
      const written = new Promise<void>((done) => {
        stream.write(text, (error) => {
          if (error && !dead) die(error)
          done()
        })
      })
      pending = pending.then(() => written)
    },
    flush: () => pending,
  }
}
