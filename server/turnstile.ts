// Lets in one at a turn of the event loop: a request, an upgrade, a login. Each costs half a
// millisecond, most of it for signatures: hundreds that arrive together would hold up every stream
// by as many halves. At rest nobody waits (N17).

export class Turnstile {
  readonly #waiting: (() => void)[] = []
  /** Until the next turn. */
  #taken = false

  enter(work: () => void): void {
    if (this.#taken) {
      this.#waiting.push(work)
      return
    }
    this.#take()
    work()
  }

  #take(): void {
    this.#taken = true
    setImmediate(() => {
      const next = this.#waiting.shift()
      if (next === undefined) {
        this.#taken = false
        return
      }
      this.#take()
      next()
    })
  }
}
