// Lets in a few at a turn of the event loop: requests, upgrades, logins. Each costs half a millisecond,
// most of it for signatures: hundreds that arrive together would hold up every stream by as many
// halves. At rest nobody waits (N17).

/** About a millisecond. With one, the turns themselves took a fifth of all logins. */
const EACH_TURN = 2
/** A turn that took this long had enough to do with arrivals and answers: the next lets nobody in. A
 *  message needs three turns, and waits in each. */
const LONG_MS = 1.2
/** However long they are, of so many turns one lets somebody in. */
const MAX_CLOSED = 5

export class Turnstile {
  readonly #waiting: (() => void)[] = []
  readonly #now: () => number
  /** In this turn. */
  #entered = 0
  #begun = 0
  /** Turns since somebody was let in. */
  #closed = 0

  constructor(now = () => performance.now()) {
    this.#now = now
  }

  enter(work: () => void): void {
    if (this.#entered === 0) this.#begin()
    if (this.#entered >= EACH_TURN) {
      this.#waiting.push(work)
      return
    }
    this.#entered += 1
    work()
  }

  #begin(): void {
    this.#begun = this.#now()
    setImmediate(this.#turn)
  }

  readonly #turn = (): void => {
    this.#entered = 0
    if (this.#waiting.length === 0) return
    const wasLong = this.#now() - this.#begun > LONG_MS
    this.#begin()
    if (wasLong && this.#closed < MAX_CLOSED) {
      this.#closed += 1
      this.#entered = EACH_TURN
      return
    }
    this.#closed = 0
    const due = this.#waiting.splice(0, EACH_TURN)
    this.#entered = due.length
    for (const work of due) work()
  }
}
