// Waiting for something to become true, without polling: whoever changes things says so.

import { timedOut } from './errors.ts'

export interface Wait {
  /** Milliseconds since 1970; absent: as long as it takes. */
  readonly until?: number
  readonly signals: readonly AbortSignal[]
}

export class Changes {
  readonly #waiting = new Set<() => void>()

  changed(): void {
    for (const look of [...this.#waiting]) look()
  }

  /** The first value that `look` gives. What it throws, this rejects with. */
  async when<T>(look: () => T | undefined, wait: Wait): Promise<T> {
    const aborted = wait.signals.find((signal) => signal.aborted)
    if (aborted !== undefined) throw aborted.reason
    const now = look()
    if (now !== undefined) return now
    return new Promise<T>((resolve, reject) => {
      const done = (settle: () => void): void => {
        this.#waiting.delete(again)
        clearTimeout(timer)
        for (const [signal, listener] of listeners) signal.removeEventListener('abort', listener)
        settle()
      }
      const again = (): void => {
        try {
          const value = look()
          if (value !== undefined) done(() => resolve(value))
        } catch (error) {
          done(() => reject(error))
        }
      }
      const listeners = wait.signals.map((signal) => {
        const listener = (): void => done(() => reject(signal.reason))
        signal.addEventListener('abort', listener, { once: true })
        return [signal, listener] as const
      })
      const timer =
        wait.until === undefined
          ? undefined
          : setTimeout(() => done(() => reject(timedOut('It took too long.'))), left(wait.until))
      this.#waiting.add(again)
    })
  }
}

const MAX_DELAY_MS = 2 ** 31 - 1
const left = (until: number): number => Math.min(Math.max(0, until - Date.now()), MAX_DELAY_MS)
