// The daemon outlives its terminal. It says `ready` on a pipe when it holds the profile; until
// then its errors are ours to tell.

import { spawn } from 'node:child_process'
import { ClientError } from '../../client/api.ts'
import { errorFromJson } from '../../client/errors.ts'
import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { statusLine, statusOf } from './status-line.ts'

export async function run(context: Context, _input: Input): Promise<undefined> {
  const { out, globals } = context
  const running = await statusOf(globals)
  if (running?.daemon !== true) await started(context)
  const status = await statusOf(globals)
  if (status === undefined) throw new ClientError('bug', 'The daemon ended at once.')
  out.result({ v: 1, type: 'status', ...status }, statusLine(status))
}

/** Resolves when the daemon says that it is ready; rejects with what it said instead. */
async function started({ globals, world }: Context): Promise<void> {
  const [program = process.execPath, ...args] = world.self
  const child = spawn(program, [...args, 'daemon', 'run', '--json', ...optionsOf(globals)], {
    cwd: '/',
    env: world.env as NodeJS.ProcessEnv,
    detached: true,
    // A passphrase may be asked for or come by descriptor: the daemon reads it from here too.
    stdio: ['inherit', 'ignore', 'pipe'],
  })
  const { stderr } = child
  try {
    await new Promise<void>((ready, reject) => {
      let said = ''
      child.on('error', reject)
      child.on('exit', () => reject(lastError(said)))
      stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString('utf8')
        if (said.includes('"message":"ready')) ready()
      })
    })
  } finally {
    stderr.destroy()
    child.unref()
  }
}

function optionsOf(globals: Context['globals']): readonly string[] {
  const { home, profile, keychain, passphraseFile } = globals
  return [
    '--profile',
    profile,
    ...(home === undefined ? [] : ['--home', home]),
    ...(keychain === undefined ? [] : ['--keychain', keychain]),
    ...(passphraseFile === undefined ? [] : ['--passphrase-file', passphraseFile]),
  ]
}

function lastError(said: string): ClientError {
  const line = said.trimEnd().split('\n').at(-1) ?? ''
  try {
    return errorFromJson(JSON.parse(line))
  } catch {
    return new ClientError('bug', 'The daemon ended before it was ready.')
  }
}
