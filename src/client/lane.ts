// Work that waits for the network, one piece after another, in the order of the calls.

export class Lane {
  #last: Promise<unknown> = Promise.resolve()
  #closed = false

  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('the driver is closed'))
    const result = this.#last.then(work)
    // A failure is its caller's; the next piece begins all the same.
    this.#last = result.catch(() => undefined)
    return result
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#last
  }
}
