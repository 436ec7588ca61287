// One group of work for the worker: what is handed over, what comes back, and how the group is
// made one transaction in which no job can harm another.

import { StorageError, type StorageErrorCode } from '../port.ts'
import { type AppendResult, append } from './append.ts'
import type { Sql } from './open.ts'
import type { LogQuota, OperationContext } from './operation.ts'
import { type OperationName, operationOf } from './operations.ts'
import { unpackAppends } from './packed.ts'

export interface Group {
  readonly now: number
  /** The main thread may read a named operation's effects in the appends of its own group. */
  readonly calls: readonly { readonly name: OperationName; readonly args: unknown }[]
  readonly appends: Uint8Array | undefined
}

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: StorageErrorCode; readonly detail: string }

export interface GroupAnswer {
  readonly calls: readonly Answer<unknown>[]
  readonly appends: readonly Answer<AppendResult>[]
}

type Job = (context: OperationContext) => unknown

/**
 * Without savepoints first: they cost a copy of each page touched. If any job throws, the whole
 * group is undone and run again with a savepoint around each.
 */
export function runGroup(sql: Sql, group: Group, quota: LogQuota): GroupAnswer {
  const context: OperationContext = { sql, now: group.now, quota }
  const calls = group.calls.map(
    ({ name, args }): Job =>
      (given) =>
        operationOf(name)(given, args),
  )
  const packed = group.appends === undefined ? [] : unpackAppends(group.appends)
  const appends = packed.map(
    (request): Job =>
      (given) =>
        append(given, request),
  )
  const answers = commit(context, [...calls, ...appends])
  return {
    calls: answers.slice(0, calls.length),
    appends: answers.slice(calls.length) as Answer<AppendResult>[],
  }
}

function commit(context: OperationContext, jobs: readonly Job[]): readonly Answer<unknown>[] {
  const { sql } = context
  try {
    sql.exec('BEGIN IMMEDIATE')
    const values = jobs.map((job): Answer<unknown> => ({ ok: true, value: job(context) }))
    sql.exec('COMMIT')
    return values
  } catch {
    if (sql.inTransaction()) sql.exec('ROLLBACK')
    return commitGuarded(context, jobs)
  }
}

/** A full disk may undo the whole transaction by itself: then each job gets one of its own. */
function commitGuarded(
  context: OperationContext,
  jobs: readonly Job[],
): readonly Answer<unknown>[] {
  const { sql } = context
  try {
    sql.exec('BEGIN IMMEDIATE')
    const answers = jobs.map((job) => inSavepoint(context, job))
    sql.exec('COMMIT')
    return answers
  } catch {
    if (sql.inTransaction()) sql.exec('ROLLBACK')
    return jobs.map((job) => alone(context, job))
  }
}

function inSavepoint(context: OperationContext, job: Job): Answer<unknown> {
  const { sql } = context
  sql.exec('SAVEPOINT job')
  try {
    const value = job(context)
    sql.exec('RELEASE job')
    return { ok: true, value }
  } catch (error) {
    if (!sql.inTransaction()) throw error
    sql.exec('ROLLBACK TO job')
    sql.exec('RELEASE job')
    return failure(error)
  }
}

function alone(context: OperationContext, job: Job): Answer<unknown> {
  const { sql } = context
  try {
    sql.exec('BEGIN IMMEDIATE')
    const value = job(context)
    sql.exec('COMMIT')
    return { ok: true, value }
  } catch (error) {
    if (sql.inTransaction()) sql.exec('ROLLBACK')
    return failure(error)
  }
}

/** SQLite's words name tables and columns, never a value of a row. */
function failure(error: unknown): Answer<never> {
  if (error instanceof StorageError) return { ok: false, code: error.code, detail: error.message }
  const code = (error as { readonly code?: unknown }).code
  const full =
    code === 'SQLITE_FULL' || (typeof code === 'string' && code.startsWith('SQLITE_IOERR'))
  return { ok: false, code: full ? 'full' : 'failed', detail: String(code ?? error) }
}
