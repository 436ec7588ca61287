// What honest users notice while somebody wears the server out, and how much memory that costs: 40
// people write 200 messages a second to each other; beside them one kind of attack after another,
// each on a server of its own. All share one machine, whose processors an attack takes from everybody
// whatever it is aimed at: so each is also aimed at another server beside theirs, and the slowest of
// a hundred is compared with that. Attackers have the lowest priority.
//   npm run bench abuse [ATTACK…]

import type { ChildProcess } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { constants, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ATTACKS } from '../test/hostile/abuse/attacks.ts'
import type { AttackTask, LoadSays, Task, Usage } from './load/messages.ts'
import { bundle, next, runToEnd, start } from './load/programs.ts'
import { median, report, wanted } from './report/figures.ts'

type Name = keyof typeof ATTACKS

const RUNS = Number(process.env.RUNS ?? 3)
const PEOPLE = 400
const HONEST = { kind: 'paced', pairs: 20, perSecond: 200, messages: 2_000 } as const
const LOOK_EVERY_MS = 250
/** How much worse honest users may have it. */
const TIMES = 2
/** Bookkeeping of sockets that come and go, and what was not collected yet. */
const MEMORY_MIB = 128

/** Of one pass; passes follow one another for as long as the honest talk. */
const SIZES: Readonly<Record<Name, number>> = {
  prekeys: 2_000,
  slowReaders: 100,
  tinyFragments: 200,
  compressionBombs: 200,
  halfOpen: 1_000,
  chatter: 100,
}
/** 10,000 in a minute, and half as many hostile connections again each second as an address may
 *  begin. As many as can, with HURRY=1: then it is the processor that all share. */
const PER_SECOND: Readonly<Record<Name, number>> = {
  prekeys: 167,
  slowReaders: 500,
  tinyFragments: 75,
  compressionBombs: 75,
  halfOpen: 500,
  chatter: 75,
}

interface Measured {
  readonly p50: number
  readonly p99: number
  /** Above what the server held before anybody came, at its highest. */
  readonly memoryMib: number
  readonly seen: Readonly<Record<string, number>>
}

const names = Object.keys(SIZES) as Name[]
const chosen = names.filter((name) => wanted().length === 0 || wanted().includes(name))
const folder = mkdtempSync(join(tmpdir(), 'sotto-abuse-'))
const template = join(folder, 'template')
const world = join(folder, 'world.json')
await bundle()
try {
  await runToEnd('fill', [template, String(PEOPLE), world])
  const quiet = await measured(undefined)
  tell('nobody attacks', quiet)
  for (const name of chosen) {
    const beside = await measured(name, 'beside')
    tell(`${name}, on another server`, beside)
    tell(name, await measured(name, 'theirs'), { quiet, beside })
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** The server that is attacked: that of the honest users, or another one. */
type Aim = 'theirs' | 'beside'

async function measured(attack?: Name, aim: Aim = 'theirs'): Promise<readonly Measured[]> {
  const runs: Measured[] = []
  while (runs.length < RUNS) runs.push(await run(attack, aim))
  return runs
}

async function run(attack: Name | undefined, aim: Aim): Promise<Measured> {
  const data = join(folder, 'data')
  cpSync(template, data, { recursive: true })
  const server = start('server', [data])
  const other = aim === 'beside' ? await neighbour() : undefined
  const client = start('client', [])
  const attacker = attack === undefined ? undefined : start('attack', [])
  try {
    const port = await next<number>(server)
    const look = (): Promise<Usage> => {
      server.send('look')
      return next<Usage>(server)
    }
    const before = await look()
    const seen: Record<string, number> = {}
    if (attacker !== undefined && attack !== undefined) {
      const perSecond = process.env.HURRY === '1' ? 1e9 : PER_SECOND[attack]
      const from = 2 * HONEST.pairs
      const aimed = other?.port ?? port
      begin(attacker, { port: aimed, world, attack, size: SIZES[attack], from, perSecond }, seen)
    }
    client.send({ port, world, ...HONEST } satisfies Task)
    const done = end(client)
    let highest = before.rssBytes
    let isOver = false
    done.finally(() => {
      isOver = true
    })
    while (!isOver) {
      highest = Math.max(highest, (await look()).rssBytes)
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    }
    const { p50 = NaN, p99 = NaN } = await done
    return { p50, p99, memoryMib: (highest - before.rssBytes) / 1024 / 1024, seen }
  } finally {
    attacker?.kill('SIGKILL')
    client.kill('SIGKILL')
    await ended(server)
    await other?.end()
    rmSync(data, { recursive: true, force: true })
  }
}

async function neighbour(): Promise<{ readonly port: number; end(): Promise<void> }> {
  const data = join(folder, 'other')
  cpSync(template, data, { recursive: true })
  const server = start('server', [data])
  const port = await next<number>(server)
  return {
    port,
    async end() {
      await ended(server)
      rmSync(data, { recursive: true, force: true })
    },
  }
}

async function ended(server: ChildProcess): Promise<void> {
  server.send('end')
  if (server.exitCode === null) await new Promise((resolve) => server.once('exit', resolve))
}

function begin(attacker: ChildProcess, task: AttackTask, seen: Record<string, number>): void {
  if (attacker.pid !== undefined) setPriority(attacker.pid, constants.priority.PRIORITY_LOW)
  attacker.on('message', (said: { readonly seen: Readonly<Record<string, number>> }) => {
    for (const [name, count] of Object.entries(said.seen)) seen[name] = (seen[name] ?? 0) + count
  })
  attacker.send(task)
}

/** The load process's figures; it need not wait at its mark. */
async function end(client: ChildProcess) {
  for (;;) {
    const said = await next<LoadSays>(client)
    if (said.kind === 'done') return said.figures
    client.send('go')
  }
}

type Runs = readonly Measured[]

function tell(name: string, runs: Runs, than?: { readonly quiet: Runs; readonly beside: Runs }) {
  const of = (key: 'p50' | 'p99' | 'memoryMib') => runs.map((run) => run[key])
  const twice = (base: Runs | undefined, key: 'p50' | 'p99') =>
    base && { threshold: { most: TIMES * median(base.map((run) => run[key])) } }
  process.stdout.write(`${name}\n`)
  report([
    {
      name: 'sent to delivered, median',
      unit: 'ms',
      runs: of('p50'),
      ...twice(than?.quiet, 'p50'),
    },
    {
      name: 'sent to delivered, 99 of 100',
      unit: 'ms',
      runs: of('p99'),
      ...twice(than?.beside, 'p99'),
    },
    { name: 'memory', unit: 'MiB', runs: of('memoryMib'), threshold: { most: MEMORY_MIB } },
  ])
  const seen = runs.map((run) => JSON.stringify(run.seen)).join(' ')
  if (than !== undefined) process.stdout.write(`  attackers saw ${seen}\n`)
}
