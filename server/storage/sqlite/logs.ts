// The log port over SQLite: writes go through the committer, reads through a connection of the
// main thread, which sees what is committed and waits for nobody.

import type { DeviceId, LogId } from '../../../src/protocol/ids.ts'
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
import type { Committer } from './committer.ts'
import type { Acknowledgement } from './log-operations.ts'
import { readHead, readPage } from './log-reading.ts'
import type { Sql } from './open.ts'
import type { StoredPlace } from './sweep.ts'

/**
 * Acknowledgements are hints: losing them repeats a delivery, which clients tell apart. Written
 * this rarely, a busy mailbox is trimmed ten times a second instead of once per message.
 */
const ACKNOWLEDGE_EVERY_MS = 100

export class SqliteLogs implements LogStorage {
  readonly #committer: Committer
  readonly #reading: Sql
  readonly #acks = new Map<string, Acknowledgement>()
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
    const key = device === (log as string) ? device : `${device}${log}`
    const known = this.#acks.get(key)
    if (known !== undefined && known.upTo >= upTo) return
    this.#acks.set(key, { device, log, upTo })
    this.#timer ??= setTimeout(() => this.#writeAcks(), ACKNOWLEDGE_EVERY_MS)
  }

  open(request: OpenRequest): Promise<OpenOutcome> {
    this.#writeAcks()
    return this.#committer.call('open', request)
  }

  cursor(device: DeviceId, log: LogId): Promise<Position | undefined> {
    this.#writeAcks()
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
    this.#writeAcks()
    await this.#committer.settled()
  }

  #writeAcks(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#acks.size === 0) return
    const acks = [...this.#acks.values()]
    this.#acks.clear()
    // A full disk or a closed storage: the readers get those entries once more, later.
    this.#committer.call('acknowledge', acks).catch(() => undefined)
  }
}
