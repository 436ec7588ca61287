// Chance that can be played again: the same seed, the same everything.

export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 up to, not including, 1. (mulberry32) */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** From `low` to `high`, both included. */
  number(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  one<T>(of: readonly T[]): T {
    const [first] = of
    if (first === undefined) throw new Error('nothing to choose from')
    return of[this.number(0, of.length - 1)] ?? first
  }

  /** True once in so many times. */
  in(times: number): boolean {
    return this.next() * times < 1
  }

  /** By weight. */
  weighted<T>(of: readonly (readonly [weight: number, what: T])[]): T {
    let left = this.next() * of.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, what] of of) {
      left -= weight
      if (left < 0) return what
    }
    return this.one(of)[1]
  }

  list<T>(most: number, make: (index: number) => T): readonly T[] {
    return Array.from({ length: this.number(0, most) }, (_, index) => make(index))
  }
}
