// Runs a command of the user's for one event. No shell, so that nothing in a message is ever read
// by one: the command's words are split here, and the event is JSON on its stdin.

import { spawn } from 'node:child_process'
import { ClientError } from '../client/api.ts'
import { jsonLine } from './json-line.ts'
import type { World } from './world.ts'

/** Throws when the command cannot be started or fails: the event is then not acknowledged. */
export async function execFor(
  command: string,
  event: object,
  world: World,
  signal: AbortSignal,
): Promise<void> {
  const [program, ...args] = splitWords(command)
  if (program === undefined) throw new ClientError('usage', '--exec takes a command.')
  const { SOTTO_PASSPHRASE: _secret, ...env } = world.env
  await new Promise<void>((resolve, reject) => {
    // stdout is the command's answer to whom it may concern, but ours carries events only.
    const child = spawn(program, args, {
      cwd: world.cwd,
      env,
      stdio: ['pipe', 'ignore', 'inherit'],
      signal,
    })
    child.on('error', () => reject(failed('could not be started')))
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(failed(code === null ? 'was ended by a signal' : `ended with status ${code}`))
    })
    // A command that does not read its stdin is no failure.
    child.stdin.on('error', () => {})
    child.stdin.end(`${jsonLine(event)}\n`)
  })
}

const failed = (how: string): ClientError =>
  new ClientError('file', `The --exec command ${how}.`, {
    hint: 'the event was not acknowledged and comes again',
  })

/** Words as in a shell, as far as spaces and quotes go: `notify "new mail"`. */
export function splitWords(text: string): readonly string[] {
  const words: string[] = []
  for (const [, word = ''] of text.matchAll(/((?:[^\s'"]|'[^']*'|"[^"]*")+)/g)) {
    words.push(word.replace(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double))
  }
  return words
}
