// A value that is kept beside some bytes, for exactly as long as those bytes are: what a WeakMap
// would be for. Between two full collections a WeakMap holds all its values, though, and so whatever
// is reached from them: the spent private keys of each message, by the thousand. A private field
// that is put on the bytes themselves goes with them at the next small collection, and costs a
// quarter of it.

export interface Beside<V> {
  get(bytes: Uint8Array): V | undefined
  set(bytes: Uint8Array, value: V): void
}

/** A class that extends this puts its private fields on `object` instead of on a new one. */
class Guest {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: this is what the class is for
    return object
  }
}

export function beside<V>(): Beside<V> {
  class Kept extends Guest {
    #value: V

    constructor(bytes: Uint8Array, value: V) {
      super(bytes)
      this.#value = value
    }

    static get(bytes: Uint8Array | Kept): V | undefined {
      return #value in bytes ? bytes.#value : undefined
    }

    static set(bytes: Uint8Array | Kept, value: V): void {
      if (#value in bytes) bytes.#value = value
      else new Kept(bytes, value)
    }
  }
  return Kept
}
