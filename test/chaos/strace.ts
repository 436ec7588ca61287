// A fault at a chosen call: strace counts a system call of a thread, and as it enters the N-th one
// kills the process, so that what came before it happened and what it would do did not; or lets
// that call fail with EIO, which did nothing then.
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
type Call = (typeof CALLS)[number] | 'pread64'

/** Calls of one kind, one after the other; `pool` is every thread, `main` the first one. */
export interface Series {
  readonly call: Call
  readonly thread: 'main' | 'every'
}

export interface Point extends Series {
  readonly when: number
  /** `failing`: this call alone; `failed`: this one and all after it. */
  readonly fault: 'kill' | 'failing' | 'failed'
  /** Only calls about these files are counted. */
  readonly files?: readonly string[]
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

/** What a database does with its files. */
export const DISK: readonly Series[] = (['fsync', 'fdatasync', 'pwrite64', 'pread64'] as const).map(
  (call) => ({ call, thread: 'every' }),
)

/** Why strace cannot be used here; nothing if it can. */
export function straceMissing(): string | undefined {
  const { error, status, stderr } = spawnSync('strace', ['-o', '/dev/null', 'true'], {
    encoding: 'utf8',
  })
  if (error !== undefined) return 'there is no strace (apt install strace)'
  return status === 0 ? undefined : `strace may not trace here: ${stderr.trim()}`
}

const FAULTS = { kill: 'signal=KILL', failing: 'error=EIO', failed: 'error=EIO' } as const

function options({ call, when, thread, fault, files }: Point, output: string): readonly string[] {
  const at = `when=${when}${fault === 'failed' ? '+' : ''}`
  return [
    ...(thread === 'every' ? ['-f'] : []),
    ...(files ?? []).flatMap((file) => ['-P', file]),
    ...['-y', '-o', output, '-e', `trace=${call}`, '-e', `inject=${call}:${FAULTS[fault]}:${at}`],
  ]
}

/** Whether it came to the call that was to fail. */
export const didFail = (output: string): boolean =>
  existsSync(output) && readFileSync(output, 'utf8').includes('(INJECTED)')

/** What stands before a command so that its fault comes at `point`. */
export const faultyAt = (point: Point, output: string): readonly string[] => [
  'strace',
  ...options(point, output),
]

/** Resolves when `pid` is watched and has its fault at `point`; the result ends that. */
export async function faultAt(
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

/** The file that the call with the fault was about: `profile.db-wal`, `socket`. */
export function lastTarget(output: string): string {
  if (!existsSync(output)) return 'nothing'
  const calls = readFileSync(output, 'utf8').match(/\w+\(\d+<[^>]*>.*/g) ?? []
  const last = calls.find((call) => call.includes('(INJECTED)')) ?? calls.at(-1) ?? ''
  const target = /<([^>]*)>/.exec(last)?.[1] ?? 'nothing'
  if (/^(pipe|anon_inode)/.test(target)) return 'wake-up'
  if (/^(socket|UNIX|TCP)/.test(target)) return 'socket'
  return basename(target).replace(/[0-9a-f]{12}\.new$/, 'new')
}
