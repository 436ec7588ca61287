// Handling of secret bytes: compare without telling where they differ, overwrite, keep out of
// logs. JavaScript promises no constant time and no wiping; this is the best effort (R11, R12).

import { timingSafeEqual } from 'node:crypto'

/** Constant-time for equal lengths; a length is never secret here. Unequal lengths are unequal
 *  before any byte is looked at, so that no shortened tag ever matches (A10). */
export const equalSecret = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && timingSafeEqual(a, b)

export function wipe(...secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0)
}

const HIDDEN = '[secret]'

/** Bytes that cannot be printed, logged, inspected or put into JSON by accident. */
export class Secret {
  readonly #bytes: Uint8Array

  /** Takes the bytes over: `wipe` overwrites them where they are. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** The bytes themselves, not a copy; every call is a place to look at in a review. */
  expose(): Uint8Array {
    return this.#bytes
  }

  wipe(): void {
    wipe(this.#bytes)
  }

  toString(): string {
    return HIDDEN
  }

  toJSON(): string {
    return HIDDEN
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return HIDDEN
  }
}
