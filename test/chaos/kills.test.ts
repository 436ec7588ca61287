import { expect, test } from 'vitest'
import { chaos } from './chaos.ts'

const SEED = Number(process.env.SOTTO_SEED ?? Date.now() % 2 ** 31)

test(`25 random kills lose, double and reorder nothing (seed ${SEED})`, {
  timeout: 240_000,
}, async () => {
  const { violations, messages } = await chaos({ kills: 25, seed: SEED })
  expect(violations).toEqual([])
  expect(messages).toBeGreaterThanOrEqual(25)
})
