// What the worker remembers of rows between two groups, so that an append need not read them
// again. Nobody else writes the database, so it is true as long as whoever changes such a row
// otherwise forgets it here; whatever fails forgets everything.

import type { Sql } from './open.ts'

export interface LogState {
  readonly number: number
  readonly shared: number
  epoch: number
  head: number
  entries: number
  bytes: number
}

interface Share {
  readonly entries: number
  readonly bytes: number
}

/** Some megabytes; beyond it begins anew between two groups, which costs a read per log. */
const MAX_REMEMBERED = 20_000

/** An id's bytes as a key: shorter and cheaper than its text. */
const keyOf = (id: Uint8Array): string =>
  Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('latin1')

export class Memory {
  readonly #logs = new Map<string, LogState>()
  readonly #changed = new Set<LogState>()
  readonly #lists = new Map<string, number>()
  /** Lives as long as the log's state does: forgetting the log forgets them. */
  readonly #shares = new WeakMap<LogState, Map<string, Share>>()

  log(sql: Sql, id: Uint8Array): LogState | undefined {
    const key = keyOf(id)
    const known = this.#logs.get(key)
    if (known !== undefined) return known
    const read = sql.get<LogState>(
      'SELECT number, shared, epoch, head, entries, bytes FROM log WHERE id = ?',
      id,
    )
    if (read === undefined) return undefined
    this.#logs.set(key, read)
    return read
  }

  /** The version of an account's newest device list; 0 where there is none. */
  listVersion(account: Uint8Array, read: () => number | undefined): number {
    const key = keyOf(account)
    const known = this.#lists.get(key)
    if (known !== undefined) return known
    const version = read() ?? 0
    if (this.#lists.size >= MAX_REMEMBERED) this.#lists.clear()
    this.#lists.set(key, version)
    return version
  }

  /** What one account has in a log. Reading it costs a walk through the log, so few ask. */
  share(sql: Sql, log: LogState, account: Uint8Array): Share {
    let shares = this.#shares.get(log)
    if (shares === undefined) {
      const rows = sql.all<Share & { account: Uint8Array }>(
        `SELECT account, count(*) AS entries, sum(length(body)) AS bytes
         FROM entry WHERE log = ? GROUP BY account`,
        log.number,
      )
      shares = new Map(rows.map((row) => [keyOf(row.account), row]))
      this.#shares.set(log, shares)
    }
    return shares.get(keyOf(account)) ?? { entries: 0, bytes: 0 }
  }

  /** Keeps the shares true, where somebody asked for them. */
  added(log: LogState, account: Uint8Array, bytes: number): void {
    const shares = this.#shares.get(log)
    if (shares === undefined) return
    const before = shares.get(keyOf(account)) ?? { entries: 0, bytes: 0 }
    shares.set(keyOf(account), { entries: before.entries + 1, bytes: before.bytes + bytes })
  }

  /** Entries of the log went: whose they were is not known. */
  removed(log: LogState): void {
    this.#shares.delete(log)
  }

  changed(log: LogState): void {
    this.#changed.add(log)
  }

  /** Writes what changed; before the commit, once per log and group. Only here is anything
   *  forgotten for being too much: within a group a log has one state. */
  flush(sql: Sql): void {
    for (const log of this.#changed) {
      sql.run(
        'UPDATE log SET epoch = ?, head = ?, entries = ?, bytes = ? WHERE number = ?',
        log.epoch,
        log.head,
        log.entries,
        log.bytes,
        log.number,
      )
    }
    this.#changed.clear()
    if (this.#logs.size > MAX_REMEMBERED) this.#logs.clear()
  }

  flushAndForget(sql: Sql): void {
    this.flush(sql)
    this.forget()
  }

  /** What was not written is lost: for a transaction that was undone. */
  forget(): void {
    this.#logs.clear()
    this.#lists.clear()
    this.#changed.clear()
  }
}
