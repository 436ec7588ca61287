// What is past its time goes in bounded pieces, so that no commit waits long behind it.

import type { SweepLimits } from '../log-port.ts'
import type { LogState } from './memory.ts'
import type { OperationContext } from './operation.ts'
import { removeUpTo } from './trim.ts'

/** About a millisecond of the worker each. */
const ENTRIES_AT_ONCE = 500
const STORED_AT_ONCE = 2_000
/** How long an append stays idempotent after its entry is gone: a week, and the hour of trim.ts. */
const STORED_FOR_MS = 7 * 24 * 3_600_000 + 3_600_000

/** True while there is more. Entries lie in order of arrival, so the oldest come first. */
export function sweepEntries(context: OperationContext, limits: SweepLimits): boolean {
  const { sql, memory } = context
  const rows = sql.all<{ id: Uint8Array; seq: number }>(
    `SELECT log.id, entry.seq FROM entry JOIN log ON log.number = entry.log
     WHERE entry.place IN (SELECT place FROM entry ORDER BY place LIMIT ?) AND entry.at < ?`,
    ENTRIES_AT_ONCE,
    limits.now - limits.retentionMs,
  )
  const upTo = new Map<LogState, number>()
  for (const { id, seq } of rows) {
    const log = memory.log(sql, id)
    if (log !== undefined) upTo.set(log, Math.max(seq, upTo.get(log) ?? 0))
  }
  for (const [log, seq] of upTo) removeUpTo(context, log, seq)
  return rows.length === ENTRIES_AT_ONCE
}

/** A place in `stored`; a pass goes once around the table. */
export interface StoredPlace {
  readonly client: Uint8Array
  readonly device: Uint8Array
  readonly log: number
}

/** The place to go on from, or undefined at the end of the pass. */
export function sweepStored(
  { sql, now }: OperationContext,
  from: StoredPlace | undefined,
): StoredPlace | undefined {
  const rows = sql.all<StoredPlace & { seq: number; kept: number }>(
    `SELECT client, device, log, seq, kept FROM stored WHERE (client, device, log) > (?, ?, ?)
     ORDER BY client, device, log LIMIT ?`,
    from?.client ?? new Uint8Array(),
    from?.device ?? new Uint8Array(),
    from?.log ?? -1,
    STORED_AT_ONCE,
  )
  for (const row of rows) {
    if (row.kept >= now - STORED_FOR_MS) continue
    const stands = sql.get('SELECT 1 FROM entry WHERE log = ? AND seq = ?', row.log, row.seq)
    if (stands !== undefined) continue
    sql.run(
      'DELETE FROM stored WHERE client = ? AND device = ? AND log = ?',
      row.client,
      row.device,
      row.log,
    )
  }
  const last = rows.at(-1)
  if (last === undefined || rows.length < STORED_AT_ONCE) return undefined
  return { client: last.client, device: last.device, log: last.log }
}
