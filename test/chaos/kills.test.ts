import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildTestProgram, type TestProgram } from './build.ts'
import { walkSteps } from './steps.ts'
import { storm } from './storm.ts'
import { straceMissing } from './strace.ts'
import { makeWorld } from './world.ts'

const SEED = Number(process.env.SOTTO_SEED ?? Date.now() % 2 ** 31)

/** Other tests run beside this one; `npm run chaos` holds the bound of five seconds. */
const BOUND_MS = 45_000

const missing = straceMissing()
if (missing !== undefined) {
  if (process.env.SOTTO_REQUIRE_ALL === '1') throw new Error(missing)
  process.stderr.write(`skipped: ${missing}\n`)
}

let program: TestProgram
beforeAll(async () => {
  program = await buildTestProgram()
})
afterAll(() => program.remove())

test(`25 random kills lose, double and reorder nothing (seed ${SEED})`, {
  timeout: 300_000,
}, async () => {
  const world = await makeWorld({ program })
  try {
    const result = await storm(world, { kills: 25, seed: SEED, boundMs: BOUND_MS })
    expect(result.violations).toEqual([])
    expect(result.messages).toBeGreaterThanOrEqual(25)
    expect(result.seals.spoken).toBeGreaterThanOrEqual(25)
  } finally {
    await world.close()
  }
})

// `npm run chaos -- --steps` and `--eio` walk them all.
test.skipIf(missing !== undefined)(
  'a kill or an error of the disk at the first fsync of a send and of a commit loses nothing',
  { timeout: 300_000 },
  async () => {
    const world = await makeWorld({ program })
    try {
      const result = await walkSteps(world, {
        boundMs: BOUND_MS,
        faults: ['kill', 'disk'],
        points: ({ call, when }, act) => call === 'fsync' && when === 1 && act !== 'receive',
      })
      expect(result.violations).toEqual([])
      expect(Object.keys(result.met)).toEqual([
        'send kill fsync',
        'send failed fsync',
        'commit kill fsync',
        'commit failing fsync',
        'keep failing fsync',
      ])
    } finally {
      await world.close()
    }
  },
)
