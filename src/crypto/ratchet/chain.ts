// A chain: one key per message, each made from the one before and gone when used.

import type { Primitives } from '../primitives.ts'

export interface Chain {
  readonly key: Uint8Array
  /** Of the message that `key` is for, from 0. */
  readonly index: number
}

interface ChainStep {
  readonly messageKey: Uint8Array
  readonly next: Chain
}

/** One byte each, as in the Double Ratchet paper (5.2): a chain key is used for nothing else. */
const MESSAGE = Uint8Array.of(1)
const NEXT = Uint8Array.of(2)

export const advance = (primitives: Primitives, chain: Chain): ChainStep => ({
  messageKey: primitives.hmacSha256(chain.key, MESSAGE),
  next: { key: primitives.hmacSha256(chain.key, NEXT), index: chain.index + 1 },
})

interface Skipped {
  readonly index: number
  readonly messageKey: Uint8Array
}

/** Forward to `index`, collecting the keys in between. The caller has checked the distance. */
export function skipTo(
  primitives: Primitives,
  chain: Chain,
  index: number,
): { readonly chain: Chain; readonly skipped: readonly Skipped[] } {
  const skipped: Skipped[] = []
  let current = chain
  while (current.index < index) {
    const { messageKey, next } = advance(primitives, current)
    skipped.push({ index: current.index, messageKey })
    current = next
  }
  return { chain: current, skipped }
}
