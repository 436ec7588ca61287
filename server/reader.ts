// One reader's way through one log: what was handed to its connection, what it acknowledged, what
// is known to stand behind. Sequences have no holes, so the seam between the backlog and what
// arrives live is arithmetic: only the next number is ever handed over.

import { encodeServerFrame } from '../src/protocol/frames.ts'
import type { DeviceId, LogId } from '../src/protocol/ids.ts'
import { MAX_ENTRIES_PER_FRAME, MAX_UNACKED_ENTRIES } from '../src/protocol/limits.ts'
import type { LogStorage, StoredEntry } from './storage/log-port.ts'

/** A connection as its logs see it. */
export interface Outlet {
  readonly device: DeviceId
  /** False while so much waits for the peer that nothing should be added. */
  hasRoom(): boolean
  deliver(frame: Uint8Array): void
  /** Entries up to `upTo` were dropped before this reader had them. */
  lost(log: LogId, upTo: number): void
  /** The log cannot be read; the connection is of no use. */
  failed(): void
}

/** A page of the backlog; some sockets' worth, so that one reader does not hold up the others. */
const MAX_PAGE_BYTES = 256 * 1024

export class LogReader {
  readonly log: LogId
  readonly outlet: Outlet
  readonly #storage: LogStorage
  /** Handed over, or acknowledged before that. */
  #sent: number
  #acked: number
  #head: number
  #phase: 'idle' | 'reading' | 'closed' = 'idle'

  constructor(
    storage: LogStorage,
    place: {
      readonly outlet: Outlet
      readonly log: LogId
      readonly after: number
      readonly head: number
    },
  ) {
    this.#storage = storage
    this.log = place.log
    this.outlet = place.outlet
    this.#sent = place.after
    this.#acked = place.after
    this.#head = Math.max(place.head, place.after)
  }

  get sent(): number {
    return this.#sent
  }

  /**
   * `frame` holds the entries `first` to `last`, encoded once for all readers. Who is exactly
   * before them takes it; who is not gets them from the log.
   */
  offer(frame: Uint8Array, first: number, last: number): void {
    if (last > this.#head) this.#head = last
    if (this.#phase !== 'idle' || last <= this.#sent) return
    if (this.#sent === first - 1 && this.#window() > last - first && this.outlet.hasRoom()) {
      this.#sent = last
      this.outlet.deliver(frame)
      return
    }
    this.pump()
  }

  /** Somebody says that the log reaches to `head` now. */
  grown(head: number): void {
    if (head <= this.#head) return
    this.#head = head
    this.pump()
  }

  /** Takes the client's word also for what came over an earlier connection. False if it says
   *  nothing new. */
  acknowledged(upTo: number): boolean {
    const known = Math.min(upTo, this.#head)
    const isNews = known > this.#acked
    if (isNews) this.#acked = known
    if (known > this.#sent) this.#sent = known
    this.pump()
    return isNews
  }

  /** Goes on where there is something to give and room for it. */
  pump(): void {
    if (this.#phase !== 'idle' || this.#sent >= this.#head) return
    const maxEntries = Math.min(MAX_ENTRIES_PER_FRAME, this.#window())
    if (maxEntries === 0 || !this.outlet.hasRoom()) return
    this.#phase = 'reading'
    const after = this.#sent
    this.#storage
      .read({ log: this.log, after, maxEntries, maxBytes: MAX_PAGE_BYTES })
      .then(({ entries, head }) => this.#arrived(entries, head))
      .catch(() => this.outlet.failed())
  }

  close(): void {
    this.#phase = 'closed'
  }

  #window(): number {
    return MAX_UNACKED_ENTRIES - (this.#sent - this.#acked)
  }

  #arrived(page: readonly StoredEntry[], head: number): void {
    if (this.#phase === 'closed') return
    this.#phase = 'idle'
    if (head > this.#head) this.#head = head
    // An acknowledgement may have overtaken the page.
    const entries = page.filter(({ seq }) => seq > this.#sent)
    const first = entries[0]
    const last = entries.at(-1)
    const hole = first === undefined ? (page.length === 0 ? head : this.#sent) : first.seq - 1
    if (hole > this.#sent) {
      this.#hole(hole)
      return
    }
    if (last !== undefined) {
      this.#sent = last.seq
      this.outlet.deliver(encodeServerFrame({ kind: 'entries', log: this.log, entries }))
    }
    this.pump()
  }

  /** Dropped by retention, or acknowledged over a connection whose last words came late. */
  #hole(upTo: number): void {
    this.#phase = 'reading'
    this.#storage
      .cursor(this.outlet.device, this.log)
      .then((position) => {
        if (this.#phase === 'closed') return
        this.#phase = 'idle'
        const cursor = Math.min(position?.cursor ?? 0, this.#head)
        const lost = cursor < upTo && this.#sent < upTo
        this.#acked = Math.max(this.#acked, lost ? upTo : cursor)
        this.#sent = Math.max(this.#sent, lost ? upTo : cursor)
        if (lost) this.outlet.lost(this.log, upTo)
        this.pump()
      })
      .catch(() => this.outlet.failed())
  }
}
