// The guard against a database that was restored or copied: ratchet states would come back and
// message keys be used twice. The keychain and the database carry the same number, which advances
// at each opening and at each clean close: first the database, then the keychain.

import { decode, encode, u64 } from '../protocol/codec.ts'

type GenerationCheck =
  /** Write `next` to the database, then to the keychain, then use what the database holds. */
  | { readonly kind: 'ok'; readonly next: number }
  /** The database is older than the keychain: it was restored, or another copy went ahead. */
  | { readonly kind: 'rolled_back' }
  /** The keychain is older than the database: it was restored. */
  | { readonly kind: 'keychain_rolled_back' }

/** A process that died between the two writes leaves the database one ahead. `next` counts from
 *  the keychain, so that dying there again and again does not widen the gap. */
export function checkGeneration(keychain: number, database: number): GenerationCheck {
  if (database < keychain) return { kind: 'rolled_back' }
  if (database > keychain + 1) return { kind: 'keychain_rolled_back' }
  return { kind: 'ok', next: keychain + 1 }
}

/** The database's twin, as the value of a `meta` row. */
export const GENERATION_KEY = 'generation'
export const encodeGeneration = (generation: number): Uint8Array => encode(u64, generation)
/** Throws ProtocolError: an absent or damaged generation is never generation 0. */
export const decodeGeneration = (bytes: Uint8Array): number => decode(u64, bytes)
