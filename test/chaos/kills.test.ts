import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildTestProgram, type TestProgram } from './build.ts'
import { storm } from './storm.ts'
import { makeWorld } from './world.ts'

const SEED = Number(process.env.SOTTO_SEED ?? Date.now() % 2 ** 31)

/** Other tests run beside this one; `npm run chaos` holds the bound of five seconds. */
const BOUND_MS = 45_000

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
