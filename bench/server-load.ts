// What one node carries: a server process and a load process on this machine, both as bundles.
// Prints rates, the server's CPU per message over all its threads, and latencies.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import type { ClientSays, Report, Started, Task } from './load/messages.ts'

const root = resolve(import.meta.dirname, '..')
/** Inside node_modules, so that the native addon is found. */
const programs = join(root, 'node_modules/.server-load')

type Plan = Task extends infer T ? (T extends Task ? Omit<T, keyof Started> : never) : never

const PLANS: Readonly<Record<string, Plan>> = {
  'pairs, as fast as it goes': { kind: 'pairs', pairs: 50, window: 8, messages: 100_000 },
  'pairs, one at a time each': { kind: 'pairs', pairs: 50, window: 1, messages: 50_000 },
  'pairs, 500 a second': { kind: 'paced', pairs: 50, perSecond: 500, messages: 5_000 },
  '100 readers of one log': { kind: 'fanOut', readers: 100, window: 16, messages: 10_000 },
  '19,000 idle': { kind: 'idle', connections: 19_000 },
}

await bundle()
const wanted = process.argv[2] ?? ''
for (const [name, plan] of Object.entries(PLANS)) {
  if (name.includes(wanted)) process.stdout.write(`${name}: ${await measure(plan)}\n`)
}

async function bundle(): Promise<void> {
  mkdirSync(programs, { recursive: true })
  await build({
    entryPoints: [
      { in: join(root, 'bench/load/server.ts'), out: 'server' },
      { in: join(root, 'bench/load/client.ts'), out: 'client' },
      { in: join(root, 'server/storage/sqlite/worker.ts'), out: 'storage-worker' },
    ],
    outdir: programs,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    external: ['better-sqlite3-multiple-ciphers'],
    banner: {
      js: "import{createRequire as benchRequire}from'node:module';const require=benchRequire(import.meta.url);",
    },
  })
}

async function measure(plan: Plan): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-load-'))
  const people = plan.kind === 'idle' ? plan.connections : 100
  const server = fork(join(programs, 'server.js'), [folder, String(people), '100'], {
    execArgv: ['--expose-gc', ...(process.env.SERVER_FLAGS?.split(' ') ?? [])],
  })
  const client = fork(join(programs, 'client.js'), [], { execArgv: [] })
  try {
    const started = await next<Started>(server)
    const before = await report(server)
    client.send({ ...started, ...plan } satisfies Task)
    await next<ClientSays>(client)
    if (plan.kind === 'idle') {
      const { rss } = await report(server)
      return `${((rss - before.rss) / 1024 / people).toFixed(1)} KiB each`
    }
    await next<ClientSays>(client)
    const warm = await report(server)
    const done = await next<ClientSays>(client)
    const after = await report(server)
    if (done.kind !== 'done') throw new Error('the load process lost its place')
    return summary(done, after.cpuUs - warm.cpuUs)
  } finally {
    server.send('end')
    client.kill()
    await once(server, 'exit')
    rmSync(folder, { recursive: true, force: true })
  }
}

function summary(done: Extract<ClientSays, { kind: 'done' }>, cpuUs: number): string {
  const sorted = [...done.latencies].sort((a, b) => a - b)
  const at = (share: number): string =>
    (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1)
  const rate = Math.round((done.delivered / done.ms) * 1000)
  const cpu = (cpuUs / done.delivered).toFixed(1)
  return `${rate}/s delivered, ${cpu} us of server CPU each, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`
}

async function next<T>(child: ChildProcess): Promise<T> {
  const [message] = await once(child, 'message')
  return message as T
}

function report(server: ChildProcess): Promise<Report> {
  server.send('report')
  return next<Report>(server)
}
