// The log service of one node: appends go into the running group commit; after the commit the
// sender is answered and each connected reader gets the entry, encoded once for all of them.

import { type AppendItem, encodeServerFrame } from '../src/protocol/frames.ts'
import type { LogId } from '../src/protocol/ids.ts'
import { MAX_ENTRIES_PER_FRAME } from '../src/protocol/limits.ts'
import type { Seat } from './bus/port.ts'
import { LogReader, type Outlet } from './reader.ts'
import type { AppendOutcome, AppendRequest, LogStorage, StoredEntry } from './storage/log-port.ts'

/** An append and who waits for its outcome. */
export interface Ticket extends AppendRequest {
  readonly number: number
  /** When it arrived. */
  readonly at: number
  readonly sender: Sender
}

export interface Sender {
  settled(ticket: Ticket, outcome: AppendOutcome): void
}

/** Entries of one log in one commit, on their way to its readers. */
type Fresh = Map<LogId, StoredEntry[]>

/** More than the disk takes in some seconds: better to refuse than to promise. */
const MAX_PENDING = 50_000
/** A frame of live entries closes when it is this large, far below MAX_FRAME_BYTES. */
const LIVE_FRAME_BYTES = 512 * 1024
/** Logs that are looked after at once while polling; a slice of about a millisecond. */
const POLL_SLICE = 500

export class LogService {
  readonly #storage: LogStorage
  readonly #seat: Seat
  readonly #readers = new Map<LogId, Set<LogReader>>()
  #fresh: Fresh = new Map()
  #pending = 0
  readonly #settle = (ticket: Ticket, outcome: AppendOutcome): void =>
    this.#settled(ticket, outcome)

  constructor(storage: LogStorage, seat: Seat) {
    this.#storage = storage
    this.#seat = seat
    storage.onCommitted(() => this.#handOut())
  }

  get pending(): number {
    return this.#pending
  }

  append(ticket: Ticket): void {
    if (this.#pending >= MAX_PENDING) {
      ticket.sender.settled(ticket, { kind: 'refused', reason: 'unavailable', accounts: [] })
      return
    }
    this.#pending += 1
    this.#storage.append(ticket, this.#settle)
  }

  /** From now on `outlet` gets all that stands and comes after `after`. */
  attach(
    outlet: Outlet,
    place: { readonly log: LogId; readonly after: number; readonly head: number },
  ): LogReader {
    const reader = new LogReader(this.#storage, { outlet, ...place })
    const others = this.#readers.get(place.log)
    if (others === undefined) this.#readers.set(place.log, new Set([reader]))
    else others.add(reader)
    reader.pump()
    return reader
  }

  detach(reader: LogReader): void {
    reader.close()
    const others = this.#readers.get(reader.log)
    others?.delete(reader)
    if (others?.size === 0) this.#readers.delete(reader.log)
  }

  /** False if the reader was as far before. */
  acknowledge(reader: LogReader, upTo: number): boolean {
    this.#storage.acknowledge(reader.outlet.device, reader.log, upTo)
    return reader.acknowledged(upTo)
  }

  /** Another node's commit, by hearsay. */
  grown(log: LogId, head: number): void {
    for (const reader of this.#readers.get(log) ?? []) reader.grown(head)
  }

  /** The truth, whatever the bus lost: called at least every 30 s, walks all read logs. */
  async poll(): Promise<void> {
    const logs = [...this.#readers.keys()]
    for (let at = 0; at < logs.length; at += POLL_SLICE) {
      const slice = logs.slice(at, at + POLL_SLICE)
      const heads = await this.#storage.heads(slice)
      for (const [index, log] of slice.entries()) this.grown(log, heads[index] ?? 0)
    }
  }

  #settled(ticket: Ticket, outcome: AppendOutcome): void {
    this.#pending -= 1
    if (outcome.kind === 'appended') {
      for (const [index, result] of outcome.results.entries()) {
        const item = ticket.items[index]
        if (result.fresh && item !== undefined) this.#collect(ticket, item, result)
      }
    }
    ticket.sender.settled(ticket, outcome)
  }

  #collect(ticket: Ticket, item: AppendItem, { seq, at }: { seq: number; at: number }): void {
    let entries = this.#fresh.get(item.log)
    if (entries === undefined) {
      entries = []
      this.#fresh.set(item.log, entries)
    }
    const { account, device } = ticket
    entries.push({ seq, account, device, clientId: item.clientId, at, body: item.body })
  }

  #handOut(): void {
    if (this.#fresh.size === 0) return
    const fresh = this.#fresh
    this.#fresh = new Map()
    for (const [log, entries] of fresh) {
      const readers = this.#readers.get(log)
      if (readers !== undefined) offerAll(readers, log, entries)
      this.#seat.publish({ kind: 'grown', log, head: entries.at(-1)?.seq ?? 0 })
    }
  }
}

function offerAll(
  readers: ReadonlySet<LogReader>,
  log: LogId,
  entries: readonly StoredEntry[],
): void {
  for (let at = 0; at < entries.length; ) {
    const part = frameful(entries, at)
    at += part.length
    const first = part[0]
    const last = part.at(-1)
    if (first === undefined || last === undefined) return
    const frame = encodeServerFrame({ kind: 'entries', log, entries: part })
    for (const reader of readers) reader.offer(frame, first.seq, last.seq)
  }
}

function frameful(entries: readonly StoredEntry[], from: number): readonly StoredEntry[] {
  let bytes = 0
  let to = from
  while (to < entries.length && to - from < MAX_ENTRIES_PER_FRAME) {
    bytes += entries[to]?.body.length ?? 0
    if (to > from && bytes > LIVE_FRAME_BYTES) break
    to += 1
  }
  return from === 0 && to === entries.length ? entries : entries.slice(from, to)
}
