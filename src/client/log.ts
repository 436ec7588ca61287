// A small log in the profile for what nobody expected. Fields are numbers, booleans and words of
// our own; there is no place in it for a text, a name or a key (L6).

import { appendFileSync, chmodSync, renameSync, statSync } from 'node:fs'
import { jsonLine } from '../protocol/json-line.ts'

type LogEvent =
  | { readonly what: 'bug'; readonly where: string; readonly error: string; readonly at: string }
  | { readonly what: 'connection'; readonly state: string; readonly detail: string }
  | { readonly what: 'opened' | 'closed'; readonly generation: number }
  | { readonly what: 'transfer'; readonly state: string; readonly bytes: number }

export interface Log {
  write(event: LogEvent): void
}

/** Two files of this size: weeks of a quiet client, and never a full disk. */
const MAX_LOG_BYTES = 512 * 1024
const PRIVATE_FILE = 0o600

export function openLog(path: string): Log {
  let size = sizeOf(path)
  return {
    write(event) {
      const line = `${jsonLine({ time: new Date().toISOString(), pid: process.pid, ...event })}\n`
      try {
        if (size + line.length > MAX_LOG_BYTES) {
          renameSync(path, `${path}.1`)
          size = 0
        }
        appendFileSync(path, line, { mode: PRIVATE_FILE })
        if (size === 0) chmodSync(path, PRIVATE_FILE)
        size += line.length
      } catch {
        // A full disk must not stop the message that it is about.
      }
    },
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size
  } catch {
    return 0
  }
}

/** Class, code and our own frames. An error's message may quote what it failed on, so it stays out. */
export function bugEvent(where: string, error: unknown): LogEvent {
  const name = error instanceof Error ? error.name : typeof error
  const code = error instanceof Error && 'code' in error ? ` ${String(error.code)}` : ''
  return { what: 'bug', where, error: `${name}${code}`, at: framesOf(error) }
}

const MAX_FRAMES = 8

function framesOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const { message, stack = '' } = error
  // A message of several lines could pass for frames.
  const behind = message === '' ? 0 : Math.max(0, stack.indexOf(message)) + message.length
  return stack
    .slice(behind)
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, MAX_FRAMES)
    .map((line) => line.trim().replace(/\(?(file:\/\/)?\/.*\//, '('))
    .join(' < ')
}
