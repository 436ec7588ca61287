// The storage of a data folder, as a start of the server opens it, and what an operator is told where
// it does not open. A database that is damaged is never made anew.

import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { BLOBS_FOLDER, DATABASE_FILE } from './data-folder.ts'
import { ServerError } from './options.ts'
import { type Storage, StorageError } from './storage/port.ts'
import { openSqlite } from './storage/sqlite/adapter.ts'

/** Twice what the log holds before it begins anew: what comes in a second while that is looked at. */
const LOG_ROOM_BYTES = 32 * 1024 * 1024
const RESTORE = 'sotto server doctor; then restore a backup: sotto server restore'

export async function openStorage(data: string, now: () => number): Promise<Storage> {
  const path = join(data, DATABASE_FILE)
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  // The blobs’ folder is made once the database stands.
  if (size === 0 && existsSync(join(data, BLOBS_FOLDER))) {
    throw new ServerError('storage', 'the database is gone or empty', RESTORE)
  }
  // A new one has nobody yet who would wait for it.
  return openSqlite({ path, now, room: size === 0 ? 0 : LOG_ROOM_BYTES })
}

/** What a start ends with; what is not the storage’s goes on as it is. */
export function startFailure(error: unknown): unknown {
  if (!(error instanceof StorageError)) return error
  switch (error.code) {
    case 'full':
      return new ServerError('storage', 'the disk is full', 'make room and start again')
    case 'disk':
      return new ServerError('storage', 'the database is damaged, or the disk failed', RESTORE)
    case 'failed':
    case 'closed':
      return new ServerError('storage', `the database does not open: ${error.message}`, RESTORE)
    default:
      return error.code satisfies never
  }
}
