// The thread that owns the only writing connection: a commit waits for the disk, and must not
// make the sockets wait with it.

import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { type Failure, failure, type Group, runGroup, type Workplace } from './group.ts'
import { makeRoom } from './log-room.ts'
import { Memory } from './memory.ts'
import { migrate } from './migrate.ts'
import { openSql, type Sql } from './open.ts'
import type { LogQuota } from './operation.ts'

export interface WorkerOptions {
  readonly path: string
  readonly quota: LogQuota
  readonly maxPages: number | undefined
  /** Bytes that the log has from the start. */
  readonly room: number
}

/** Once, at the start. An error of SQLite's would come to the other thread without its code. */
export type Opening =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly why: Failure }

export type WorkerMessage = { readonly kind: 'group'; readonly group: Group } | { kind: 'close' }

const port = parentPort
if (port === null) throw new Error('the storage worker runs as a worker thread')
const sql = opened(port, workerData as WorkerOptions)
if (sql !== undefined) serve(port, sql)

function opened(to: MessagePort, { path, maxPages, room }: WorkerOptions): Sql | undefined {
  let connection: Sql | undefined
  let opening: Opening = { kind: 'ready' }
  try {
    connection = openSql(maxPages === undefined ? { path } : { path, maxPages })
    migrate(connection)
    if (room > 0) makeRoom(path, room)
  } catch (error) {
    connection?.close()
    connection = undefined
    opening = { kind: 'failed', why: failure(error) }
  }
  to.postMessage(opening)
  return connection
}

function serve(from: MessagePort, connection: Sql): void {
  const { quota } = workerData as WorkerOptions
  const place: Workplace = { sql: connection, quota, memory: new Memory() }
  from.on('message', (message: WorkerMessage) => {
    if (message.kind === 'group') {
      const answer = runGroup(place, message.group)
      from.postMessage(answer, [answer.numbers.buffer as ArrayBuffer])
      return
    }
    connection.close()
    from.close()
  })
}
