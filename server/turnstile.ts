// Lets in a few at a turn of the event loop: requests, upgrades, logins. Each costs half a millisecond,
// most of it for signatures: hundreds that arrive together would hold up every stream by as many
// halves. At rest nobody waits (N17).

/** About a millisecond. With one, the turns themselves took a fifth of all logins. */
const EACH_TURN = 2

export class Turnstile {
  readonly #waiting: (() => void)[] = []
  /** In this turn. */
  #entered = 0

  enter(work: () => void): void {
    if (this.#entered === 0) setImmediate(this.#turn)
    if (this.#entered >= EACH_TURN) {
      this.#waiting.push(work)
      return
    }
    this.#entered += 1
    work()
  }

  readonly #turn = (): void => {
    const due = this.#waiting.splice(0, EACH_TURN)
    this.#entered = due.length
    if (due.length > 0) setImmediate(this.#turn)
    for (const work of due) work()
  }
}
