// The seeded simulation: several people, a bad network, processes that die at any commit. A failing
// run prints its seed; SOTTO_SEED=n runs that one alone. Two files, for two workers.

import { describe, expect, test } from 'vitest'
import { findingsOf, seedsFrom } from './world/run.ts'

describe('a world with crashes, losses and repetitions', () => {
  test('keeps every invariant, the first 250 seeds', { timeout: 240_000 }, async () => {
    for (const seed of seedsFrom(1, 250)) expect(await findingsOf(seed)).toEqual([])
  })
})
