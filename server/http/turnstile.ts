// Lets requests in a few at a turn of the event loop. A request costs half a millisecond, most of it
// for signatures: hundreds that arrive together would hold up every stream by as many halves. At
// rest nobody waits (N17).

/** About a millisecond of each turn. */
const EACH_TURN = 2

export class Turnstile {
  readonly #waiting: (() => void)[] = []
  #entered = 0
  #scheduled = false

  enter(work: () => void): void {
    this.#schedule()
    if (this.#entered < EACH_TURN && this.#waiting.length === 0) {
      this.#entered += 1
      work()
      return
    }
    this.#waiting.push(work)
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      const due = this.#waiting.splice(0, EACH_TURN)
      this.#entered = due.length
      if (due.length > 0) this.#schedule()
      for (const work of due) work()
    })
  }
}
