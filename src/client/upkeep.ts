// What has to be done without anybody asking: what falls due in time, and what a step asked of the
// driver. All of it runs in the driver's lane; none of it decides anything.

import { isDoubtful, MAX_WAIT_MS, noteAgreed, noteTime } from '../engine/clock.ts'
import { Draft } from '../engine/draft.ts'
import { expire } from '../engine/expiry.ts'
import { keepHouse } from '../engine/housekeeping.ts'
import { nextMissing, sayMissing } from '../engine/missing.ts'
import {
  makeFirst,
  nextTending,
  noteCounts,
  noteRestored,
  noteUploaded,
  pendingUpload,
  tend,
} from '../engine/own-prekeys.ts'
import { accountsOwed, forgetReceipts, sendReceipts } from '../engine/receipts.ts'
import { accountsKeptAside } from '../engine/receive.ts'
import { hasOutdated, reissue } from '../engine/reissue.ts'
import { resetSession } from '../engine/reset.ts'
import {
  allSentAgain,
  answerDueRollback,
  isAgainDue,
  lostMessages,
  nextRollback,
  sendAgain,
} from '../engine/rolled-back.ts'
import { release } from '../engine/send.ts'
import type { Notice } from '../engine/step.ts'
import { stepping } from '../engine/stop.ts'
import type { DeviceListHead } from '../protocol/device-list.ts'
import type { AccountId, DeviceId, MessageId } from '../protocol/ids.ts'
import type { PrekeyUpload } from '../protocol/prekeys.ts'
import { type Directory, DirectoryError, retryTime } from './directory.ts'
import type { Fetching } from './fetching.ts'
import type { Stage, Stepper } from './stage.ts'

interface UpkeepOptions {
  readonly directory: Directory
  readonly env: { now(): number }
  readonly store: { nextDue(now: number): number | undefined }
  /** What the account's devices sent before they could be trusted. */
  readonly readAgain: (account: AccountId) => void
}

/** What a server says of itself when it lets us in. */
export interface Welcomed {
  readonly restored: number
  readonly time: number
}

type Asked = Extract<Notice, { kind: 'look' | 'reset' }>

/** After a network that failed; a tick before then leaves the network alone. */
const RETRY_MS = 3_000
/** The longest sleep: a machine that was suspended, or whose clock jumped, wakes up to its work. */
const MAX_SLEEP_MS = 3_600_000
/** What falls due while it is being done waits at least this long. */
const MIN_SLEEP_MS = 250

/** A step of the engine that gathers into a draft and says nothing else. */
const drafting =
  (work: (draft: Draft) => void): Stepper =>
  (context) =>
    stepping(() => {
      const draft = new Draft(context)
      work(draft)
      return draft.done()
    })

export class Upkeep {
  readonly #options: UpkeepOptions
  readonly #stage: Stage
  readonly #fetching: Fetching
  readonly #looks = new Map<AccountId, DeviceListHead | undefined>()
  readonly #resets = new Map<DeviceId, AccountId>()
  #retryAt = 0
  /** Read from the store once at the start, then kept. */
  #mayHaveUpload = true
  #mayHaveOutdated = true
  #mayHaveKeptAside = true

  constructor(options: UpkeepOptions, stage: Stage, fetching: Fetching) {
    this.#options = options
    this.#stage = stage
    this.#fetching = fetching
  }

  ask(asked: Asked): void {
    if (asked.kind === 'reset') this.#resets.set(asked.device, asked.account)
    else {
      this.#looks.set(asked.account, asked.seen)
      this.#mayHaveOutdated = true
    }
  }

  /** Rejects with DirectoryError; what was not done stays asked for, and keeps nothing else from
   *  being done. */
  async attend(): Promise<void> {
    const failures: DirectoryError[] = []
    for (const [account, seen] of [...this.#looks]) {
      await this.#attempt(failures, async () => {
        await this.#fetching.devices(account, seen)
        this.#options.readAgain(account)
        await this.reissue(account)
        this.#looks.delete(account)
      })
    }
    for (const [device, account] of [...this.#resets]) {
      await this.#attempt(failures, async () => {
        await this.#fetching.run((context) =>
          stepping(() => resetSession(new Draft(context), account, device)),
        )
        this.#resets.delete(device)
      })
    }
    const [first] = failures
    if (first !== undefined) throw first
  }

  async #attempt(failures: DirectoryError[], work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof DirectoryError)) throw error
      failures.push(error)
    }
  }

  async reissue(account: AccountId): Promise<void> {
    await this.#fetching.run((context) => stepping(() => reissue(new Draft(context), account)))
  }

  async tick(): Promise<number | undefined> {
    this.#stage.run(drafting(noteTime))
    if (!this.#isDoubtful()) {
      this.#stage.run(
        drafting((draft) => {
          expire(draft)
          keepHouse(draft)
          sayMissing(draft)
          answerDueRollback(draft)
        }),
      )
    }
    if (this.#mayTry()) {
      await this.#online(() => this.attend())
      await this.#online(() => this.#readKeptAside())
      await this.#online(() => this.#reissueOutdated())
      await this.releaseDue()
      await this.#online(() => this.#sendReceipts(this.#now()))
      if (!this.#isDoubtful()) await this.#online(() => this.#tendPrekeys())
    }
    return this.#next()
  }

  /** What stands in the clear and is due, oldest first. */
  async releaseDue(): Promise<void> {
    if (!this.#mayTry() || this.#isDoubtful()) return
    if (!(await this.#online(() => this.#sendAgain()))) return
    for (const { id } of this.#stage.context.view.dueScheduled(this.#now())) {
      if (!(await this.#online(() => this.#release(id)))) return
    }
  }

  /** All that is owed, without the rest of its wait. */
  async flushReceipts(): Promise<void> {
    await this.#online(() => this.#sendReceipts(Number.MAX_SAFE_INTEGER))
  }

  async prekeys(counts: { curve: number; kem: number }, welcome?: Welcomed): Promise<void> {
    // The server is there: what waited for it need not wait on.
    if (welcome !== undefined) this.#retryAt = 0
    this.#stage.run(
      drafting((draft) => {
        noteCounts(draft, counts)
        if (welcome === undefined) return
        noteAgreed(draft, welcome.time)
        noteRestored(draft, welcome.restored)
      }),
    )
    await this.#tendPrekeys()
  }

  firstPrekeys(): PrekeyUpload {
    this.#stage.run(drafting(makeFirst))
    const pending = pendingUpload(this.#stage.context.view)
    return pending?.upload ?? { curveOneTime: [], kemOneTime: [] }
  }

  firstPrekeysUploaded(): void {
    const pending = pendingUpload(this.#stage.context.view)
    if (pending) this.#stage.run(drafting((draft) => noteUploaded(draft, pending.upload)))
  }

  #now(): number {
    return this.#options.env.now()
  }

  #isDoubtful(): boolean {
    return isDoubtful(this.#stage.context.view, this.#now())
  }

  /** A moment far ahead is of a clock that was set back. */
  #mayTry(): boolean {
    const wait = this.#retryAt - this.#now()
    return wait <= 0 || wait > MAX_WAIT_MS
  }

  /** False when the network failed: then everything that needs it waits a while. */
  async #online(work: () => Promise<void>): Promise<boolean> {
    try {
      await work()
      return true
    } catch (error) {
      if (!(error instanceof DirectoryError)) throw error
      this.#retryAt = retryTime(error, this.#now(), RETRY_MS)
      return false
    }
  }

  /** Before anything newer. */
  async #sendAgain(): Promise<void> {
    const { view } = this.#stage.context
    if (!isAgainDue(view)) return
    for (const id of lostMessages(view)) {
      await this.#fetching.run((context) => stepping(() => sendAgain(new Draft(context), id)))
    }
    this.#stage.run(drafting(allSentAgain))
  }

  async #release(id: MessageId): Promise<void> {
    await this.#fetching.run((context) => stepping(() => release(new Draft(context), id)))
  }

  /** A process may have ended between the change that was accepted and the reading. */
  async #readKeptAside(): Promise<void> {
    if (!this.#mayHaveKeptAside) return
    const { view } = this.#stage.context
    for (const account of accountsKeptAside(view)) {
      if (view.devices(account) === undefined) await this.#fetching.devices(account, undefined)
      this.#options.readAgain(account)
    }
    this.#mayHaveKeptAside = false
  }

  async #reissueOutdated(): Promise<void> {
    if (!this.#mayHaveOutdated) return
    const { view } = this.#stage.context
    for (const account of hasOutdated(view.outgoing())) {
      await this.#fetching.devices(account, undefined)
      await this.reissue(account)
    }
    this.#mayHaveOutdated = false
  }

  async #sendReceipts(dueBy: number): Promise<void> {
    for (const account of accountsOwed(this.#stage.context.view, dueBy)) {
      const step = await this.#fetching.run(drafting((draft) => sendReceipts(draft, account)))
      if (step.kind !== 'refused') continue
      if (step.code === 'server' || step.code === 'network') throw new DirectoryError('server')
      this.#stage.run(drafting((draft) => forgetReceipts(draft, account)))
    }
  }

  async #tendPrekeys(): Promise<void> {
    if (nextTending(this.#stage.context.view, this.#now()) <= this.#now() || this.#mayHaveUpload) {
      this.#stage.run(drafting(tend))
      this.#mayHaveUpload = true
    }
    if (!this.#mayHaveUpload) return
    const pending = pendingUpload(this.#stage.context.view)
    if (pending !== undefined) {
      await this.#options.directory.uploadPrekeys(pending.upload, pending.replace)
      this.#stage.run(drafting((draft) => noteUploaded(draft, pending.upload)))
    }
    this.#mayHaveUpload = false
  }

  #next(): number | undefined {
    const now = this.#now()
    // What is due waits for a clock that can be believed.
    if (this.#isDoubtful()) return now + MAX_SLEEP_MS
    const times = [
      this.#options.store.nextDue(now),
      nextTending(this.#stage.context.view, this.#now()),
      nextMissing(this.#stage.context.view),
      nextRollback(this.#stage.context.view, now),
      this.#looks.size + this.#resets.size > 0 ? this.#retryAt : undefined,
      isAgainDue(this.#stage.context.view) ? this.#retryAt : undefined,
      now + MAX_SLEEP_MS,
    ].filter((time) => time !== undefined)
    // What is past due was tried just now: it waits for the network, not for the clock.
    return Math.max(Math.min(...times), this.#retryAt, now + MIN_SLEEP_MS)
  }
}
