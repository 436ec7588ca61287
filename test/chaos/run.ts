// `npm run chaos -- [KILLS] [SEED]`: the storm at length. Prints its seed, so that it can be
// replayed, and fails if an invariant did.
// `npm run chaos -- --steps`: a kill at every write and fsync, by strace.
// `npm run chaos -- --planted`: mistakes that the storm must find.
// `--bound SECONDS` for the first two: on a machine that has other work.

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
    planted: { type: 'boolean', default: false },
  },
})
/** I7, as long as the machine has nothing else to do. */
const boundMs = 1_000 * Number(values.bound)
/** Enough for each of them, and more. */
const PLANTED_KILLS = 25
const PLANTED_LOST_MS = 60_000
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
  return walkSteps(world, { boundMs, report: say })
}

async function planting(): Promise<boolean> {
  let allFound = true
  for (const [name, planted] of Object.entries(PLANTED)) {
    const options = { kills: PLANTED_KILLS, seed: 1, boundMs: PLANTED_LOST_MS }
    const { found, violations } = await stormOf(planted, { ...options, lostMs: PLANTED_LOST_MS })
    say(
      `${name}: ${found ? 'as it must be' : 'NOT AS IT MUST BE'}: ${violations.slice(0, 5).join('; ')}`,
    )
    allFound &&= found
  }
  return allFound
}

if (values.planted) process.exit((await planting()) ? 0 : 1)
const program = await buildTestProgram()
const world = await makeWorld({ program })
const result = await (values.steps ? stepping : storming)(world)
say(JSON.stringify(result, undefined, 2))
await world.close()
program.remove()
process.exit(result.violations.length === 0 ? 0 : 1)
