// Runs a command of the user's for one event. No shell, so that nothing in a message is ever read
// by one: the command's words are split here, and the event is JSON on its stdin.

import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { ClientError } from '../client/api.ts'
import { jsonLine } from '../protocol/json-line.ts'
import type { Context } from './context.ts'

/** What a child of its child says behind its end is not waited for. */
const LAST_WORDS_MS = 1000
/** A line without an end is shown in pieces. */
const MAX_LINE_CHARACTERS = 4096

type Surroundings = Pick<Context, 'out' | 'world' | 'signal'>

/** Throws when the command cannot be started or fails: the event is then not acknowledged. */
export async function execFor(
  command: string,
  event: object,
  { out, world, signal }: Surroundings,
): Promise<void> {
  const [program, ...args] = splitWords(command)
  if (program === undefined) throw new ClientError('usage', '--exec takes a command.')
  const { SOTTO_PASSPHRASE: _secret, ...env } = world.env
  await new Promise<void>((resolve, reject) => {
    // stdout is the command's answer to whom it may concern, but ours carries events only. What it
    // complains of may be a peer's words: they reach the terminal as everybody's do (P1).
    const child = spawn(program, args, {
      cwd: world.cwd,
      env,
      stdio: ['pipe', 'ignore', 'pipe'],
      signal,
    })
    const complaints = relayLines(child.stderr, (line) => out.relay(line))
    child.on('error', () => reject(failed('could not be started')))
    child.on('exit', async (code) => {
      await Promise.race([complaints, lastWords()])
      child.stderr.destroy()
      if (code === 0) resolve()
      else reject(failed(code === null ? 'was ended by a signal' : `ended with status ${code}`))
    })
    // A command that does not read its stdin is no failure.
    child.stdin.on('error', () => {})
    child.stdin.end(`${jsonLine(event)}\n`)
  })
}

/** Whole lines, as they come; resolves when there will be no more. */
function relayLines(stream: Readable, relay: (line: string) => void): Promise<void> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (; rest.length > MAX_LINE_CHARACTERS; rest = rest.slice(MAX_LINE_CHARACTERS)) {
      lines.push(rest.slice(0, MAX_LINE_CHARACTERS))
    }
    for (const line of lines) relay(line.replace(/\r$/, ''))
  })
  return new Promise((done) => {
    stream.once('close', () => {
      if (rest !== '') relay(rest)
      done()
    })
  })
}

const lastWords = (): Promise<void> =>
  new Promise((done) => setTimeout(done, LAST_WORDS_MS).unref())

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
