// Faults at every write and fsync of a send, of a receive and of the server's commit, one after the
// other, until the N-th is none any more: a kill, or, of reads too, an error of the disk. After each,
// what was under way is done again as a script would do it, within the bound (I7); in the end
// everything is judged as after a storm.

import { join } from 'node:path'
import { DATABASE_FILE } from '../../server/data-folder.ts'
import type { MessageJson } from '../../src/client/api.ts'
import { profilePaths } from '../../src/client/paths.ts'
import type { Account } from './account.ts'
import { type Reader, readFrom } from './reader.ts'
import { judgeSeals } from './seal-log.ts'
import { judgeAll, pause } from './storm.ts'
import {
  DISK,
  didFail,
  faultAt,
  faultyAt,
  lastTarget,
  MAIN,
  POOL,
  type Point,
  RUNNING,
  type Series,
} from './strace.ts'
import type { Posted } from './traffic.ts'
import { type Attempt, makeFriends, type World } from './world.ts'

export interface StepsOptions {
  /** I7: from a kill until what was under way is done. */
  readonly boundMs: number
  readonly faults: readonly Fault[]
  /** Only these; every one if it is not said. */
  readonly points?: (point: Point, act: ActName) => boolean
  readonly report?: (line: string) => void
}

type Fault = 'kill' | 'disk'

export interface StepsResult {
  /** How many faults, and at which files. */
  readonly met: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly slowestMs: number
  readonly messages: number
  readonly seals: number
  readonly violations: readonly string[]
}

type ActName = 'send' | 'receive' | 'commit' | 'keep'

/** What is done, with a fault at `point`, done again; tells whether it came to the fault. */
type Act = (point: Point, said: string) => Promise<boolean>

/** A series that does not end is none. */
const MAX_POINTS = 1_000
/** A command reads and writes a hundred pages, one like the other: the first ones each, then ever
 *  fewer. */
const STRIDES = 4
const AGAIN_MS = 500

export async function walkSteps(world: World, options: StepsOptions): Promise<StepsResult> {
  const friends = await makeFriends(world)
  const walk = new Walk(world, options)
  await friends.alice.account.stop()
  await walk.through('send', [...MAIN, POOL], (point, said) => walk.send(point, said))
  friends.bob.reader.stop()
  await friends.bob.account.stop()
  const alice = world.account('alice')
  await walk.through('receive', [...MAIN, POOL], (point, said) => walk.receive(point, said, alice))
  const bob = world.account('bob')
  const reader = readFrom(bob)
  await walk.through('commit', RUNNING, (point, said) => walk.commit(point, said, alice, reader))
  await walk.through('keep', [], (point, said) => walk.keep(point, said, alice, reader))
  reader.stop()
  for (const account of [alice, bob]) await account.stop()
  const seals = judgeSeals(world.seals)
  return {
    met: walk.met,
    slowestMs: Math.round(walk.slowestMs),
    messages: walk.posted.length,
    seals: seals.seals,
    violations: [
      ...walk.violations,
      ...reader.violations,
      ...seals.violations,
      ...(await judgeAll(world, walk)),
    ],
  }
}

class Walk {
  readonly posted: Posted[] = []
  readonly violations: string[] = []
  readonly met: Record<string, Record<string, number>> = {}
  slowestMs = 0
  readonly #world: World
  readonly #options: StepsOptions
  readonly #output: string

  constructor(world: World, options: StepsOptions) {
    this.#world = world
    this.#options = options
    this.#output = join(world.folder, 'strace')
  }

  async through(name: ActName, killed: readonly Series[], act: Act): Promise<void> {
    const { faults } = this.#options
    if (faults.includes('kill')) {
      for (const series of killed) await this.#series(name, { ...series, fault: 'kill' }, act)
    }
    if (!faults.includes('disk')) return
    // A command meets a disk that failed; what keeps running, one that fails once.
    const fault = name === 'send' || name === 'receive' ? 'failed' : 'failing'
    const files = this.#databaseOf(name)
    for (const series of DISK) await this.#series(name, { ...series, fault, files }, act)
  }

  async #series(name: ActName, series: Omit<Point, 'when'>, act: Act): Promise<void> {
    const { call, thread, fault } = series
    let times = 0
    for (
      let when = 1;
      when <= MAX_POINTS;
      when += fault === 'kill' ? 1 : Math.ceil(when / STRIDES)
    ) {
      const point = { ...series, when }
      if (this.#options.points?.(point, name) === false) break
      if (!(await act(point, `${name} ${fault} ${call} ${thread} ${when}`))) break
      this.#count(`${name} ${fault} ${call}`)
      times += 1
    }
    this.#options.report?.(`${name}: ${fault} at ${call} of ${thread} thread, ${times} times`)
  }

  /** `sotto send`, and the same command again. */
  async send(point: Point, said: string): Promise<boolean> {
    const args = ['send', 'bob', said, '--idempotency-key', said, '--json']
    const first = await this.#world.attempt('alice', args, faultyAt(point, this.#output))
    const met = this.#metBy(point, said, first)
    const last = met ? await this.#timed(said, () => this.#world.attempt('alice', args)) : first
    if (last.code !== 0) this.violations.push(`I7: ${said} ended with ${last.code}: ${last.stderr}`)
    this.#post(said, messagesIn(last.stdout)[0]?.id)
    return met
  }

  /** `sotto receive`, and once more: what the first did not print, the second does. */
  async receive(point: Point, said: string, alice: Account): Promise<boolean> {
    const id = await this.#sendBy(alice, said)
    const args = ['receive', '--json']
    const first = await this.#world.attempt('bob', args, faultyAt(point, this.#output))
    const met = this.#metBy(point, said, first)
    const last = met ? await this.#timed(said, () => this.#world.attempt('bob', args)) : first
    if (last.code !== 0) this.violations.push(`I7: ${said} ended with ${last.code}: ${last.stderr}`)
    const printed = [...messagesIn(first.stdout), ...messagesIn(last.stdout)]
    if (!printed.some((message) => message.id === id)) {
      this.violations.push(`I1: ${said} was printed by neither receive`)
    }
    return met
  }

  /** A send through the running server, until it is read. */
  async commit(point: Point, said: string, alice: Account, reader: Reader): Promise<boolean> {
    const { server } = this.#world
    await server.ready()
    const { pid } = server
    if (pid === undefined) throw new Error('the server does not run')
    return this.#beside(pid, point, async () => {
      await this.#timed(said, async () => {
        const id = await this.#sendBy(alice, said)
        await reader.when(() => reader.messages.has(id))
      })
      return server.pid !== pid
    })
  }

  /** A send by a process that keeps its profile open; it may refuse, and then goes on. */
  async keep(point: Point, said: string, alice: Account, reader: Reader): Promise<boolean> {
    await alice.ready()
    const { pid } = alice
    if (pid === undefined) throw new Error('alice does not run')
    return this.#beside(pid, point, async () => {
      await this.#timed(said, async () => {
        const id = await this.#sendAgain(alice, said)
        await reader.when(() => reader.messages.has(id))
      })
      return false
    })
  }

  async #beside(pid: number, point: Point, work: () => Promise<boolean>): Promise<boolean> {
    const letGo = await faultAt(pid, point, this.#output)
    const fell = await work()
    await letGo()
    return point.fault === 'kill' ? fell : didFail(this.#output)
  }

  /** A command that meets a fault of the disk and does not stand it says so, with its code. */
  #metBy({ fault }: Point, said: string, { code, signal, stderr }: Attempt): boolean {
    if (fault === 'kill') return signal === 'SIGKILL'
    const clear = code === 3 && /"code":"storage"/.test(stderr) && !/SQLITE|\n {4}at /.test(stderr)
    if (code !== 0 && !clear) this.violations.push(`I7: ${said} ended with ${code}: ${stderr}`)
    return didFail(this.#output)
  }

  #databaseOf(name: ActName): readonly string[] {
    const whose = name === 'receive' ? 'bob' : 'alice'
    const { folder } = this.#world
    const path =
      name === 'commit'
        ? join(folder, 'server/data', DATABASE_FILE)
        : profilePaths(join(folder, whose), whose).database
    return [path, `${path}-wal`]
  }

  /** As a script would, for as long as it is told that the disk failed: the profile tries it again
   *  after some seconds. */
  async #sendAgain(alice: Account, said: string): Promise<string> {
    for (const until = performance.now() + this.#options.boundMs; ; ) {
      try {
        return await this.#sendBy(alice, said)
      } catch (error) {
        if (!String(error).includes('storage') || performance.now() > until) throw error
      }
      await pause(AGAIN_MS)
    }
  }

  async #sendBy(alice: Account, said: string): Promise<string> {
    const { results } = await alice.call('send', {
      to: ['bob'],
      text: said,
      idempotencyKey: said,
      wait: 'stored',
      timeout: 60_000,
    })
    const [result] = results
    const id = result?.message?.id
    if (id === undefined || result?.message?.status === 'queued') {
      throw new Error(`${said} was not stored: ${result?.error?.code}`)
    }
    this.#post(said, id)
    return id
  }

  async #timed<T>(said: string, work: () => Promise<T>): Promise<T> {
    const begun = performance.now()
    const result = await work()
    const took = performance.now() - begun
    this.slowestMs = Math.max(this.slowestMs, took)
    if (took > this.#options.boundMs) {
      this.violations.push(`I7: ${said} took ${took.toFixed(0)} ms`)
    }
    return result
  }

  #post(said: string, id: string | undefined): void {
    const rest = { digest: undefined, reaction: undefined, deleted: false, stored: true } as const
    this.posted.push({ from: 'alice', kind: 'text', said, id, body: said, ...rest })
  }

  #count(what: string): void {
    const target = lastTarget(this.#output)
    this.met[what] ??= {}
    const counts = this.met[what]
    counts[target] = (counts[target] ?? 0) + 1
  }
}

const messagesIn = (stdout: string): readonly MessageJson[] =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as MessageJson)
    .filter(({ type }) => type === 'message')
