// The measured process: a whole server as `sotto-server run` starts it, with the limits that it has
// by itself. Its parent asks what it used.

import { runServer } from '../../server/main.ts'
import { keepHeapTidy } from '../../src/commands/heap.ts'
import type { Usage } from './messages.ts'

const [data = ''] = process.argv.slice(2)
const server = await runServer({
  data,
  listen: '127.0.0.1:0',
  adminListen: '127.0.0.1:0',
  logLevel: 'silent',
})
keepHeapTidy()
process.send?.(Number(new URL(server.url).port))

/** The collector hands its pages back after its work. */
const GIVING_BACK_MS = 500

process.on('message', (wanted) => {
  if (wanted === 'end') process.exit(0)
  answer(wanted === 'tidy')
})

/** What is resident is what is needed, not what was not collected yet, nor given back. */
async function answer(isTidy: boolean): Promise<void> {
  if (isTidy) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, GIVING_BACK_MS))
    globalThis.gc?.()
  }
  const { user, system } = process.cpuUsage()
  process.send?.({ cpuUs: user + system, rssBytes: process.memoryUsage.rss() } satisfies Usage)
}
