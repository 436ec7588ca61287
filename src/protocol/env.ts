// What the pure rings may ask of the world. Everything else is handed in as a value.

export interface Env {
  /** Milliseconds since 1970. */
  now(): number
  /** From the operating system's generator, or seeded in tests. */
  random(length: number): Uint8Array
}
