// The thread that owns the only writing connection: a commit waits for the disk, and must not
// make the sockets wait with it.

import { parentPort, workerData } from 'node:worker_threads'
import { type Group, runGroup, type Workplace } from './group.ts'
import { Memory } from './memory.ts'
import { migrate } from './migrate.ts'
import { openSql } from './open.ts'
import type { LogQuota } from './operation.ts'

export interface WorkerOptions {
  readonly path: string
  readonly quota: LogQuota
  readonly maxPages: number | undefined
}

export type WorkerMessage = { readonly kind: 'group'; readonly group: Group } | { kind: 'close' }

const port = parentPort
if (port === null) throw new Error('the storage worker runs as a worker thread')

const { path, quota, maxPages } = workerData as WorkerOptions
const sql = openSql(maxPages === undefined ? { path } : { path, maxPages })
migrate(sql)
const place: Workplace = { sql, quota, memory: new Memory() }

port.on('message', (message: WorkerMessage) => {
  if (message.kind === 'group') {
    const answer = runGroup(place, message.group)
    port.postMessage(answer, [answer.numbers.buffer as ArrayBuffer])
    return
  }
  sql.close()
  port.close()
})
port.postMessage('ready')
