// Lets in a few at a turn of the event loop: requests, upgrades, logins. Each costs half a millisecond,
// most of it for signatures: hundreds that arrive together would hold up every stream by as many
// halves. While messages flow it lets in no more than leave them most of the time: a message waits in
// three turns, and a processor that has always something to do makes each of them long. But when all
// come back after a restart, it is no use to make them wait until they give up. At rest nobody waits.
// Addresses take turns: who sends hundreds from one waits behind himself (N17).

/** About a millisecond. With one, the turns themselves took a fifth of all logins. */
const AT_ONCE = 2
/** While messages flow, one: more than three hundred a second. */
const EVERY_MS = 3
/** They flow if one came within. */
const FLOWING_MS = 20
/** Where somebody has waited so long, all are let in as if no message flowed: well before a client
 *  tries again. */
const PATIENCE_MS = 3_000

/** Of one address. Each keeps a request and its connection alive, and one connection can bring a hundred
 *  thousand a second. */
const MAX_WAITING = 1_000

interface Waiting {
  readonly since: number
  readonly work: () => void
}

export class Turnstile {
  /** By the address that they came from, the next one first. */
  readonly #waiting = new Map<string, Waiting[]>()
  /** Since it opened last. */
  #entered = 0
  #openedAt = 0
  #flowedAt = Number.NEGATIVE_INFINITY

  /** False where too many wait already: it will not be done. */
  enter(address: string, work: () => void): boolean {
    if (this.#entered >= AT_ONCE) return this.#wait(address, work)
    if (this.#entered === 0) this.#open(performance.now())
    this.#entered += 1
    work()
    return true
  }

  /** A message came. */
  flows(): void {
    this.#flowedAt = performance.now()
  }

  #wait(address: string, work: () => void): boolean {
    const queue = this.#waiting.get(address) ?? []
    if (queue.length >= MAX_WAITING) return false
    if (queue.length === 0) this.#waiting.set(address, queue)
    queue.push({ since: performance.now(), work })
    return true
  }

  #open(now: number): void {
    this.#openedAt = now
    setImmediate(this.#again)
  }

  readonly #again = (): void => {
    const now = performance.now()
    const isSlow = now - this.#flowedAt < FLOWING_MS && !this.#isLate(now)
    const left = this.#openedAt + EVERY_MS - now
    if (isSlow && left > 0) {
      setTimeout(this.#again, left)
      return
    }
    const due = this.#next(isSlow ? 1 : AT_ONCE)
    this.#entered = isSlow && due.length > 0 ? AT_ONCE : due.length
    if (due.length > 0) this.#open(now)
    for (const { work } of due) work()
  }

  #isLate(now: number): boolean {
    for (const [first] of this.#waiting.values()) {
      if (first !== undefined && now - first.since > PATIENCE_MS) return true
    }
    return false
  }

  /** One of each address, which goes to the end of the line. */
  #next(count: number): readonly Waiting[] {
    const due: Waiting[] = []
    for (const [address, queue] of this.#waiting) {
      if (due.length === count) break
      const first = queue.shift()
      if (first !== undefined) due.push(first)
      this.#waiting.delete(address)
      if (queue.length > 0) this.#waiting.set(address, queue)
    }
    return due
  }
}
