import { expect, test } from 'vitest'
import { chaos } from './chaos.ts'

const SEED = Number(process.env.SOTTO_SEED ?? Date.now() % 2 ** 31)

/** Other tests run beside this one; `npm run chaos` holds the bound of five seconds. */
const RECOVERY_BOUND_MS = 30_000

test(`25 random kills lose, double and reorder nothing (seed ${SEED})`, {
  timeout: 240_000,
}, async () => {
  const { violations, messages } = await chaos({
    kills: 25,
    seed: SEED,
    recoveryBoundMs: RECOVERY_BOUND_MS,
  })
  expect(violations).toEqual([])
  expect(messages).toBeGreaterThanOrEqual(25)
})
