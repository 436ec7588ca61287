// The store over SQLite: each noun's rows put together, and what concerns the whole file.

import { arrivalRows } from './arrivals.ts'
import { attachmentRows } from './attachments.ts'
import { chatRows } from './chats.ts'
import type { Connection } from './connection.ts'
import { contactRows } from './contacts.ts'
import { eventRows } from './events.ts'
import { identityRows } from './identity.ts'
import { lastCommit } from './log-tail.ts'
import { messageRows } from './messages.ts'
import { migrate, schemaVersion } from './migrations.ts'
import {
  createDatabase,
  type DatabaseOptions,
  forgetLoss,
  isLossNoted,
  logOf,
  noteLoss,
  openDatabase,
  removeDatabase,
} from './open.ts'
import { outboxRows } from './outbox.ts'
import { STOPPED, STOPPED_KEY, type Store, StoreError, type StoreWriter } from './port.ts'
import { prekeyRows } from './prekeys.ts'
import { APPLICATION_ID, MIGRATIONS } from './schema.ts'
import { searchRows } from './search.ts'
import { searchIndex } from './search-index.ts'
import { sessionRows } from './sessions.ts'

/** A profile that exists. An empty or a foreign database is refused, never filled. What its log lost
 *  is noted, since closing it takes the log away. */
export function openStore(options: DatabaseOptions): Store {
  const { path } = options
  const committed = lastCommit(logOf(path))
  const connection = openDatabase(options)
  // Where this fails the connection stays open: to close it would take the log away.
  if (committed > 0 && connection.framesOfLog() < committed) noteLoss(path)
  return withStore(connection, () => {
    const ours = connection.pragma('application_id') === APPLICATION_ID
    if (!ours || schemaVersion(connection) === 0) {
      throw new StoreError('corrupt', 'the database holds no profile')
    }
    if (isLossNoted(path)) stopForLoss(connection, path)
  })
}

function stopForLoss(connection: Connection, path: string): void {
  const { putMeta } = identityRows(connection)
  connection.transaction(() => putMeta(STOPPED_KEY, Uint8Array.of(STOPPED.lostCommits)))
  forgetLoss(path)
}

/** A new profile; fails with `exists` where a database stands. */
export function createStore(options: DatabaseOptions): Store {
  return withStore(createDatabase(options), () => undefined)
}

/** Of a profile that was never finished, or that is to be forgotten. */
export const removeStore = (path: string): void => removeDatabase(path)

function withStore(connection: Connection, check: (connection: Connection) => void): Store {
  try {
    check(connection)
    migrate(connection, MIGRATIONS)
    return storeOver(connection)
  } catch (error) {
    connection.close()
    throw error
  }
}

/** @public For tests that need the connection beside the store. */
export function storeOver(connection: Connection): Store {
  const rows: StoreWriter = {
    ...identityRows(connection),
    ...contactRows(connection),
    ...sessionRows(connection),
    ...prekeyRows(connection),
    ...chatRows(connection),
    ...messageRows(connection, searchIndex(connection)),
    ...searchRows(connection),
    ...attachmentRows(connection),
    ...outboxRows(connection),
    ...eventRows(connection),
    ...arrivalRows(connection),
    nextDue: (now = -1) => connection.one<{ due: number | null }>(NEXT_DUE, now)?.due ?? undefined,
  }
  return {
    ...rows,
    transaction: (work) => connection.transaction(() => work(rows)),
    scrub: () => connection.scrub(),
    integrity: () => integrity(connection),
    close: () => connection.close(),
  }
}

/** Each arm is one look into the index that stands for it. */
const NEXT_DUE = `
SELECT min(due) AS due FROM (
  SELECT min(due_at) AS due FROM messages WHERE status = 'scheduled'
  UNION ALL SELECT min(expires_at) FROM messages WHERE expires_at IS NOT NULL
  UNION ALL SELECT min(due_at) FROM receipts
  UNION ALL SELECT min(not_before) FROM outbox WHERE not_before > 0 AND not_before > ?
)`

/** `integrity_check` reads every page that is in use, and a page is authenticated as it is read.
 *  Its findings name tables and row numbers, never what stands in a row. */
function integrity(connection: Connection): readonly string[] {
  try {
    const rows = connection.pragmaRows('integrity_check') as readonly { integrity_check: string }[]
    const found = rows.map((row) => row.integrity_check).filter((text) => text !== 'ok')
    if (found.length > 0) return found
    connection.transaction(() =>
      connection.change("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)"),
    )
    return []
  } catch (error) {
    if (error instanceof StoreError && error.code === 'corrupt') {
      return ['a page or the search index does not authenticate']
    }
    throw error
  }
}
