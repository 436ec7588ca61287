// Token buckets: so much at once, so much per second after. One set of buckets per thing that is
// limited, one bucket per account or address; a bucket that is full again is not kept.

export interface Rate {
  readonly burst: number
  readonly perSecond: number
}

interface Bucket {
  /** In thousandths, so that a millisecond gives a whole number of them. */
  tokens: number
  at: number
}

/** Past this many the full ones are thrown out; each costs about 100 bytes. */
const PRUNE_AT = 50_000

export class Buckets {
  readonly #rate: Rate
  readonly #buckets = new Map<string, Bucket>()
  #pruneAt = PRUNE_AT

  constructor(rate: Rate) {
    this.#rate = rate
  }

  /** 0 if `cost` was taken, else after how many milliseconds it could be. */
  take(key: string, cost: number, now: number): number {
    const { perSecond } = this.#rate
    const burst = this.#rate.burst * 1000
    let bucket = this.#buckets.get(key)
    if (bucket === undefined) {
      if (this.#buckets.size >= this.#pruneAt) this.#prune(now)
      bucket = { tokens: burst, at: now }
      this.#buckets.set(key, bucket)
    }
    // A clock that was set back gives nothing and takes nothing.
    const elapsed = Math.max(0, now - bucket.at)
    bucket.tokens = Math.min(burst, bucket.tokens + elapsed * perSecond)
    bucket.at = now
    const missing = cost * 1000 - bucket.tokens
    if (missing > 0) return Math.ceil(missing / perSecond)
    bucket.tokens -= cost * 1000
    return 0
  }

  /** As if all and as much again were taken: for who was told what the rate is and does not care.
   *  After how many milliseconds there is something again. */
  exhaust(key: string, now: number): number {
    const { burst, perSecond } = this.#rate
    this.take(key, 0, now)
    const bucket = this.#buckets.get(key)
    if (bucket !== undefined) bucket.tokens = -burst * 1000
    return Math.ceil(((burst + 1) * 1000) / perSecond)
  }

  #prune(now: number): void {
    const { burst, perSecond } = this.#rate
    for (const [key, { tokens, at }] of this.#buckets) {
      if (tokens + (now - at) * perSecond >= burst * 1000) this.#buckets.delete(key)
    }
    // Under attack from many keys at once none is full: then the next look comes later.
    this.#pruneAt = Math.max(PRUNE_AT, this.#buckets.size * 2)
  }
}
