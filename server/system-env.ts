// The clock and the operating system's generator.

import { randomBytes } from 'node:crypto'
import type { Env } from '../src/protocol/env.ts'

export const systemEnv: Env = {
  now: () => Date.now(),
  random: (length) => new Uint8Array(randomBytes(length)),
}
