// Storage in one SQLite file.

import type { Storage } from '../port.ts'
import { Committer } from './committer.ts'
import { sqliteDirectory } from './directory.ts'
import { SqliteLogs } from './logs.ts'
import { openSql } from './open.ts'
import { DEFAULT_LOG_QUOTA, type LogQuota } from './operation.ts'

export interface SqliteOptions {
  readonly path: string
  readonly now: () => number
  readonly quota?: LogQuota
  /** For tests of a full disk. */
  readonly maxPages?: number
  /** Bytes that the write-ahead log has from the start; it grows as it must. */
  readonly room?: number
}

export async function openSqlite(options: SqliteOptions): Promise<Storage> {
  const committer = await Committer.start({
    path: options.path,
    now: options.now,
    quota: options.quota ?? DEFAULT_LOG_QUOTA,
    maxPages: options.maxPages,
    room: options.room ?? 0,
  })
  const reading = openSql({ path: options.path, readonly: true })
  const logs = new SqliteLogs(committer, reading)
  return {
    logs,
    directory: sqliteDirectory(committer, reading),
    lost: committer.lost,
    async close() {
      await logs.settled()
      reading.close()
      // Last: who may write takes the log back into the database and removes it.
      await committer.close()
    },
  }
}
