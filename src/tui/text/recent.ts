// A memory of what was made of objects lately. What is asked for stays; what was not asked for while
// so many others were made is forgotten. Nothing is held that nobody else holds.

export class Recent<K extends object, V> {
  readonly #most: number
  #young = new WeakMap<K, V>()
  #old = new WeakMap<K, V>()
  #made = 0

  /** Twice as many at the most. */
  constructor(most: number) {
    this.#most = most
  }

  get(key: K): V | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  set(key: K, value: V): void {
    if (this.#made >= this.#most) {
      this.#old = this.#young
      this.#young = new WeakMap()
      this.#made = 0
    }
    this.#young.set(key, value)
    this.#made += 1
  }
}
