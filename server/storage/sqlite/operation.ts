// What every operation is given, and the limits that are its own.

import type { Memory } from './memory.ts'
import type { Sql } from './open.ts'

export interface OperationContext {
  readonly sql: Sql
  /** The main thread's clock at the hand-over, so that tests own the time. */
  readonly now: number
  readonly quota: LogQuota
  readonly memory: Memory
}

/** Per log. */
export interface LogQuota {
  readonly entries: number
  readonly bytes: number
}

/** A mailbox this full belongs to a device that is gone or under attack. */
export const DEFAULT_LOG_QUOTA: LogQuota = { entries: 100_000, bytes: 256 * 1024 * 1024 }
