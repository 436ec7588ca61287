// Kills server and accounts with SIGKILL at random moments while both accounts send: also several
// at once, also what is just starting. After each strike everything that was under way must be
// stored, and read by the other side, within the bound (I7).

import { join } from 'node:path'
import { Chance } from '../scenario/world/chance.ts'
import { judgeHistories } from './judge.ts'
import { judgeSeals, type SealReport } from './seal-log.ts'
import { judgeProfile, judgeServer } from './stored.ts'
import type { Supervised } from './supervised.ts'
import { makeTraffic, type Traffic } from './traffic.ts'
import { type Friends, makeFriends, NAMES, type World } from './world.ts'

export interface StormOptions {
  readonly kills: number
  readonly seed: number
  /** I7: from a kill until all is stored again and read, starting the process included. */
  readonly boundMs: number
  /** Whatever does not come back within this is not slow but lost. */
  readonly lostMs?: number
  /** Of a hundred kills: those that are of all three at once. */
  readonly together?: number
  readonly report?: (line: string) => void
}

export interface StormResult {
  /** Processes killed, by what they were; `starting`: killed again before they were ready. */
  readonly kills: Readonly<Record<Victim | 'starting', number>>
  readonly messages: number
  readonly storedAgain: Percentiles
  readonly readAgain: Percentiles
  readonly seals: Omit<SealReport, 'violations'>
  /** Empty if every invariant held. */
  readonly violations: readonly string[]
}

type Victim = 'server' | 'alice' | 'bob'

interface Percentiles {
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly worst: number
}

/** Sends of each account under way at once, so that a kill finds some in every stage. */
const WINDOW = 6
/** About as long as such a batch takes: a kill falls anywhere in it. */
const BATCH_MS = 150
/** About as long as a process takes to start: a further kill of a burst falls anywhere in it. */
const START_MS = 1_200
/** Of a hundred strikes. */
const BURSTS = 25
const TOGETHER = 8
const LOST_MS = 60_000

export async function storm(world: World, options: StormOptions): Promise<StormResult> {
  const friends = await makeFriends(world)
  const chance = new Chance(options.seed)
  const { lostMs = LOST_MS } = options
  const traffic = makeTraffic({ friends, chance, folder: world.folder, storedMs: lostMs })
  const victims = { server: world.server, alice: friends.alice.account, bob: friends.bob.account }
  const run = new Storm({ victims, traffic, chance, options })
  await run.strikes()
  const finished = run.violations.length === 0 && (await within(lostMs, finish(friends, traffic)))
  if (!finished) await abandon(world, friends)
  const violations = [...run.violations, ...traffic.violations]
  if (run.violations.length === 0 && !finished) violations.push('I7: not all came to an end')
  for (const name of NAMES) violations.push(...friends[name].reader.violations)
  const seals = judgeSeals(world.seals)
  violations.push(...seals.violations)
  violations.push(...(await judgeAll(world, traffic).catch((error) => [`I8: ${error}`])))
  const { stored, read } = run.recoveries
  return {
    kills: run.kills,
    messages: traffic.posted.length,
    storedAgain: percentiles(stored),
    readAgain: percentiles(read),
    seals: { seals: seals.seals, spoken: seals.spoken, keysTakenAgain: seals.keysTakenAgain },
    violations,
  }
}

/** What comes last in each direction has all else before it. */
async function finish(friends: Friends, traffic: Traffic): Promise<void> {
  await Promise.all(NAMES.map((name) => traffic.post(name)))
  await traffic.arrived()
  for (const name of NAMES) {
    friends[name].reader.stop()
    await friends[name].account.stop()
  }
}

/** What the server still has for them is no loss: they fetch it before they are judged. */
async function abandon(world: World, friends: Friends): Promise<void> {
  for (const name of NAMES) {
    friends[name].reader.stop()
    await friends[name].account.end()
  }
  for (const name of NAMES) await world.attempt(name, ['receive', '--json'])
}

/** The accounts are at rest; the server ends here. */
export async function judgeAll(
  world: World,
  traffic: Pick<Traffic, 'posted'>,
): Promise<readonly string[]> {
  const histories = await judgeHistories(world, traffic.posted)
  await world.server.stop()
  const profiles = await Promise.all(
    NAMES.map((name) => judgeProfile(join(world.folder, name), name)),
  )
  return [...histories, ...profiles.flat(), ...judgeServer(join(world.folder, 'server/data'))]
}

interface Ports {
  readonly victims: Readonly<Record<Victim, Supervised>>
  readonly traffic: Traffic
  readonly chance: Chance
  readonly options: StormOptions
}

class Storm {
  readonly kills = { server: 0, alice: 0, bob: 0, starting: 0 }
  readonly recoveries = { stored: [] as number[], read: [] as number[] }
  readonly violations: string[] = []
  readonly #ports: Ports

  constructor(ports: Ports) {
    this.#ports = ports
  }

  async strikes(): Promise<void> {
    const { options } = this.#ports
    const done = (): number => this.kills.server + this.kills.alice + this.kills.bob
    let told = 0
    while (done() < options.kills && this.violations.length === 0) {
      await this.#strike()
      if (done() - told < 25) continue
      told = done()
      options.report?.(`${done()} kills, ${this.#ports.traffic.posted.length} messages`)
    }
  }

  async #strike(): Promise<void> {
    const { chance, traffic, options } = this.#ports
    const { boundMs, lostMs = LOST_MS } = options
    const acts: Promise<unknown>[] = []
    for (let left = 1 + chance.below(2 * WINDOW); left > 0; left -= 1) {
      acts.push(traffic.act(chance.pick(NAMES) ?? 'alice'))
    }
    await pause(chance.below(BATCH_MS))
    await this.#kill(chance)
    let last = performance.now()
    while (chance.happens(BURSTS)) {
      await pause(chance.below(START_MS))
      await this.#kill(chance)
      this.kills.starting += 1
      last = performance.now()
    }
    acts.push(...NAMES.map((name) => traffic.post(name)))
    const stored = await within(lostMs, Promise.all(acts))
    const storedMs = performance.now() - last
    const read = await within(lostMs, traffic.arrived())
    const readMs = performance.now() - last
    this.recoveries.stored.push(storedMs)
    this.recoveries.read.push(readMs)
    if (!stored || !read) this.violations.push('I1: what was under way was not heard of again')
    else if (readMs > boundMs) {
      this.violations.push(`I7: ${readMs.toFixed(0)} ms until all was stored and read again`)
    }
  }

  async #kill(chance: Chance): Promise<void> {
    const { victims, options } = this.#ports
    const names = Object.keys(victims) as Victim[]
    const chosen = chance.happens(options.together ?? TOGETHER)
      ? names
      : [chance.pick(names) ?? 'server']
    await Promise.all(chosen.map((name) => victims[name].kill()))
    for (const name of chosen) this.kills[name] += 1
  }
}

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((done) => setTimeout(done, milliseconds))

/** Whether `work` came to its end in time. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((done) => {
    timer = setTimeout(() => done(false), milliseconds)
  })
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}

function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (part: number): number =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0)
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), worst: at(1) }
}
