// The thread that owns the only writing connection: a commit waits for the disk, and must not
// make the sockets wait with it.

import { parentPort, workerData } from 'node:worker_threads'
import { type Group, runGroup } from './group.ts'
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

port.on('message', (message: WorkerMessage) => {
  if (message.kind === 'group') {
    port.postMessage(runGroup(sql, message.group, quota))
    return
  }
  sql.close()
  port.close()
})
port.postMessage('ready')
