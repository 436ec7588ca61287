// A world of real processes for the chaos programs: a server and accounts, each on a machine of its
// own, each of which may be killed at any moment and is started again. Everything goes through the
// program that users run.

import { type ChildProcess, type ExecFileException, execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../helpers/program.ts'
import { type Account, superviseAccount } from './account.ts'
import type { TestProgram } from './build.ts'
import { type Reader, readFrom } from './reader.ts'
import { Lives, type Supervised } from './supervised.ts'

export const PASSPHRASE = 'chaos and order'

/** What a process runs on: where it has its files, and what happens to them when it falls. */
export interface Machine {
  readonly env: Readonly<Record<string, string>>
  fallen(): void
}

export interface WorldOptions {
  readonly program: TestProgram
  /** For a machine whose disk is not the one that we have. */
  readonly machine?: (folder: string) => Machine
  readonly registration?: 'open' | 'invite'
}

export interface World {
  /** Each machine's folder is in it, by the account's name or as `server`. */
  readonly folder: string
  /** Where the test build notes what was sealed. */
  readonly seals: string
  readonly url: string
  readonly server: Supervised
  /** Its machines are not the one that we have. */
  readonly forgets: boolean
  /** A command that must succeed; resolves with what it prints. */
  run(account: string, args: readonly string[]): Promise<string>
  /** A command on a machine, with what stands before it (`strace`) and how it ended. */
  attempt(account: string, args: readonly string[], before?: readonly string[]): Promise<Attempt>
  account(name: string): Account
  close(): Promise<void>
}

export interface Attempt {
  readonly code: number | undefined
  readonly signal: string | undefined
  readonly stdout: string
  readonly stderr: string
}

export async function makeWorld(options: WorldOptions): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-chaos-'))
  const seals = join(folder, 'seals')
  mkdirSync(seals)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const machines = new Map<string, Machine>()
  const machineOf = (name: string): Machine => {
    const known = machines.get(name)
    if (known !== undefined) return known
    const home = join(folder, name)
    mkdirSync(home)
    const made = options.machine?.(home) ?? { env: {}, fallen: () => undefined }
    machines.set(name, made)
    return made
  }
  const environment = (name: string): NodeJS.ProcessEnv => ({
    PATH: process.env.PATH,
    HOME: folder,
    SOTTO_HOME: join(folder, name),
    SOTTO_PASSPHRASE: PASSPHRASE,
    SOTTO_KEYCHAIN: 'file',
    SOTTO_CHAOS_SEALS: seals,
    // One thread for files: strace then sees the same order of calls in each run.
    UV_THREADPOOL_SIZE: '1',
    ...machineOf(name).env,
  })
  const start = (name: string, args: readonly string[]): ChildProcess =>
    spawn(process.execPath, [options.program.path, ...args], { env: environment(name) })
  const accounts: Account[] = []
  const server = startServer(
    { ...options, folder, port },
    (args) => start('server', args),
    () => machineOf('server').fallen(),
  )
  await server.ready()
  const attempt = (
    account: string,
    args: readonly string[],
    before: readonly string[] = [],
  ): Promise<Attempt> => {
    const own = [process.execPath, options.program.path, '--profile', account, ...args]
    const [program = '', ...rest] = [...before, ...own]
    return new Promise((done) => {
      const options = { env: environment(account), ...BOUND }
      execFile(program, rest, options, (error, stdout, stderr) => {
        done({ ...endOf(error), stdout, stderr })
      })
    })
  }
  return {
    folder,
    seals,
    url,
    server,
    forgets: options.machine !== undefined,
    attempt,
    async run(account, args) {
      const { code, stdout, stderr } = await attempt(account, args)
      if (code !== 0) throw new Error(`${account}: ${args.join(' ')} ended with ${code}\n${stderr}`)
      return stdout
    },
    account(name) {
      const account = superviseAccount(name, {
        start: () => start(name, ['--profile', name, 'rpc']),
        fallen: () => machineOf(name).fallen(),
      })
      accounts.push(account)
      return account
    },
    async close() {
      for (const process of [...accounts, server]) await process.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A command that takes longer than this hangs; a history of ten thousand is a few megabytes. */
const BOUND = { timeout: 120_000, killSignal: 'SIGKILL', maxBuffer: 64 * 2 ** 20 } as const

function endOf(error: ExecFileException | null): Pick<Attempt, 'code' | 'signal'> {
  if (error === null) return { code: 0, signal: undefined }
  return {
    code: typeof error.code === 'number' ? error.code : undefined,
    signal: error.signal ?? undefined,
  }
}

function startServer(
  { folder, port, registration = 'open' }: WorldOptions & { folder: string; port: number },
  start: (args: readonly string[]) => ChildProcess,
  fallen: () => void,
): Supervised {
  const listen = `127.0.0.1:${port}`
  const data = join(folder, 'server', 'data')
  const lives: Lives = new Lives({
    start: () =>
      start([
        ...['server', 'run', '--json', '--listen', listen, '--data', data],
        ...['--registration', registration],
      ]),
    fallen,
    line(line) {
      if (line.includes(listen)) lives.markReady()
    },
  })
  return lives
}

export const NAMES = ['alice', 'bob'] as const
export type Name = (typeof NAMES)[number]

export const peerOf = (name: Name): Name => (name === 'alice' ? 'bob' : 'alice')

export interface Person {
  readonly account: Account
  /** What comes to this person. */
  readonly reader: Reader
}

export type Friends = Readonly<Record<Name, Person>>

/** Two accounts that accepted each other, each with a process that runs. */
export async function makeFriends(world: World): Promise<Friends> {
  await Promise.all(NAMES.map((name) => world.run(name, ['register', name, '--server', world.url])))
  const [alice, bob] = [world.account('alice'), world.account('bob')]
  await alice.call('contact.add', { name: 'bob' })
  await told(bob, 'contact_request')
  await bob.call('contact.accept', { name: 'alice' })
  await told(alice, 'contact_accepted')
  if (world.forgets) await Promise.all([alice, bob, world.server].map(restarted))
  return {
    alice: { account: alice, reader: readFrom(alice) },
    bob: { account: bob, reader: readFrom(bob) },
  }
}

/** From here on a disk that forgets has all of the beginning: what is lost later is no account. */
async function restarted(process: Supervised): Promise<void> {
  await process.restart()
  await process.ready()
}

/** From the journal, so that it matters not whether it was there before. */
async function told(account: Account, type: string): Promise<void> {
  for (let since = '0'; ; ) {
    const { events, cursor } = await account.call('receive', { since, timeout: 10_000 })
    if (events.some((event) => event.type === type)) return
    since = cursor
  }
}
