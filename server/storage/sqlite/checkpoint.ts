// Takes what stands in the write-ahead log back into the database, in small parts and beside the
// writer. SQLite's own way is in the commit that fills the log: at a steady 500 messages a second
// one commit in two thousand took half a second.

import type { Sql } from './open.ts'

/** So many pages stand in the log before it begins anew: each of them is one more that the same place
 *  can be written to before it costs a page of the database. */
const RESTART_PAGES = 4_000
/** Whoever reads an earlier moment (a backup, for minutes) keeps the log from beginning anew; and to
 *  wait for him is to keep every writer waiting. So it is not tried, or given up this soon. */
const MOST_LEFT = 0.1
const PATIENCE = 'PRAGMA busy_timeout = 50'

interface Checkpoint {
  /** Pages in the log, and how many of them are in the database too. */
  readonly log: number
  readonly checkpointed: number
}

/** One part. A writer waits for its end only where the log begins anew, which it does when little of
 *  it is left to be taken back. */
export function checkpoint(sql: Sql, restartPages = RESTART_PAGES): void {
  const taken = sql.get<Checkpoint>('PRAGMA wal_checkpoint(PASSIVE)')
  if (taken === undefined || taken.log < restartPages) return
  if (taken.log - taken.checkpointed > MOST_LEFT * taken.log) return
  sql.exec(PATIENCE)
  sql.get('PRAGMA wal_checkpoint(RESTART)')
}
