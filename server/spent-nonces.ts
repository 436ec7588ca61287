// Remembers nonces for as long as what they were signed into could be accepted again. Two
// generations: the elder is forgotten whole, so that forgetting costs nothing.

/** About 100 bytes each. Only who proved a device's key adds one, and rates bound how many. Where
 *  more come still, the elder half is forgotten before its time: to refuse would let some accounts
 *  shut all others out, to forget helps only who can take a request out of TLS (N10). */
const MAX_REMEMBERED = 500_000

export class SpentNonces {
  readonly #windowMs: number
  readonly #max: number
  #young = new Set<string>()
  #old = new Set<string>()
  #turnedAt = 0

  constructor(windowMs: number, max = MAX_REMEMBERED) {
    this.#windowMs = windowMs
    this.#max = max
  }

  /** False where it was spent before. */
  spend(nonce: string, now: number): boolean {
    this.#turn(now)
    if (this.#young.has(nonce) || this.#old.has(nonce)) return false
    this.#young.add(nonce)
    return true
  }

  #turn(now: number): void {
    if (now - this.#turnedAt < this.#windowMs && this.#young.size < this.#max / 2) return
    // After two quiet windows neither generation matters any more.
    this.#old = now - this.#turnedAt < 2 * this.#windowMs ? this.#young : new Set()
    this.#young = new Set()
    this.#turnedAt = now
  }
}
