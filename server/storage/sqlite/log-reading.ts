// Reads for a connection of the main thread: what is committed is there at once, no commit waits
// for a reader and no reader for a commit.

import { idFromBytes, idToBytes, type LogId } from '../../../src/protocol/ids.ts'
import type { Page, ReadQuery, StoredEntry } from '../log-port.ts'
import type { Sql } from './open.ts'

export const readHead = (sql: Sql, log: LogId): number =>
  sql.get<{ head: number }>('SELECT head FROM log WHERE id = ?', idToBytes(log))?.head ?? 0

interface EntryRow {
  readonly seq: number
  readonly at: number
  readonly account: Uint8Array
  readonly device: Uint8Array
  readonly client: Uint8Array
  readonly body: Uint8Array
}

/** Rows fetched at once: the byte limit is then overshot by few rows at most. */
const READ_STEP = 32

export function readPage(sql: Sql, query: ReadQuery): Page {
  const log = sql.get<{ number: number; head: number }>(
    'SELECT number, head FROM log WHERE id = ?',
    idToBytes(query.log),
  )
  if (log === undefined) return { entries: [], head: 0 }
  const entries: StoredEntry[] = []
  let bytes = 0
  let after = query.after
  while (entries.length < query.maxEntries) {
    const rows = sql.all<EntryRow>(
      `SELECT seq, at, account, device, client, body FROM entry
       WHERE log = ? AND seq > ? ORDER BY seq LIMIT ?`,
      log.number,
      after,
      Math.min(READ_STEP, query.maxEntries - entries.length),
    )
    for (const row of rows) {
      bytes += row.body.length
      if (entries.length > 0 && bytes > query.maxBytes) return { entries, head: log.head }
      entries.push(entryOf(row))
      after = row.seq
    }
    if (rows.length < READ_STEP) break
  }
  return { entries, head: Math.max(log.head, after) }
}

const entryOf = (row: EntryRow): StoredEntry => ({
  seq: row.seq,
  account: idFromBytes(row.account),
  device: idFromBytes(row.device),
  clientId: idFromBytes(row.client),
  at: row.at,
  body: row.body,
})
