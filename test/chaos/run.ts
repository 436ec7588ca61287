// `npm run chaos -- [KILLS] [SEED]`: the storm at length. Prints its seed, so that it can be
// replayed, and fails if an invariant did.

import { buildTestProgram } from './build.ts'
import { storm } from './storm.ts'
import { makeWorld } from './world.ts'

const kills = Number(process.argv[2] ?? 1_000)
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31)
process.stdout.write(`${kills} kills, seed ${seed}\n`)
/** I7. The machine should have nothing else to do. */
const BOUND_MS = 5_000

const program = await buildTestProgram()
const world = await makeWorld({ program })
const report = (line: string): void => void process.stdout.write(`${line}\n`)
const result = await storm(world, { kills, seed, boundMs: BOUND_MS, report })
process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`)
await world.close()
program.remove()
process.exit(result.violations.length === 0 ? 0 : 1)
