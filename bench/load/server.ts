// The measured process: a node over a database of its own, told by its parent when to report.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createCore } from '../../server/core.ts'
import { createMetrics } from '../../server/metrics.ts'
import { openSqlite } from '../../server/storage/sqlite/adapter.ts'
import { systemEnv } from '../../server/system-env.ts'
import { type DeviceId, type LogId, uuidV4 } from '../../src/protocol/ids.ts'
import { addPerson } from '../../test/server/support/people.ts'
import type { PersonJson, Report } from './messages.ts'

const [folder = '', people = '100', readers = '100'] = process.argv.slice(2)
const quiet = (): void => undefined
const storage = await openSqlite({ path: join(folder, 'server.db'), now: Date.now })
const unlimited = { burst: 1e9, perSecond: 1e9 }
const core = createCore({
  storage,
  serverKey: new Uint8Array(32),
  env: systemEnv,
  logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  metrics: createMetrics(),
  limits: { connectionsPerAddress: 1e6, connections: 1e6, appends: unlimited, signals: unlimited },
})
const known: PersonJson[] = []
while (known.length < Number(people)) {
  const batch = Array.from({ length: 500 }, (_, index) => addPerson(storage, known.length + index))
  for (const { account, device, privateKey } of await Promise.all(batch)) {
    known.push({ account, device, key: Buffer.from(privateKey).toString('base64') })
  }
}
const group = uuidV4<LogId>(systemEnv.random(16))
await storage.logs.createGroup({
  log: group,
  readers: known.slice(0, Number(readers)).map(({ device }) => device as DeviceId),
})
const http = createServer()
core.attach(http)
http.listen(0, '127.0.0.1', () => {
  const { port } = http.address() as AddressInfo
  process.send?.({ port, group, people: known })
})

process.on('message', (wanted) => {
  if (wanted === 'end') process.exit(0)
  globalThis.gc?.()
  const { user, system } = process.cpuUsage()
  process.send?.({ cpuUs: user + system, rss: process.memoryUsage.rss() } satisfies Report)
})
