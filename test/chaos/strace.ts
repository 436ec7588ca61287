// SIGKILL at a chosen call: strace counts a system call of a thread and kills the process as it
// enters the N-th one, so that what came before it happened and what it would do did not.
//
// strace counts each thread by itself. Without -f it sees the main thread only, whose calls come in
// the same order in each run. Files that are written by promise are the pool's: it has one thread
// (world.ts), and each of its steps ends in a `write` that wakes the main thread, so that its
// writes alone lie before and behind all that it does.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { createInterface } from 'node:readline'
import { ended } from '../helpers/program.ts'

const CALLS = ['write', 'pwrite64', 'fsync', 'fdatasync'] as const
type Call = (typeof CALLS)[number]

/** Calls of one kind, one after the other; `pool` is every thread, `main` the first one. */
export interface Series {
  readonly call: Call
  readonly thread: 'main' | 'every'
}

export interface Point extends Series {
  readonly when: number
}

export const MAIN: readonly Series[] = CALLS.map((call) => ({ call, thread: 'main' }))
export const POOL: Series = { call: 'write', thread: 'every' }
/** Of a process that is running: what its storage thread does, and its main thread's answers. */
export const RUNNING: readonly Series[] = [
  { call: 'write', thread: 'main' },
  { call: 'pwrite64', thread: 'every' },
  { call: 'fsync', thread: 'every' },
  { call: 'fdatasync', thread: 'every' },
]

/** Why strace cannot be used here; nothing if it can. */
export function straceMissing(): string | undefined {
  const { error, status, stderr } = spawnSync('strace', ['-o', '/dev/null', 'true'], {
    encoding: 'utf8',
  })
  if (error !== undefined) return 'there is no strace (apt install strace)'
  return status === 0 ? undefined : `strace may not trace here: ${stderr.trim()}`
}

const options = ({ call, when, thread }: Point, output: string): readonly string[] => [
  ...(thread === 'every' ? ['-f'] : []),
  ...['-y', '-o', output, '-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${when}`],
]

/** What stands before a command so that it dies at `point`. */
export const dyingAt = (point: Point, output: string): readonly string[] => [
  'strace',
  ...options(point, output),
]

/** Resolves when `pid` is watched and will die at `point`; the result ends that. */
export async function dieAt(
  pid: number,
  point: Point,
  output: string,
): Promise<() => Promise<void>> {
  const args = [...options(point, output), '-p', String(pid)]
  const strace: ChildProcess = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const { stderr } = strace
  if (stderr === null) throw new Error('strace has no output')
  await new Promise<void>((done, fail) => {
    createInterface({ input: stderr }).on('line', (line) => {
      if (line.includes('attached')) done()
    })
    strace.once('exit', (code) => fail(new Error(`strace ended with ${code}`)))
  })
  return async () => {
    strace.kill('SIGINT')
    await ended(strace)
  }
}

/** The file that the last call was about: `profile.db-wal`, `socket`. */
export function lastTarget(output: string): string {
  if (!existsSync(output)) return 'nothing'
  const calls = readFileSync(output, 'utf8').match(/\w+\(\d+<[^>]*>/g) ?? []
  const target = /<([^>]*)>/.exec(calls.at(-1) ?? '')?.[1] ?? 'nothing'
  if (/^(pipe|anon_inode)/.test(target)) return 'wake-up'
  if (/^(socket|UNIX|TCP)/.test(target)) return 'socket'
  return basename(target).replace(/[0-9a-f]{12}\.new$/, 'new')
}
