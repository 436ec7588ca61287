// A log has no holes: within a connection each entry has the next number, and what is missing is
// said before it is passed over (`notice gap`). Who numbers otherwise drops, repeats or reorders,
// and is not believed: nothing of such a frame is taken or acknowledged, so that it comes again. A
// server that was restored leaps, also within a frame: from what it had to what it got since.

import type { Entry } from '../protocol/frames.ts'
import { MAX_UNACKED_ENTRIES, RESTORE_END, RESTORE_LEAP } from '../protocol/limits.ts'

/** What is wrong with a frame; the connection ends under this word. */
type NumberingFault = 'entries_order' | 'entries_hole' | 'entries_flood'

/** Of one log over one connection. */
export class Numbering {
  /** The last number that was handed over or said to be gone; none yet on this connection. */
  #last: number | undefined
  /** Handed over and not acknowledged. */
  #open = 0

  /** `cursor`: how far this log was read. What an earlier connection acknowledged need not come
   *  again; nothing else may be left out. */
  entries(entries: readonly Entry[], cursor: number): NumberingFault | undefined {
    if (this.#open + entries.length > MAX_UNACKED_ENTRIES) return 'entries_flood'
    let last = this.#last
    for (const { seq } of entries) {
      if (seq <= (last ?? 0)) return 'entries_order'
      const reached = Math.max(last ?? 0, cursor)
      const isRestore = seq > reached + RESTORE_LEAP && seq < RESTORE_END
      if (seq > reached + 1 && !isRestore) return 'entries_hole'
      last = seq
    }
    this.#last = last
    this.#open += entries.length
    return undefined
  }

  gap(upTo: number): NumberingFault | undefined {
    if (upTo <= (this.#last ?? 0)) return 'entries_order'
    this.#last = upTo
    return undefined
  }

  acknowledged(count: number): void {
    this.#open -= count
  }
}
