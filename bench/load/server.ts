// The measured process: a whole server as `sotto-server run` starts it, with the limits that it has
// by itself. Its parent asks what it used.

import { runServer } from '../../server/main.ts'
import type { Usage } from './messages.ts'

const [data = ''] = process.argv.slice(2)
const server = await runServer({
  data,
  listen: '127.0.0.1:0',
  adminListen: '127.0.0.1:0',
  logLevel: 'silent',
})
process.send?.(Number(new URL(server.url).port))

process.on('message', (wanted) => {
  if (wanted === 'end') process.exit(0)
  // What is resident is what is needed, not what was not collected yet.
  if (wanted === 'tidy') globalThis.gc?.()
  const { user, system } = process.cpuUsage()
  process.send?.({ cpuUs: user + system, rssBytes: process.memoryUsage.rss() } satisfies Usage)
})
