// One group of work for the worker: what is handed over, what comes back, and how the group is
// made one transaction in which no job can harm another.

import { StorageError, type StorageErrorCode } from '../port.ts'
import { type AppendResult, append } from './append.ts'
import type { Memory } from './memory.ts'
import type { Sql } from './open.ts'
import type { LogQuota, OperationContext } from './operation.ts'
import { type OperationName, operationOf } from './operations.ts'
import { unpackAppends } from './packed.ts'

export interface Group {
  readonly now: number
  readonly calls: readonly { readonly name: OperationName; readonly args: unknown }[]
  readonly appends: Uint8Array | undefined
}

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: StorageErrorCode; readonly detail: string }

export interface GroupAnswer {
  readonly calls: readonly Answer<unknown>[]
  /** For each item of each append that held: seq, time, 1 if it is fresh. */
  readonly numbers: Float64Array
  /** The appends that did not hold, by their place in the group. */
  readonly others: ReadonlyMap<number, Exclude<AppendResult, readonly unknown[]> | Failure>
}

export type Failure = Extract<Answer<never>, { ok: false }>

/** What the worker has for all its life. */
export interface Workplace {
  readonly sql: Sql
  readonly quota: LogQuota
  readonly memory: Memory
}

type Job = (context: OperationContext) => unknown

/** Calls that change no remembered row, or do it in the memory itself; before any other all is
 *  written, after it all is forgotten. */
const MINDFUL: ReadonlySet<OperationName> = new Set<OperationName>([
  'acknowledge',
  'trimGroups',
  'sweepEntries',
  'open',
  'cursor',
  'sweepStored',
  'seen',
  'putPrekeys',
  'claimPrekeys',
])

export function runGroup(place: Workplace, group: Group): GroupAnswer {
  const context: OperationContext = { ...place, now: group.now }
  const calls = group.calls.map(
    ({ name, args }): Job =>
      (given) => {
        const mindful = MINDFUL.has(name)
        if (!mindful) given.memory.flush(given.sql)
        const value = operationOf(name)(given, args)
        if (!mindful) given.memory.flushAndForget(given.sql)
        return value
      },
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
    ...numbered(answers.slice(calls.length) as Answer<AppendResult>[]),
  }
}

/** Numbers in one block: objects would cost more to hand over than the append itself. */
function numbered(answers: readonly Answer<AppendResult>[]): Omit<GroupAnswer, 'calls'> {
  const numbers: number[] = []
  const others = new Map<number, Exclude<AppendResult, readonly unknown[]> | Failure>()
  for (const [index, answer] of answers.entries()) {
    if (!answer.ok) others.set(index, answer)
    else if ('reason' in answer.value) others.set(index, answer.value)
    else for (const { seq, at, fresh } of answer.value) numbers.push(seq, at, fresh ? 1 : 0)
  }
  return { numbers: Float64Array.from(numbers), others }
}

/**
 * Without savepoints first: they cost a copy of each page touched. If any job throws, the whole
 * group is undone and run again with a savepoint around each.
 */
function commit(context: OperationContext, jobs: readonly Job[]): readonly Answer<unknown>[] {
  const { sql, memory } = context
  try {
    sql.exec('BEGIN IMMEDIATE')
    const values = jobs.map((job): Answer<unknown> => ({ ok: true, value: job(context) }))
    memory.flush(sql)
    sql.exec('COMMIT')
    return values
  } catch {
    undo(context)
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
    undo(context)
    return jobs.map((job) => alone(context, job))
  }
}

function undo({ sql, memory }: OperationContext): void {
  memory.forget()
  if (sql.inTransaction()) sql.exec('ROLLBACK')
}

function inSavepoint(context: OperationContext, job: Job): Answer<unknown> {
  const { sql, memory } = context
  sql.exec('SAVEPOINT job')
  try {
    const value = job(context)
    memory.flush(sql)
    sql.exec('RELEASE job')
    return { ok: true, value }
  } catch (error) {
    memory.forget()
    if (!sql.inTransaction()) throw error
    sql.exec('ROLLBACK TO job')
    sql.exec('RELEASE job')
    return failure(error)
  }
}

function alone(context: OperationContext, job: Job): Answer<unknown> {
  const { sql, memory } = context
  try {
    sql.exec('BEGIN IMMEDIATE')
    const value = job(context)
    memory.flush(sql)
    sql.exec('COMMIT')
    return { ok: true, value }
  } catch (error) {
    undo(context)
    return failure(error)
  }
}

/** SQLite's words name tables and columns, never a value of a row. */
export function failure(error: unknown): Failure {
  if (error instanceof StorageError) return { ok: false, code: error.code, detail: error.message }
  const { code } = error as { readonly code?: unknown }
  return { ok: false, code: codeOf(String(code)), detail: String(code ?? error) }
}

/** The index beside the log is what a full disk cannot let grow. A page that the disk does not give
 *  is to SQLite the same as one that is damaged. */
function codeOf(code: string): StorageErrorCode {
  if (/^SQLITE_(FULL|IOERR_SHMSIZE)/.test(code)) return 'full'
  return /^SQLITE_(IOERR|CORRUPT|NOTADB)/.test(code) ? 'disk' : 'failed'
}
