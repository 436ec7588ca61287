// Waiting for something to become true, without polling: whoever changes things says so. Whoever
// waits for one message is not asked for every other: hundreds of sends that wait at once would look
// as often as their number squared.

import { timedOut } from './errors.ts'

export interface Wait {
  /** Milliseconds since 1970; absent: as long as it takes. */
  readonly until?: number
  readonly signals: readonly AbortSignal[]
  /** What alone can make it true, beside what may change everything. */
  readonly of?: string
}

export class Changes {
  readonly #waiting = new Map<() => void, string | undefined>()

  /** Without a name: whatever anybody waits for may have changed. */
  changed(what?: string): void {
    for (const [look, of] of [...this.#waiting]) {
      if (what === undefined || of === undefined || of === what) look()
    }
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
      this.#waiting.set(again, wait.of)
    })
  }
}

const MAX_DELAY_MS = 2 ** 31 - 1
const left = (until: number): number => Math.min(Math.max(0, until - Date.now()), MAX_DELAY_MS)
