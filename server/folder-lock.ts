// One process at a time has a data folder: a write lock on a small database file, which the
// operating system takes back when its holder dies, however it dies.

import { join } from 'node:path'
import { ServerError } from './options.ts'
import { openSql } from './storage/sqlite/open.ts'

const FILE = 'server.lock'

/** Returns what gives it back. Throws `in_use` at once where another process has it. */
export function lockFolder(folder: string): () => void {
  const sql = openSql({ path: join(folder, FILE) })
  try {
    sql.exec('PRAGMA busy_timeout = 0')
    sql.exec('BEGIN IMMEDIATE')
  } catch {
    sql.close()
    throw new ServerError('in_use', 'another process has this data folder', 'stop that server')
  }
  return () => sql.close()
}
