// A run and what it broke.

import type { Plants } from './device.ts'
import { broken } from './invariants.ts'
import { type Weather, World } from './world.ts'

export const STORM: Weather = { crashes: true, losses: true }

/** Every run has crashes and losses; some have clocks that leap, some a server that goes back. */
export function weatherOf(seed: number): Weather {
  const back = seed % 8 === 0 ? 'restored' : seed % 8 === 4 ? 'copied' : undefined
  return { ...STORM, clocks: seed % 3 === 0, ...(back && { back }) }
}

export async function findingsOf(
  seed: number,
  weather: Weather = weatherOf(seed),
  plants: Plants = {},
): Promise<readonly string[]> {
  return (await findingsAndTrace(seed, weather, plants)).findings
}

export async function findingsAndTrace(
  seed: number,
  weather: Weather,
  plants: Plants = {},
): Promise<{ readonly findings: readonly string[]; readonly trace: readonly string[] }> {
  const world = new World(seed, weather, plants)
  try {
    await world.run()
  } catch (error) {
    return { findings: [`seed ${seed}: ${String(error)}`], trace: world.trace }
  }
  const findings = broken(world).map((finding) => `seed ${seed}: ${finding}`)
  return { findings, trace: world.trace }
}

/** SOTTO_SEED=n runs that one alone. */
export function seedsFrom(first: number, count: number): readonly number[] {
  const { SOTTO_SEED } = process.env
  if (SOTTO_SEED !== undefined) return [Number(SOTTO_SEED)]
  return Array.from({ length: count }, (_, index) => first + index)
}
