// The log port over SQLite: writes go through the committer, reads through a connection of the
// main thread, which sees what is committed and waits for nobody.

import { type DeviceId, type LogId, mailboxOf } from '../../../src/protocol/ids.ts'
import type {
  AppendOutcome,
  AppendRequest,
  GroupRequest,
  LogStorage,
  OpenOutcome,
  OpenRequest,
  Page,
  Position,
  ReaderChange,
  ReadQuery,
  SweepLimits,
} from '../log-port.ts'
import { StorageError } from '../port.ts'
import type { Committer } from './committer.ts'
import type { Acknowledgement } from './log-operations.ts'
import { readHead, readPage } from './log-reading.ts'
import type { Sql } from './open.ts'
import { UnwrittenOpenings } from './openings.ts'
import type { StoredPlace } from './sweep.ts'

/**
 * Acknowledgements are hints: losing them repeats a delivery, which clients tell apart. Written
 * this rarely, a busy mailbox is trimmed ten times a second instead of once per message.
 */
const ACKNOWLEDGE_EVERY_MS = 100
/** So many at once, and the rest with the next commits: each costs the worker some 30 µs, in which
 *  no append goes on. All together they made every tenth of a second one of 10 ms. */
const ACKS_AT_ONCE = 32

export class SqliteLogs implements LogStorage {
  readonly #committer: Committer
  readonly #reading: Sql
  readonly #acks = new Map<string, Acknowledgement>()
  /** Groups whose readers moved on since they were last trimmed. */
  readonly #moved = new Set<LogId>()
  readonly #unwritten = new UnwrittenOpenings()
  #writing: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #storedPlace: StoredPlace | undefined

  constructor(committer: Committer, reading: Sql) {
    this.#committer = committer
    this.#reading = reading
  }

  append<R extends AppendRequest>(
    request: R,
    settle: (request: R, outcome: AppendOutcome) => void,
  ): void {
    this.#committer.append(request, settle)
  }

  onCommitted(listener: () => void): void {
    this.#committer.onCommitted(listener)
  }

  async read(query: ReadQuery): Promise<Page> {
    return readPage(this.#reading, query)
  }

  async heads(logs: readonly LogId[]): Promise<readonly number[]> {
    return logs.map((log) => readHead(this.#reading, log))
  }

  acknowledge(device: DeviceId, log: LogId, upTo: number): void {
    const key = keyOf(device, log)
    const known = this.#acks.get(key)
    if (known !== undefined && known.upTo >= upTo) return
    this.#acks.set(key, { device, log, upTo })
    this.#schedule()
  }

  async open(request: OpenRequest): Promise<OpenOutcome> {
    this.#writeAckOf(request.device, mailboxOf(request.device))
    if (this.#unwritten.isOlder(request)) return { kind: 'rolled_back' }
    try {
      const outcome = await this.#committer.call('open', request)
      this.#unwritten.written(request)
      return outcome
    } catch (error) {
      const readable = error instanceof StorageError && ['full', 'disk'].includes(error.code)
      if (!readable) throw error
      return this.#unwritten.open(this.#reading, request)
    }
  }

  cursor(device: DeviceId, log: LogId): Promise<Position | undefined> {
    this.#writeAckOf(device, log)
    return this.#committer.call('cursor', { device, log })
  }

  createGroup(group: GroupRequest): Promise<boolean> {
    return this.#committer.call('createGroup', group)
  }

  changeReaders(change: ReaderChange): Promise<boolean> {
    return this.#committer.call('changeReaders', change)
  }

  async sweep(limits: SweepLimits): Promise<boolean> {
    const entries = await this.#committer.call('sweepEntries', limits)
    this.#storedPlace = await this.#committer.call('sweepStored', this.#storedPlace)
    return entries || this.#storedPlace !== undefined
  }

  async settled(): Promise<void> {
    while (this.#isBehind() || this.#writing !== undefined) await this.#writeAcks()
    await this.#committer.settled()
  }

  #isBehind(): boolean {
    return this.#acks.size > 0 || this.#moved.size > 0
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => this.#writeAcks(), ACKNOWLEDGE_EVERY_MS)
  }

  /** One round at a time: what comes meanwhile is in the same, or in the next. */
  #writeAcks(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing ??= this.#writeInPieces()
      // A full disk or a closed storage: the readers get those entries once more, later.
      .catch(() => undefined)
      .then(() => {
        this.#writing = undefined
        if (this.#isBehind()) this.#schedule()
      })
    return this.#writing
  }

  async #writeInPieces(): Promise<void> {
    while (this.#acks.size > 0) {
      const piece: Acknowledgement[] = []
      for (const [key, ack] of this.#acks) {
        this.#take(key, ack)
        if (piece.push(ack) === ACKS_AT_ONCE) break
      }
      await this.#committer.call('acknowledge', piece)
    }
    const moved = [...this.#moved]
    this.#moved.clear()
    if (moved.length > 0) await this.#committer.call('trimGroups', moved)
  }

  #take(key: string, { device, log }: Acknowledgement): void {
    this.#acks.delete(key)
    if (!isMailbox(device, log)) this.#moved.add(log)
  }

  /** Whoever asks where a reader stands gets an answer that knows its last word. */
  #writeAckOf(device: DeviceId, log: LogId): void {
    const key = keyOf(device, log)
    const ack = this.#acks.get(key)
    if (ack === undefined) return
    this.#take(key, ack)
    if (this.#moved.size > 0) this.#schedule()
    this.#committer.call('acknowledge', [ack]).catch(() => undefined)
  }
}

const isMailbox = (device: DeviceId, log: LogId): boolean => mailboxOf(device) === log

const keyOf = (device: DeviceId, log: LogId): string =>
  isMailbox(device, log) ? device : `${device}${log}`
