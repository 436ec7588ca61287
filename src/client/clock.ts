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

/** setTimeout's own limit; a longer wait is cut, and whoever woke up looks again. */
const MAX_DELAY_MS = 2 ** 31 - 1
