// The log: pino, one JSON object a line, on stderr. What may stand in it is an allow-list by type:
// numbers, truth values, and texts under keys that cannot hold a name, an id, an address or a key
// (threats L6, M5). Whatever else is handed in comes out as `[hidden]`.

import { pino } from 'pino'
import type { Logger } from './logger.ts'
import type { LogLevel } from './options.ts'

/** Texts of ours: places that we listen on, codes, versions. */
const OPEN_TEXTS = new Set(['url', 'adminUrl', 'code', 'version', 'registration', 'reason'])
const HIDDEN = '[hidden]'
const STDERR = 2
/** A stack names our own files and functions; its first line is the message, and stays out. */
const STACK_LINES = 12

interface LogTarget {
  write(line: string): void
}

export function createLogger(level: LogLevel, target?: LogTarget): Logger {
  const options = {
    level,
    // Process id and host name say nothing that the service manager does not.
    base: null,
    formatters: { log: redacted, level: (label: string) => ({ level: label }) },
  }
  return pino(options, target ?? pino.destination({ dest: STDERR, sync: true }))
}

/** Exported for its test. */
export function redacted(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, shown(key, value)]))
}

function shown(key: string, value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value
  if (value instanceof Error) return errorShown(value)
  if (typeof value === 'string' && OPEN_TEXTS.has(key)) return value
  return HIDDEN
}

/** Messages of errors quote what was handed in; kinds, codes and places do not. */
function errorShown(error: Error): object {
  const code = (error as NodeJS.ErrnoException).code
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return {
    name: error.name,
    ...(typeof code === 'string' && { code }),
    at: frames.slice(0, STACK_LINES).map((line) => line.trim()),
  }
}
