// The one place that owns the order: load → step → one transaction → wipe → speak → notify.
// It never decides anything about a message and never touches a socket.

import type { CryptoEnv } from '../crypto/primitives.ts'
import type { LocalDevice } from '../crypto/session.ts'
import { decide } from '../engine/decide.ts'
import { Draft } from '../engine/draft.ts'
import type { Intent } from '../engine/intent.ts'
import type { LogPosition } from '../engine/known-entries.ts'
import { failed, judge, speakable, stored } from '../engine/outbox.ts'
import type { Notice, RefusalCode, Step, StepResult } from '../engine/step.ts'
import type { Entry, RefusedReason } from '../protocol/frames.ts'
import type { AccountId, LogId } from '../protocol/ids.ts'
import type { PrekeyUpload } from '../protocol/prekeys.ts'
import type { OutboxRow, Store } from '../store/port.ts'
import { type Directory, DirectoryError, retryTime } from './directory.ts'
import { Fetching } from './fetching.ts'
import { Lane } from './lane.ts'
import { Mailbox } from './mailbox.ts'
import { NO_FACTS, Stage } from './stage.ts'
import { Upkeep, type Welcomed } from './upkeep.ts'

interface DriverOptions {
  readonly store: Store
  readonly directory: Directory
  readonly env: CryptoEnv
  readonly local: LocalDevice
}

export type Outcome =
  | { readonly kind: 'done'; readonly result: StepResult }
  | {
      readonly kind: 'refused'
      /** A FailureCode of api.ts. */
      readonly code: RefusalCode | 'rate_limited'
      readonly detail: string
      readonly retryAfter?: number
    }

/** One item of the server's `appended`. */
export interface Appended {
  readonly log: LogId
  readonly seq: number
  readonly at: number
}

interface PrekeyCounts {
  readonly curve: number
  readonly kem: number
}

export interface Driver {
  /** In the order of the calls. Resolves after the commit; rejects only when the store failed. */
  submit(intent: Intent): Promise<Outcome>
  /** A batch of one log. Resolves, after the commit, to the sequence to acknowledge. Rejects with
   *  DirectoryError when an entry needs what the network does not give now: what came before it is
   *  committed, the rest is unacknowledged and must come again (connect anew, with backoff). */
  entries(log: LogId, entries: readonly Entry[]): Promise<number>
  /** At each login, before the first entry of the log: where the server sees it. */
  welcomed(log: LogId, server: LogPosition): Promise<void>
  /** The server dropped entries up to this sequence before they were read. */
  gap(log: LogId, upTo: number): Promise<void>
  /** The exact bytes to send, oldest first. To keep the order whatever the server refuses, send the
   *  next row of a log when the one before it was answered; rows of other logs may go meanwhile. */
  outbox(limit: number): readonly OutboxRow[]
  stored(row: number, results: readonly Appended[]): Promise<void>
  /** Resolves to when the row may be tried again: `undefined` if it is gone (failed or replaced). */
  refused(
    row: number,
    reason: RefusedReason,
    accounts: readonly AccountId[],
    retryAfter: number,
  ): Promise<number | undefined>
  /** `devices_changed`, or whenever an account's list should be looked at anew. If the directory
   *  fails it rejects with DirectoryError, and the next tick tries again. */
  refreshDevices(account: AccountId): Promise<void>
  /** After `welcome` and `prekeys_low`: what the server still has of one-time prekeys. */
  prekeys(counts: PrekeyCounts, welcome?: Welcomed): Promise<void>
  /** For registration: makes what is missing, stores it, returns the whole first upload. */
  firstPrekeys(): PrekeyUpload
  firstPrekeysUploaded(): void
  /** Everything that time brings. Resolves to when it should be called next. */
  tick(): Promise<number | undefined>
  /** Send receipts now, without their random wait: before a one-shot process ends. */
  flush(): Promise<void>
  subscribe(listener: (notice: Notice) => void): () => void
  /** Resolves when nothing is under way any more; later calls reject. */
  close(): Promise<void>
}

export const createDriver = (options: DriverOptions): Driver => new ProfileDriver(options)

/** Rows read at once while looking for ones that may be sent. */
const OUTBOX_PAGE = 64

class ProfileDriver implements Driver {
  readonly #options: DriverOptions
  readonly #stage: Stage
  readonly #fetching: Fetching
  readonly #mailbox: Mailbox
  readonly #upkeep: Upkeep
  /** Intents, and whatever else writes to peers: in the order in which it was asked for. */
  readonly #lane = new Lane()
  /** Queued, not begun. */
  #attending: Promise<void> | undefined

  constructor(options: DriverOptions) {
    this.#options = options
    this.#stage = new Stage(options)
    this.#fetching = new Fetching(options.directory, this.#stage)
    this.#mailbox = new Mailbox(this.#stage, this.#fetching)
    const readAgain = (account: AccountId) => this.#mailbox.readAgain(account)
    this.#upkeep = new Upkeep({ ...options, readAgain }, this.#stage, this.#fetching)
    this.#stage.subscribe((notice) => this.#overhear(notice))
  }

  submit(intent: Intent): Promise<Outcome> {
    return this.#lane.run(() => this.#submit(intent))
  }

  entries(log: LogId, entries: readonly Entry[]): Promise<number> {
    return this.#mailbox.entries(log, entries)
  }

  welcomed(log: LogId, server: LogPosition): Promise<void> {
    return this.#mailbox.welcomed(log, server)
  }

  gap(log: LogId, upTo: number): Promise<void> {
    return this.#mailbox.gap(log, upTo)
  }

  outbox(limit: number): readonly OutboxRow[] {
    const { store, env } = this.#options
    const now = env.now()
    for (let page = Math.max(limit, OUTBOX_PAGE); ; page *= 2) {
      const rows = store.outbox(Number.MAX_SAFE_INTEGER, page)
      const ready = speakable(this.#stage.context.view, rows, now).slice(0, limit)
      if (ready.length === limit || rows.length < page) return ready
    }
  }

  async stored(row: number, results: readonly Appended[]): Promise<void> {
    this.#stage.run((context) => {
      const outgoing = this.#options.store.outboxRow(row)
      const draft = new Draft(context)
      return outgoing === undefined ? draft.done() : stored(draft, outgoing, results)
    })
  }

  async refused(
    row: number,
    reason: RefusedReason,
    accounts: readonly AccountId[],
    retryAfter: number,
  ): Promise<number | undefined> {
    const outgoing = this.#options.store.outboxRow(row)
    if (outgoing === undefined) return undefined
    const now = this.#options.env.now()
    const verdict = judge(reason, retryAfter, now)
    switch (verdict.kind) {
      case 'failed':
        this.#stage.run((context) => failed(new Draft(context), outgoing, reason))
        return undefined
      case 'retry':
        this.#delay(row, verdict.at)
        return verdict.at
      case 'reissue':
        return this.#lane.run(() => this.#reissue(outgoing, reason, accounts))
    }
  }

  async refreshDevices(account: AccountId): Promise<void> {
    // Of people whom we know nothing of there is nothing to refresh, whatever the server names.
    if (this.#options.store.deviceList(account) === undefined) return
    this.#upkeep.ask({ kind: 'look', account })
    await this.#attend()
  }

  prekeys(counts: PrekeyCounts, welcome?: Welcomed): Promise<void> {
    return this.#lane.run(() => this.#upkeep.prekeys(counts, welcome))
  }

  firstPrekeys(): PrekeyUpload {
    return this.#upkeep.firstPrekeys()
  }

  firstPrekeysUploaded(): void {
    this.#upkeep.firstPrekeysUploaded()
  }

  tick(): Promise<number | undefined> {
    return this.#lane.run(() => this.#upkeep.tick())
  }

  flush(): Promise<void> {
    return this.#lane.run(() => this.#upkeep.flushReceipts())
  }

  subscribe(listener: (notice: Notice) => void): () => void {
    return this.#stage.subscribe(listener)
  }

  async close(): Promise<void> {
    await this.#mailbox.close()
    await this.#lane.close()
  }

  async #submit(intent: Intent): Promise<Outcome> {
    // What waits goes first, so that nothing overtakes it.
    if (intent.kind === 'sendMessage') await this.#upkeep.releaseDue()
    try {
      return outcomeOf(await this.#fetching.run((context) => decide(context, intent)))
    } catch (error) {
      if (!(error instanceof DirectoryError)) throw error
      if (intent.kind !== 'sendMessage') return refusalOf(error)
      // Durable before there is a network: it waits in its row and goes when it can.
      const step = this.#stage.run((context) => decide(context, intent), OFFLINE)
      return step.kind === 'need' ? refusalOf(error) : outcomeOf(step)
    }
  }

  async #reissue(
    row: OutboxRow,
    reason: RefusedReason,
    accounts: readonly AccountId[],
  ): Promise<number | undefined> {
    const own = row.lists.map((list) => list.account)
    const named = accounts.length > 0 ? own.filter((one) => accounts.includes(one)) : own
    try {
      for (const account of named) await this.#fetching.devices(account, undefined)
      for (const { account } of row.lists) await this.#upkeep.reissue(account)
    } catch (error) {
      if (!(error instanceof DirectoryError)) throw error
      const again = retryTime(error, this.#options.env.now(), NETWORK_RETRY_MS)
      this.#delay(row.row, again)
      return again
    }
    if (this.#options.store.outboxRow(row.row) === undefined) return undefined
    const { view } = this.#stage.context
    const held = row.lists.some(({ account }) => view.contact(account)?.trust.kind === 'changed')
    if (reason === 'unknown_log' && !held) {
      this.#stage.run((context) => failed(new Draft(context), row, reason))
      return undefined
    }
    // The server calls our list old and shows no newer one that can be believed: later, again.
    return this.#later(row.row, STALE_RETRY_MS)
  }

  #later(row: number, wait: number): number {
    const again = this.#options.env.now() + wait
    this.#delay(row, again)
    return again
  }

  #delay(row: number, notBefore: number): void {
    this.#stage.run((context) => {
      const draft = new Draft(context)
      draft.write({ kind: 'delayOutbox', row, notBefore })
      return draft.done()
    })
  }

  /** What a step asks of the driver itself is done behind what is under way. If the network fails
   *  it stays, and the next tick takes it up again, where a failure has a caller. */
  #overhear(notice: Notice): void {
    if (notice.kind !== 'look' && notice.kind !== 'reset') return
    this.#upkeep.ask(notice)
    this.#attend().catch(() => undefined)
  }

  /** Once for all that was asked for before it begins, however often. */
  #attend(): Promise<void> {
    this.#attending ??= this.#lane.run(() => {
      this.#attending = undefined
      return this.#upkeep.attend()
    })
    return this.#attending
  }
}

/** After a list that could not be fetched. */
const NETWORK_RETRY_MS = 3_000
/** After a server that contradicts itself. */
const STALE_RETRY_MS = 10_000
const OFFLINE = { ...NO_FACTS, offline: true }

function outcomeOf(step: Exclude<Step, { kind: 'need' }>): Outcome {
  if (step.kind === 'done') return { kind: 'done', result: step.result }
  return { kind: 'refused', code: step.code, detail: step.detail }
}

function refusalOf({ code, retryAfter, cause }: DirectoryError): Outcome {
  // The server refused us, not the intent: a disabled account says so itself.
  if (cause instanceof Error) throw cause
  const refused = { kind: 'refused', code, detail: 'the directory' } as const
  return retryAfter === undefined ? refused : { ...refused, retryAfter }
}
