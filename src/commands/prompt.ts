// Questions on the terminal. Asked on stderr, so that stdout stays a result.

import { createInterface } from 'node:readline/promises'
import { StringDecoder } from 'node:string_decoder'
import { ClientError } from '../client/api.ts'
import type { SafeText } from '../protocol/safe-text.ts'
import type { Output } from './output.ts'
import type { World } from './world.ts'

const ENTER = /[\r\n]/
const INTERRUPT = '\x03'
const END = '\x04'
const ERASE = new Set(['\x7f', '\b'])
const ERASE_LINE = '\x15'

type AskSecret = (question: SafeText) => Promise<string>

/** Nothing typed until `dialogue` is over is shown, not even ahead of a question. */
export async function withoutEcho<T>(
  out: Output,
  { stdin }: World,
  signal: AbortSignal,
  dialogue: (ask: AskSecret) => Promise<T>,
): Promise<T> {
  const keys = openKeys(stdin, signal)
  // Before the first question: who sees it may type.
  stdin.setRawMode?.(true)
  try {
    return await dialogue(async (question) => {
      out.ask(question)
      try {
        return await lineFrom(keys)
      } finally {
        out.ask('\n' as SafeText)
      }
    })
  } finally {
    stdin.setRawMode?.(false)
    keys.close()
  }
}

interface Keys {
  /** The next one typed. Rejects when the program is told to stop. */
  next(): Promise<string>
  close(): void
}

function openKeys(stdin: World['stdin'], signal: AbortSignal): Keys {
  const typed: string[] = []
  // A letter may come in two chunks.
  const decoder = new StringDecoder('utf8')
  let deliver = (): void => {}
  const read = (chunk: Buffer | string): void => {
    typed.push(...(typeof chunk === 'string' ? chunk : decoder.write(chunk)))
    deliver()
  }
  stdin.on('data', read)
  stdin.resume()
  return {
    next: () =>
      new Promise((resolve, reject) => {
        const stop = (): void => reject(notGiven())
        signal.addEventListener('abort', stop, { once: true })
        deliver = () => {
          const key = typed.shift()
          if (key === undefined) return
          deliver = () => {}
          signal.removeEventListener('abort', stop)
          resolve(key)
        }
        deliver()
      }),
    close() {
      stdin.off('data', read)
      stdin.pause()
    },
  }
}

async function lineFrom(keys: Keys): Promise<string> {
  const line: string[] = []
  for (;;) {
    const key = await keys.next()
    if (ENTER.test(key)) return line.join('')
    if (key === INTERRUPT || (key === END && line.length === 0)) throw notGiven()
    if (ERASE.has(key)) line.pop()
    else if (key === ERASE_LINE) line.length = 0
    else line.push(key)
  }
}

const notGiven = (): ClientError => new ClientError('passphrase_needed', 'No passphrase was given.')

/** A line typed by somebody who was asked for it; undefined where nobody sits there, and with
 *  --json, where stderr has lines of JSON and no questions. */
export async function askLine(
  out: Output,
  { stdin, stderr }: World,
  question: SafeText,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (out.json || stdin.isTTY !== true || stderr.isTTY !== true) return undefined
  out.ask(question)
  const lines = createInterface({ input: stdin })
  try {
    return await lines.question('', { signal })
  } finally {
    lines.close()
  }
}
