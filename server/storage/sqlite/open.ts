// The one file that knows the SQLite library. Content is end-to-end encrypted before it comes
// here, so pages are not encrypted again.

import { chmodSync, closeSync, openSync } from 'node:fs'
import Database from 'better-sqlite3-multiple-ciphers'

type SqlValue = string | number | bigint | Uint8Array | null

/** One connection. Statements are compiled once each; pass literals only, never built text. */
export interface Sql {
  get<Row>(text: string, ...values: readonly SqlValue[]): Row | undefined
  all<Row>(text: string, ...values: readonly SqlValue[]): readonly Row[]
  /** How many rows changed. */
  run(text: string, ...values: readonly SqlValue[]): number
  exec(text: string): void
  inTransaction(): boolean
  /** Into a file that is empty or not there: all of it as at one moment, whoever writes meanwhile. */
  copyInto(path: string): void
  close(): void
}

interface OpenOptions {
  readonly path: string
  readonly readonly?: boolean
  /** For tests of a full disk. */
  readonly maxPages?: number
}

/** The checkpointer comes long before (checkpoint.ts): this is for a log that it cannot take back. */
const CHECKPOINT_PAGES = 64_000
/** Other processes (backup, doctor) hold the lock for moments only. */
const BUSY_TIMEOUT_MS = 5_000
/** 64 MiB, in KiB as the pragma wants it. */
const CACHE_KIB = 64 * 1024

/** For as long as the process lives: from Node 24.19 on, the collector of an idle process aborts it
 *  when it comes upon an object of this library. docs/decisions/0010. */
const alive = new Set<object>()

function held<T extends object>(native: T): T {
  alive.add(native)
  return native
}

export function openSql(options: OpenOptions): Sql {
  const readonly = options.readonly ?? false
  // SQLite gives its WAL and shared memory the database's mode; it must be right from the start.
  if (!readonly) {
    closeSync(openSync(options.path, 'a', 0o600))
    chmodSync(options.path, 0o600)
  }
  const db = held(new Database(options.path, { readonly, timeout: BUSY_TIMEOUT_MS }))
  if (!readonly) {
    db.exec('PRAGMA journal_mode = WAL')
    // NORMAL lost acknowledged commits under simulated power loss, FULL none.
    db.exec('PRAGMA synchronous = FULL')
    db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
    db.exec('PRAGMA foreign_keys = ON')
    if (options.maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${options.maxPages}`)
  }
  db.exec('PRAGMA temp_store = MEMORY')
  db.exec(`PRAGMA cache_size = -${CACHE_KIB}`)
  return connectionOf(db)
}

function connectionOf(db: Database.Database): Sql {
  const statements = new Map<string, Database.Statement<SqlValue[]>>()
  const compiled = (text: string): Database.Statement<SqlValue[]> => {
    const known = statements.get(text)
    if (known !== undefined) return known
    const statement = held(db.prepare<SqlValue[]>(text))
    statements.set(text, statement)
    return statement
  }
  return {
    get: <Row>(text: string, ...values: SqlValue[]) =>
      compiled(text).get(...values) as Row | undefined,
    all: <Row>(text: string, ...values: SqlValue[]) => compiled(text).all(...values) as Row[],
    run: (text, ...values) => compiled(text).run(...values).changes,
    exec: (text) => {
      db.exec(text)
    },
    inTransaction: () => db.inTransaction,
    // Not the library's `backup`, which begins again whenever somebody else writes, and makes an object
    // that cannot be held.
    copyInto: (path) => {
      compiled('VACUUM INTO ?').run(path)
    },
    close: () => {
      db.close()
    },
  }
}
