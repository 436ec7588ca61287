// One open database: prepared statements kept by their text, failures in the store's own codes,
// transactions. Knows SQL, no table.

import type Database from 'better-sqlite3-multiple-ciphers'
import { storeFailure } from './failure.ts'
import { held } from './native.ts'
import { StoreError } from './port.ts'
import { type Param, toColumn } from './values.ts'

type Statement = Database.Statement<unknown[], unknown>

export class Connection {
  readonly #database: Database.Database
  readonly #statements = new Map<string, Statement>()
  #unscrubbed = false

  constructor(database: Database.Database) {
    this.#database = database
  }

  /** The first row, typed by the caller who wrote the columns down. */
  one<Row>(sql: string, ...params: readonly Param[]): Row | undefined {
    return this.#guard(() => this.#prepared(sql).get(...params.map(toColumn)) as Row | undefined)
  }

  all<Row>(sql: string, ...params: readonly Param[]): readonly Row[] {
    return this.#guard(() => this.#prepared(sql).all(...params.map(toColumn)) as Row[])
  }

  /** Returns the new row's number, or how many rows changed. */
  insert(sql: string, ...params: readonly Param[]): number {
    return Number(this.#write(sql, params).lastInsertRowid)
  }

  change(sql: string, ...params: readonly Param[]): number {
    return this.#write(sql, params).changes
  }

  /** Several statements without parameters: schema, and begin and end of a transaction. */
  script(sql: string): void {
    this.#guard(() => this.#database.exec(sql))
  }

  /** What a pragma answers: the first column of the first row. */
  pragma(source: string): unknown {
    const [row] = this.pragmaRows(source)
    return Object.values(row ?? {})[0]
  }

  pragmaRows(source: string): readonly object[] {
    return this.#guard(() => {
      const statement = this.#prepared(`PRAGMA ${source}`)
      if (statement.reader) return statement.all() as object[]
      statement.run()
      return []
    })
  }

  transaction<T>(work: () => T): T {
    if (this.#database.inTransaction) throw new StoreError('misuse', 'a transaction in another')
    this.script('BEGIN IMMEDIATE')
    try {
      const result = work()
      if (result instanceof Promise) throw new StoreError('misuse', 'a transaction must not wait')
      this.script('COMMIT')
      if (this.#unscrubbed) this.#tryScrub()
      return result
    } catch (error) {
      // A full disk or a failed read may have ended the transaction already.
      if (this.#database.open && this.#database.inTransaction) this.script('ROLLBACK')
      throw error
    }
  }

  /** What this transaction deletes is to leave the log too, right after the commit. */
  scrubAfterCommit(): void {
    this.#unscrubbed = true
  }

  /** Deleted rows are zeroed in their pages (secure_delete), but older copies of those pages stay
   *  in the log until it is copied back and cut to nothing. */
  scrub(): void {
    const [result] = this.pragmaRows('wal_checkpoint(TRUNCATE)')
    if ((result as { readonly busy: number } | undefined)?.busy !== 0) {
      throw new StoreError('busy', 'the write-ahead log is being read')
    }
    this.#unscrubbed = false
  }

  /** As many of the write-ahead log as SQLite takes for whole. Copies them back by the way. */
  framesOfLog(): number {
    const [result] = this.pragmaRows('wal_checkpoint(PASSIVE)')
    return (result as { readonly log: number } | undefined)?.log ?? 0
  }

  close(): void {
    this.#statements.clear()
    this.#database.close()
  }

  /** The transaction is committed whatever comes of this: it waits for nobody, and the next one
   *  tries again. */
  #tryScrub(): void {
    const patience = Number(this.pragma('busy_timeout'))
    this.script('PRAGMA busy_timeout = 0')
    try {
      this.scrub()
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
    } finally {
      this.script(`PRAGMA busy_timeout = ${patience}`)
    }
  }

  #write(sql: string, params: readonly Param[]): Database.RunResult {
    if (!this.#database.inTransaction) {
      throw new StoreError('misuse', 'a write outside a transaction')
    }
    return this.#guard(() => this.#prepared(sql).run(...params.map(toColumn)))
  }

  #prepared(sql: string): Statement {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = held(this.#database.prepare(sql))
    this.#statements.set(sql, statement)
    return statement
  }

  #guard<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw storeFailure(error)
    }
  }
}
