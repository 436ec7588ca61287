// Work that somebody may ask for faster than it can be done: one at a time, and of what was asked
// meanwhile only the newest.

export class Newest<T extends object> {
  readonly #work: (asked: T) => Promise<void>
  #waiting: T | undefined
  #busy = false

  /** `work` does not fail: whoever gives it sees to its failures. */
  constructor(work: (asked: T) => Promise<void>) {
    this.#work = work
  }

  offer(asked: T): void {
    this.#waiting = { ...this.#waiting, ...asked }
    if (!this.#busy) void this.#run()
  }

  async #run(): Promise<void> {
    this.#busy = true
    while (this.#waiting !== undefined) {
      const asked = this.#waiting
      this.#waiting = undefined
      await this.#work(asked)
    }
    this.#busy = false
  }
}
