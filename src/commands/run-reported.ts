// Runs somebody's command and reports how it went. No shell: the words are its arguments as they
// stand. What it prints is kept for the report, the end of it only.

import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { ClientError } from '../client/api.ts'
import { formatDuration } from '../client/duration.ts'
import type { World } from './world.ts'

interface Report {
  /** As a shell would have it: 128 and the signal's number, 127 for what is not there. */
  readonly status: number
  readonly text: string
}

/** The end of a build log says why it failed; the beginning says what it always says. */
const TAIL_BYTES = 4000
const TAIL_LINES = 20
const NOT_FOUND = 127
const NOT_EXECUTABLE = 126
const SIGNALLED = 128

export async function runReported(
  command: readonly string[],
  world: World,
  signal: AbortSignal,
): Promise<Report> {
  const begun = world.now()
  const [program = '', ...args] = command
  let tail = Buffer.alloc(0)
  const keep = (chunk: Buffer): void => {
    tail = Buffer.concat([tail, chunk])
    if (tail.length > 2 * TAIL_BYTES) tail = tail.subarray(-TAIL_BYTES)
  }
  const status = await new Promise<number>((resolve, reject) => {
    // Without our secrets: the command has no business with the profile's passphrase.
    const { SOTTO_PASSPHRASE: _secret, ...env } = world.env
    const child = spawn(program, args, { cwd: world.cwd, env, stdio: ['inherit', 'pipe', 'pipe'] })
    const stop = (): void => void child.kill()
    signal.addEventListener('abort', stop, { once: true })
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve(NOT_FOUND)
      else if (error.code === 'EACCES') resolve(NOT_EXECUTABLE)
      else reject(new ClientError('file', 'The command could not be started.'))
    })
    child.on('close', (code, name) => {
      signal.removeEventListener('abort', stop)
      resolve(code ?? SIGNALLED + (name === null ? 0 : constants.signals[name]))
    })
  })
  return { status, text: reportOf(command, status, world.now() - begun, tail) }
}

function reportOf(command: readonly string[], status: number, took: number, tail: Buffer): string {
  const seconds = formatDuration(Math.max(1000, Math.round(took / 1000) * 1000))
  const how = status === 0 ? '✓ done' : `✗ failed (${status})`
  const lines = tail.toString('utf8').trimEnd().split('\n').slice(-TAIL_LINES)
  // A cut in the middle of a character leaves half of it, which no message may hold.
  const output = lines.join('\n').slice(-TAIL_BYTES).toWellFormed()
  const head = `${how} in ${seconds}: ${command.join(' ')}`
  return output === '' ? head : `${head}\n\n${output}`
}
