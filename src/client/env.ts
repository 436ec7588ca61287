// The real world that the pure rooms are handed: clock, chance, and the fast crypto provider.

import { randomBytes } from 'node:crypto'
import type { CryptoEnv } from '../crypto/primitives.ts'
import { nodePrimitives } from '../crypto/provider-node.ts'

export const realEnv: CryptoEnv = {
  now: () => Date.now(),
  random: (length) => new Uint8Array(randomBytes(length)),
  primitives: nodePrimitives,
}
