// Time as the shell waits for it. Tests hand in one that they turn by hand.

export interface Timer {
  cancel(): void
}

export interface Clock {
  now(): number
  /** Whoever starts one cancels it when leaving: it keeps the process alive. */
  after(milliseconds: number, run: () => void): Timer
}

export const realClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, Math.min(milliseconds, MAX_DELAY_MS))
    return { cancel: () => clearTimeout(timer) }
  },
}

/** Milliseconds that no setting of the clock changes. At its first use `performance` makes the
 *  runtime load six modules: half a millisecond of a command. */
export const monotonic = (): number => Number(process.hrtime.bigint()) / NANOSECONDS_PER_MILLISECOND
const NANOSECONDS_PER_MILLISECOND = 1e6

/** setTimeout's own limit; a longer wait is cut, and whoever woke up looks again. */
const MAX_DELAY_MS = 2 ** 31 - 1
