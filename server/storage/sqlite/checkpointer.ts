// The thread that takes the log back into the database: it waits for the disk for as long as neither
// the sockets nor a commit may.

import { parentPort, workerData } from 'node:worker_threads'
import { checkpoint } from './checkpoint.ts'
import { openSql } from './open.ts'

export type CheckpointerMessage = 'checkpoint' | 'close'

const port = parentPort
if (port === null) throw new Error('the checkpointer runs as a worker thread')
const sql = openSql({ path: (workerData as { readonly path: string }).path })
port.on('message', (message: CheckpointerMessage) => {
  if (message === 'close') {
    sql.close()
    port.close()
    return
  }
  try {
    checkpoint(sql)
  } catch {
    // A full or broken disk: the writer meets it too, and says so. The log is longer meanwhile.
  }
  port.postMessage('done')
})
