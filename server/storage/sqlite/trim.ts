// Entries go when every reader has them. Whoever removes entries comes through here, so that the
// log's counters and the memory of what was stored stay true.

import type { LogState } from './memory.ts'
import type { OperationContext } from './operation.ts'

/** Of a log without readers everything goes. */
export function trimGroup(context: OperationContext, log: LogState): void {
  const slowest = context.sql.get<{ cursor: number | null }>(
    'SELECT min(cursor) AS cursor FROM reader WHERE log = ?',
    log.number,
  )
  removeUpTo(context, log, slowest?.cursor ?? Number.MAX_SAFE_INTEGER)
}

/** Most entries are read within moments; for those `stored.kept` is near enough. */
const REMEMBERED_ANYWAY_MS = 3_600_000

export function removeUpTo(
  { sql, now, memory }: OperationContext,
  log: LogState,
  upTo: number,
): void {
  const gone = sql.get<{ entries: number; bytes: number | null; oldest: number | null }>(
    `SELECT count(*) AS entries, sum(length(body)) AS bytes, min(at) AS oldest
     FROM entry WHERE log = ? AND seq <= ?`,
    log.number,
    upTo,
  )
  if (gone === undefined || gone.entries === 0) return
  if ((gone.oldest ?? now) < now - REMEMBERED_ANYWAY_MS) {
    sql.run(
      `UPDATE stored SET kept = ? WHERE (client, device, log) IN
       (SELECT client, device, log FROM entry WHERE log = ? AND seq <= ?)`,
      now,
      log.number,
      upTo,
    )
  }
  sql.run('DELETE FROM entry WHERE log = ? AND seq <= ?', log.number, upTo)
  log.entries -= gone.entries
  log.bytes -= gone.bytes ?? 0
  memory.changed(log)
  memory.removed(log)
}
