// Starts a thread of the storage: from the bundle it is a file beside us; from source it needs the
// loader that we run under, which threads do not inherit.

import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'

/** The file's name, and in the bundle with `storage-` in front (scripts/build-program.js). */
type Thread = 'worker' | 'checkpointer'

export function startThread(name: Thread, workerData: object): Worker {
  const here = import.meta.url
  if (!here.endsWith('.ts')) {
    return new Worker(new URL(`./storage-${name}.js`, here), { workerData })
  }
  const loader = new URL('./esm/api/index.mjs', pathToFileURL(createRequire(here).resolve('tsx')))
    .href
  const source = new URL(`./${name}.ts`, here).href
  const start = `import(${JSON.stringify(loader)}).then(({ register }) => {
    register()
    return import(${JSON.stringify(source)})
  })`
  return new Worker(start, { eval: true, workerData })
}
