import { randomBytes } from 'node:crypto'
import type { Env } from '../../src/protocol/env.ts'

/** The real clock and real chance. */
export const randomEnv: Env = {
  now: () => Date.now(),
  random: (length) => new Uint8Array(randomBytes(length)),
}
