// Entries go when every reader has them. Whoever removes entries comes through here, so that the
// log's counters and the memory of what was stored stay true.

import type { Sql } from './open.ts'

interface Trim {
  readonly log: number
  readonly now: number
}

/** Of a log without readers everything goes. */
export function trim(sql: Sql, { log, now }: Trim): void {
  const slowest = sql.get<{ cursor: number | null }>(
    'SELECT min(cursor) AS cursor FROM reader WHERE log = ?',
    log,
  )
  removeUpTo(sql, { log, upTo: slowest?.cursor ?? Number.MAX_SAFE_INTEGER, now })
}

/** Most entries are read within moments; for those `stored.kept` is near enough. */
const REMEMBERED_ANYWAY_MS = 3_600_000

export function removeUpTo(sql: Sql, { log, upTo, now }: Trim & { readonly upTo: number }): void {
  const gone = sql.get<{ entries: number; bytes: number | null; oldest: number | null }>(
    `SELECT count(*) AS entries, sum(length(body)) AS bytes, min(at) AS oldest
     FROM entry WHERE log = ? AND seq <= ?`,
    log,
    upTo,
  )
  if (gone === undefined || gone.entries === 0) return
  if ((gone.oldest ?? now) < now - REMEMBERED_ANYWAY_MS) {
    sql.run(
      `UPDATE stored SET kept = ? WHERE (client, device, log) IN
       (SELECT client, device, log FROM entry WHERE log = ? AND seq <= ?)`,
      now,
      log,
      upTo,
    )
  }
  sql.run('DELETE FROM entry WHERE log = ? AND seq <= ?', log, upTo)
  sql.run(
    'UPDATE log SET entries = entries - ?, bytes = bytes - ? WHERE number = ?',
    gone.entries,
    gone.bytes ?? 0,
    log,
  )
}
