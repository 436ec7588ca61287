// The root: each new agreement is mixed into it and yields the key of one new chain.

import { RATCHET_ROOT } from '../labels.ts'
import type { Primitives } from '../primitives.ts'
import type { Chain } from './chain.ts'

interface RootStep {
  readonly root: Uint8Array
  readonly chain: Chain
}

interface RootInput {
  readonly root: Uint8Array
  readonly privateKey: Uint8Array
  readonly publicKey: Uint8Array
}

/** Throws CryptoError on an all-zero agreement (A9). */
export function stepRoot(primitives: Primitives, input: RootInput): RootStep {
  const shared = primitives.x25519Agree(input.privateKey, input.publicKey)
  const out = primitives.hkdfSha256({
    ikm: shared,
    salt: input.root,
    info: RATCHET_ROOT,
    length: 64,
  })
  shared.fill(0)
  return { root: out.slice(0, 32), chain: { key: out.slice(32, 64), index: 0 } }
}
