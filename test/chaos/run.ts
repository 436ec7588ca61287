// `npm run chaos -- [KILLS] [SEED]`: the storm at length. Prints its seed, so that it can be
// replayed, and fails if an invariant did.

import { chaos } from './chaos.ts'

const kills = Number(process.argv[2] ?? 1_000)
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31)
process.stdout.write(`${kills} kills, seed ${seed}\n`)
/** I7. The machine should have nothing else to do. */
const RECOVERY_BOUND_MS = 5_000

const result = await chaos({
  kills,
  seed,
  recoveryBoundMs: RECOVERY_BOUND_MS,
  report: (line) => process.stdout.write(`${line}\n`),
})
process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`)
process.exit(result.violations.length === 0 ? 0 : 1)
