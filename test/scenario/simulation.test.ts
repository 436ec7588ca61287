// The seeded simulation: several people, a bad network, processes that die at any commit. A failing
// run prints its seed; SOTTO_SEED=n runs that one alone.

import { describe, expect, test } from 'vitest'
import { broken } from './world/invariants.ts'
import { World } from './world/world.ts'

const WEATHER = { crashes: true, losses: true }
const SEEDS = 500

const { SOTTO_SEED } = process.env

async function findings(seed: number): Promise<readonly string[]> {
  const world = new World(seed, WEATHER)
  try {
    await world.run()
  } catch (error) {
    return [`seed ${seed}: ${String(error)}`]
  }
  return broken(world).map((finding) => `seed ${seed}: ${finding}`)
}

describe('a world with crashes, losses and repetitions', () => {
  test('keeps every invariant', { timeout: 120_000 }, async () => {
    const seeds =
      SOTTO_SEED === undefined
        ? Array.from({ length: SEEDS }, (_, index) => index + 1)
        : [Number(SOTTO_SEED)]
    for (const seed of seeds) expect(await findings(seed)).toEqual([])
  })
})
