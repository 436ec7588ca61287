// What `sotto send` takes from its start to its exit, beside `node -e 0` in the same turn: by itself,
// with a daemon that has the profile, and by itself from a sealed file, which pays for a passphrase.
// The server is on this machine. Processes take turns, so that whatever else runs meets all of them.
//   npm run bench start [turns] [--strict]

import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildProgram } from '../scripts/build-program.js'
import { report, type Threshold, wanted } from './report/figures.ts'
import { hasKeyring, insideKeyring } from './start/keyring.ts'
import { openStage, type Person } from './start/stage.ts'

const ALONE: Threshold = { most: 3 }
const WITH_DAEMON: Threshold = { most: 2.3 }
const WARM_UP = 3
const turns = Number(wanted()[0] ?? 40)

if (!hasKeyring()) {
  process.exitCode = insideKeyring([fileURLToPath(import.meta.url), ...process.argv.slice(2)])
} else {
  await measure()
}

async function measure(): Promise<void> {
  // Inside node_modules, so that the native addons are found.
  const folder = resolve(import.meta.dirname, '../node_modules/.cache/bench-start')
  await buildProgram(folder)
  const stage = await openStage(join(folder, 'sotto.cjs'))
  try {
    const node = (): number => milliseconds(['-e', '0'], {})
    const send = ({ env }: Person) => milliseconds([stage.program, 'send', 'bob', 'built'], env)
    const alone = await compare(node, () => send(stage.keyring))
    const daemon = await stage.daemon(stage.keyring)
    const attached = await compare(node, () => send(stage.keyring))
    await daemon.stop()
    const sealed = await compare(node, () => send(stage.sealed))
    report([
      { name: 'node -e 0', unit: 'ms', runs: alone.base },
      { name: 'sotto send, by itself, OS keychain', unit: 'ms', runs: alone.taken },
      { name: '', unit: '× node -e 0', runs: alone.ratios, threshold: ALONE },
      { name: 'sotto send, with a daemon', unit: 'ms', runs: attached.taken },
      { name: '', unit: '× node -e 0', runs: attached.ratios, threshold: WITH_DAEMON },
      { name: 'sotto send, by itself, sealed file', unit: 'ms', runs: sealed.taken },
      { name: '', unit: '× node -e 0', runs: sealed.ratios },
    ])
  } finally {
    await stage.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Compared {
  readonly base: readonly number[]
  readonly taken: readonly number[]
  readonly ratios: readonly number[]
}

async function compare(base: () => number, work: () => number): Promise<Compared> {
  for (let turn = 0; turn < WARM_UP; turn += 1) work()
  const pairs = Array.from({ length: turns }, () => ({ base: base(), taken: work() }))
  return {
    base: pairs.map((pair) => pair.base),
    taken: pairs.map((pair) => pair.taken),
    ratios: pairs.map((pair) => pair.taken / pair.base),
  }
}

function milliseconds(args: readonly string[], env: Readonly<Record<string, string>>): number {
  const before = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, {
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const taken = performance.now() - before
  if (status !== 0) throw new Error(`node ${args.join(' ')}: ${status}\n${stderr}`)
  return taken
}
