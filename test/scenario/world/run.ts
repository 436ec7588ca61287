// A run and what it broke.

import type { Plants } from './device.ts'
import { broken } from './invariants.ts'
import { type Weather, World } from './world.ts'

export const STORM: Weather = { crashes: true, losses: true }

export async function findingsOf(
  seed: number,
  weather: Weather = STORM,
  plants: Plants = {},
): Promise<readonly string[]> {
  const world = new World(seed, weather, plants)
  try {
    await world.run()
  } catch (error) {
    return [`seed ${seed}: ${String(error)}`]
  }
  return broken(world).map((finding) => `seed ${seed}: ${finding}`)
}

/** SOTTO_SEED=n runs that one alone. */
export function seedsFrom(first: number, count: number): readonly number[] {
  const { SOTTO_SEED } = process.env
  if (SOTTO_SEED !== undefined) return [Number(SOTTO_SEED)]
  return Array.from({ length: count }, (_, index) => first + index)
}
