// The one place that owns the order: load → step → one transaction → wipe → speak → notify.
// It never decides anything about a message and never touches a socket.

import type { CryptoEnv } from '../crypto/primitives.ts'
import type { LocalDevice } from '../crypto/session.ts'
import type { Intent } from '../engine/intent.ts'
import type { Notice, RefusalCode, StepResult } from '../engine/step.ts'
import type { Entry, RefusedReason } from '../protocol/frames.ts'
import type { AccountId, LogId } from '../protocol/ids.ts'
import type { PrekeyUpload } from '../protocol/prekeys.ts'
import type { OutboxRow, Store } from '../store/port.ts'
import type { Directory } from './directory.ts'

export interface DriverOptions {
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

export interface PrekeyCounts {
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
  /** The server dropped entries up to this sequence before they were read. */
  gap(log: LogId, upTo: number): Promise<void>
  /** The exact bytes to send, oldest first; send the rows of one log in this order, and the next
   *  row of a log only after the one before it was answered or was written to the same socket. */
  outbox(limit: number): readonly OutboxRow[]
  stored(row: number, results: readonly Appended[]): Promise<void>
  /** Resolves to when the row may be tried again: `undefined` if it is gone (failed or replaced). */
  refused(
    row: number,
    reason: RefusedReason,
    accounts: readonly AccountId[],
    retryAfter: number,
  ): Promise<number | undefined>
  /** `devices_changed`, or whenever an account's list should be looked at anew. */
  refreshDevices(account: AccountId): Promise<void>
  /** After `welcome` and `prekeys_low`: what the server still has of one-time prekeys. */
  prekeys(counts: PrekeyCounts, restored?: number): Promise<void>
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

export declare function createDriver(options: DriverOptions): Driver
