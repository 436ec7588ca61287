// Both providers, for tests that run over each.

import type { Primitives } from '../../src/crypto/primitives.ts'
import { noblePrimitives } from '../../src/crypto/provider-noble.ts'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'

export const PROVIDERS: readonly Primitives[] = [nodePrimitives, noblePrimitives]

/** The code of what `work` throws; fails the test when it throws nothing. */
export function codeOf(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    if (error instanceof Error && 'code' in error) return error.code
    throw error
  }
  throw new Error('was not refused')
}
