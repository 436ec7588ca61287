// Questions on the terminal. Asked on stderr, so that stdout stays a result.

import { createInterface } from 'node:readline/promises'
import { ClientError } from '../client/api.ts'
import type { SafeText } from '../protocol/safe-text.ts'
import type { Output } from './output.ts'
import type { World } from './world.ts'

const ENTER = /[\r\n]/
const INTERRUPT = '\x03'
const END = '\x04'
const ERASE = new Set(['\x7f', '\b'])
const ERASE_LINE = '\x15'

/** Without echo. Throws when the question is left by Ctrl+C or Ctrl+D. */
export async function askSecret(out: Output, world: World, question: SafeText): Promise<string> {
  const { stdin } = world
  out.ask(question)
  stdin.setRawMode?.(true)
  try {
    return await secretFrom(world)
  } finally {
    stdin.setRawMode?.(false)
    stdin.pause()
    out.ask('\n' as SafeText)
  }
}

async function secretFrom({ stdin }: World): Promise<string> {
  return new Promise((resolve, reject) => {
    const typed: string[] = []
    const end = (finish: () => void): void => {
      stdin.off('data', read)
      finish()
    }
    const read = (chunk: Buffer | string): void => {
      for (const key of chunk.toString()) {
        if (ENTER.test(key)) {
          end(() => resolve(typed.join('')))
          return
        }
        if (key === INTERRUPT || (key === END && typed.length === 0)) {
          end(() => reject(new ClientError('passphrase_needed', 'No passphrase was given.')))
          return
        }
        if (ERASE.has(key)) typed.pop()
        else if (key === ERASE_LINE) typed.length = 0
        else typed.push(key)
      }
    }
    stdin.on('data', read)
    stdin.resume()
  })
}

/** A line typed by somebody who was asked for it; undefined where nobody sits there. */
export async function askLine(
  out: Output,
  { stdin, stderr }: World,
  question: SafeText,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (stdin.isTTY !== true || stderr.isTTY !== true) return undefined
  out.ask(question)
  const lines = createInterface({ input: stdin })
  try {
    return await lines.question('', { signal })
  } finally {
    lines.close()
  }
}
