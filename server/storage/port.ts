// What the server keeps, behind one port; storage.contract.ts runs the same tests over every
// adapter. Each half has its own file: the logs here, the directory beside it.

import type { DirectoryStorage } from './directory-port.ts'
import type { LogStorage } from './log-port.ts'

export interface Storage {
  readonly logs: LogStorage
  readonly directory: DirectoryStorage
  /** Resolves if the storage ended by itself: nothing will be kept any more, and the process that
   *  stands on it should end and be started again. */
  readonly lost: Promise<void>
  /** What was handed in is committed and answered before it resolves. */
  close(): Promise<void>
}

export type StorageErrorCode =
  | 'full' // no room on the disk: writing fails, reading goes on, later writes may succeed
  | 'disk' // it failed, or a page is damaged: later calls may succeed
  | 'failed' // anything else that the database refused
  | 'closed'

export class StorageError extends Error {
  readonly code: StorageErrorCode

  constructor(code: StorageErrorCode, detail: string) {
    super(`${code}: ${detail}`)
    this.name = 'StorageError'
    this.code = code
  }
}
