// `npm run chaos -- [KILLS] [SEED]`: the storm at length. Prints its seed, so that it can be
// replayed, and fails if an invariant did.
// `npm run chaos -- --steps`: a kill at every write and fsync, by strace; `--eio`: every read, write
// and fsync of a database fails.
// `npm run chaos -- --planted [WHICH]`: mistakes that the storm must find, and a control.
// `--bound SECONDS` for all but the last: on a machine that has other work.

import { parseArgs } from 'node:util'
import { buildTestProgram } from './build.ts'
import { PLANTED, stormOf } from './planted.ts'
import { walkSteps } from './steps.ts'
import { storm } from './storm.ts'
import { straceMissing } from './strace.ts'
import { makeWorld, type World } from './world.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    bound: { type: 'string', default: '5' },
    steps: { type: 'boolean', default: false },
    eio: { type: 'boolean', default: false },
    planted: { type: 'boolean', default: false },
  },
})
/** I7, as long as the machine has nothing else to do. */
const boundMs = 1_000 * Number(values.bound)
/** I7 is not what the mistakes break. */
const PLANTED_BOUND_MS = 60_000
const say = (line: string): void => void process.stdout.write(`${line}\n`)

interface Outcome {
  readonly violations: readonly string[]
}

function storming(world: World): Promise<Outcome> {
  const kills = Number(positionals[0] ?? 1_000)
  const seed = Number(positionals[1] ?? Date.now() % 2 ** 31)
  say(`${kills} kills, seed ${seed}, bound ${values.bound} s`)
  const lostMs = Math.max(60_000, 2 * boundMs)
  return storm(world, { kills, seed, boundMs, lostMs, report: say })
}

async function stepping(world: World): Promise<Outcome> {
  const missing = straceMissing()
  if (missing !== undefined) throw new Error(missing)
  const faults = [
    ...(values.steps ? ['kill' as const] : []),
    ...(values.eio ? ['disk' as const] : []),
  ]
  return walkSteps(world, { boundMs, faults, report: say })
}

async function planting(): Promise<boolean> {
  const [which = '', seed = '1'] = positionals
  let allAsTheyMust = true
  for (const [name, planted] of Object.entries(PLANTED).filter(([it]) => it.includes(which))) {
    const begun = performance.now()
    const result = await stormOf(planted, { seed: Number(seed), boundMs: PLANTED_BOUND_MS })
    const { asItMust, by, kills, messages, violations } = result
    const seconds = Math.round((performance.now() - begun) / 1_000)
    say(`${name}: ${asItMust ? (by ?? 'nothing was found') : 'NOT AS IT MUST BE'}`)
    say(`  ${JSON.stringify(kills)}, ${messages} messages, seed ${seed}, ${seconds} s`)
    if (!asItMust) for (const violation of violations) say(`  ${violation}`)
    allAsTheyMust &&= asItMust
  }
  return allAsTheyMust
}

if (values.planted) process.exit((await planting()) ? 0 : 1)
const program = await buildTestProgram()
const world = await makeWorld({ program })
const result = await (values.steps || values.eio ? stepping : storming)(world)
say(JSON.stringify(result, undefined, 2))
await world.close()
program.remove()
process.exit(result.violations.length === 0 ? 0 : 1)
