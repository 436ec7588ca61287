// Logs: ordered, durable lists of opaque envelopes, with readers that each have a cursor. A
// device's mailbox is a log with one reader; a group's log is read by its members' devices.
// Sequences of a log run from 1 without holes, so a reader sees by number that something is gone.

import type { AppendItem, RefusedReason } from '../../src/protocol/frames.ts'
import type { AccountId, ClientId, DeviceId, LogId } from '../../src/protocol/ids.ts'

export interface LogStorage {
  /**
   * All items or none, durable when `settle` is called. Outcomes come in the order of the commits;
   * `settle` is one function for all requests, so that a message costs neither closure nor promise.
   */
  append<R extends AppendRequest>(
    request: R,
    settle: (request: R, outcome: AppendOutcome) => void,
  ): void
  /** Told after the outcomes of one commit were all settled. */
  onCommitted(listener: () => void): void
  read(query: ReadQuery): Promise<Page>
  /** The highest sequence of each, 0 for what is not there. */
  heads(logs: readonly LogId[]): Promise<readonly number[]>
  /** Hints that are collected and written with a later commit; losing one repeats a delivery. */
  acknowledge(device: DeviceId, log: LogId, upTo: number): void
  /** The device's opening of its own mailbox; generations only grow (threat L4). */
  open(request: OpenRequest): Promise<OpenOutcome>
  /** Where `device` stands in a log of several readers; undefined where it may not read. */
  cursor(device: DeviceId, log: LogId): Promise<Position | undefined>
  createGroup(group: GroupRequest): Promise<boolean>
  changeReaders(change: ReaderChange): Promise<boolean>
  /** Drops what is past its time, a bounded piece at each call; true while there is more. */
  sweep(limits: SweepLimits): Promise<boolean>
  /** Waits until all that was handed in so far is answered. */
  settled(): Promise<void>
}

export interface AppendRequest {
  readonly account: AccountId
  readonly device: DeviceId
  readonly lists: readonly { readonly account: AccountId; readonly version: number }[]
  readonly items: readonly AppendItem[]
}

export interface Appended {
  readonly log: LogId
  readonly seq: number
  readonly at: number
  /** False where the same append was stored before: the reader has it or had it already. */
  readonly fresh: boolean
}

export type AppendOutcome =
  | { readonly kind: 'appended'; readonly results: readonly Appended[] }
  | {
      readonly kind: 'refused'
      readonly reason: RefusedReason
      readonly accounts: readonly AccountId[]
      /** For the operator; the sender is told that it may come again. */
      readonly cause?: 'disk'
    }

export interface StoredEntry {
  readonly seq: number
  readonly account: AccountId
  readonly device: DeviceId
  readonly clientId: ClientId
  readonly at: number
  readonly body: Uint8Array
}

export interface ReadQuery {
  readonly log: LogId
  readonly after: number
  readonly maxEntries: number
  /** At least one entry comes, however large. */
  readonly maxBytes: number
}

export interface Page {
  readonly entries: readonly StoredEntry[]
  /** The log's highest sequence when this was read. */
  readonly head: number
}

export interface OpenRequest {
  readonly device: DeviceId
  readonly generation: number
  readonly opening: Uint8Array
}

export type OpenOutcome =
  | ({ readonly kind: 'opened' } & Position)
  | { readonly kind: 'rolled_back' }
  | { readonly kind: 'unknown' }

export interface Position {
  readonly cursor: number
  readonly head: number
}

export interface GroupRequest {
  readonly log: LogId
  readonly readers: readonly DeviceId[]
}

/** A new reader begins at the head: what was said before is not for it. */
export interface ReaderChange {
  readonly log: LogId
  readonly add: readonly DeviceId[]
  readonly remove: readonly DeviceId[]
}

export interface SweepLimits {
  readonly now: number
  readonly retentionMs: number
}
