// What one node carries: a whole server in a process of its own, a process that makes the load, on
// this machine; both bundled as the product is. Medians of several runs, each on a fresh copy of
// one data folder.
//   npm run bench server-load [PLAN…] [-- --strict]

import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Figures, LoadSays, Scene, Task, Usage } from './load/messages.ts'
import { PLANS, type Plan } from './load/plans.ts'
import { bundle, busy, next, runToEnd, slowDisk, start } from './load/programs.ts'
import { type Figure, report, wanted } from './report/figures.ts'

const RUNS = Number(process.env.RUNS ?? 3)
const PEOPLE = 19_000
/** How many read each of the logs that stand on the server. */
const GROUPS = ['100', '500', String(PEOPLE)]

const unknown = wanted().filter((name) => PLANS[name] === undefined)
if (unknown.length > 0) {
  process.stderr.write(`no plan: ${unknown}; there are ${Object.keys(PLANS).join(', ')}\n`)
  process.exit(2)
}
await bundle()
const folder = mkdtempSync(join(tmpdir(), 'sotto-load-'))
const template = join(folder, 'template')
const world = join(folder, 'world.json')
try {
  await runToEnd('fill', [template, String(PEOPLE), world, ...GROUPS])
  for (const name of wanted().length > 0 ? wanted() : Object.keys(PLANS)) {
    const plan = PLANS[name]
    if (plan !== undefined) await measure(name, plan)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measure(name: string, plan: Plan): Promise<void> {
  const env = plan.slowDiskMs === undefined ? {} : slowDisk(plan.slowDiskMs)
  if (env === undefined) {
    process.stdout.write(`${name}: skipped, there is no gcc to make the disk slow with\n`)
    return
  }
  const runs: Figures[] = []
  while (runs.length < RUNS) runs.push(await run(plan, env))
  process.stdout.write(`${name}\n`)
  report(
    Object.entries(plan.figures).map(
      ([key, told]): Figure => ({ ...told, runs: runs.map((figures) => figures[key] ?? NaN) }),
    ),
  )
}

async function run(plan: Plan, env: NodeJS.ProcessEnv): Promise<Figures> {
  const data = join(folder, 'data')
  cpSync(template, data, { recursive: true })
  const more = process.env.SERVER_FLAGS?.split(' ') ?? []
  const server = start('server', [data], { flags: ['--expose-gc', ...more], env })
  const client = start('client', [])
  const strangers = busy(plan.busy ?? 0)
  try {
    const port = await next<number>(server)
    const look = (how: 'look' | 'tidy'): Promise<Usage> => {
      server.send(how)
      return next<Usage>(server)
    }
    const how = plan.scene.kind === 'idle' ? 'tidy' : 'look'
    const before = await look(how)
    client.send({ port, world, ...plan.scene } satisfies Task)
    let marked = before
    let said = await next<LoadSays>(client)
    for (; said.kind === 'mark'; said = await next<LoadSays>(client)) {
      marked = await look(how)
      client.send('go')
    }
    return {
      ...said.figures,
      ...usage(plan.scene, said.figures, [before, marked, await look(how)]),
    }
  } finally {
    for (const stranger of strangers) stranger.kill('SIGKILL')
    client.kill('SIGKILL')
    server.send('end')
    if (server.exitCode === null) await new Promise((resolve) => server.once('exit', resolve))
    rmSync(data, { recursive: true, force: true })
  }
}

function usage(
  scene: Scene,
  { messages = NaN }: Figures,
  [before, marked, after]: readonly [Usage, Usage, Usage],
): Figures {
  if (scene.kind === 'idle') {
    return { residentKib: (marked.rssBytes - before.rssBytes) / 1024 / scene.connections }
  }
  return { cpu: (after.cpuUs - marked.cpuUs) / messages }
}
