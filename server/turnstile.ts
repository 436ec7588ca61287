// Lets in a few at a turn of the event loop: requests, upgrades, logins. Each costs half a millisecond,
// most of it for signatures: hundreds that arrive together would hold up every stream by as many
// halves. While messages flow it lets in no more than leave them most of the time: a message waits in
// three turns, and a processor that has always something to do makes each of them long. At rest nobody
// waits (N17).

/** About a millisecond. With one, the turns themselves took a fifth of all logins. */
const AT_ONCE = 2
/** While messages flow, one: more than three hundred a second. */
const EVERY_MS = 3
/** They flow if one came within. */
const FLOWING_MS = 20

export class Turnstile {
  readonly #waiting: (() => void)[] = []
  readonly #now: () => number
  /** Since it opened last. */
  #entered = 0
  #openedAt = 0
  #flowedAt = Number.NEGATIVE_INFINITY

  constructor(now = () => performance.now()) {
    this.#now = now
  }

  enter(work: () => void): void {
    if (this.#entered >= AT_ONCE) {
      this.#waiting.push(work)
      return
    }
    if (this.#entered === 0) this.#open(this.#now())
    this.#entered += 1
    work()
  }

  /** A message came. */
  flows(): void {
    this.#flowedAt = this.#now()
  }

  #open(now: number): void {
    this.#openedAt = now
    setImmediate(this.#again)
  }

  readonly #again = (): void => {
    const now = this.#now()
    const isFlowing = now - this.#flowedAt < FLOWING_MS
    const left = this.#openedAt + EVERY_MS - now
    if (isFlowing && left > 0) {
      setTimeout(this.#again, left)
      return
    }
    const due = this.#waiting.splice(0, isFlowing ? 1 : AT_ONCE)
    this.#entered = isFlowing && due.length > 0 ? AT_ONCE : due.length
    if (due.length > 0) this.#open(now)
    for (const work of due) work()
  }
}
