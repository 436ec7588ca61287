// Starts the storage worker: from the bundle it is a file beside us; from source it needs the
// loader that we run under, which threads do not inherit.

import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { WorkerOptions } from './worker.ts'

export function startWorker(workerData: WorkerOptions): Worker {
  const here = import.meta.url
  if (!here.endsWith('.ts')) {
    return new Worker(new URL('./storage-worker.js', here), { workerData })
  }
  const loader = new URL('./esm/api/index.mjs', pathToFileURL(createRequire(here).resolve('tsx')))
    .href
  const source = new URL('./worker.ts', here).href
  const start = `import(${JSON.stringify(loader)}).then(({ register }) => {
    register()
    return import(${JSON.stringify(source)})
  })`
  return new Worker(start, { eval: true, workerData })
}
