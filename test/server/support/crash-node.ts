// A node in a process of its own, to be killed. Its argument is the database; it tells its parent
// its port, and adds a person when told to.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createCore } from '../../../server/core.ts'
import { createMetrics } from '../../../server/metrics.ts'
import { openSqlite } from '../../../server/storage/sqlite/adapter.ts'
import { systemEnv } from '../../../server/system-env.ts'
import { SERVER_KEY } from './node.ts'
import { addPerson } from './people.ts'

const ignore = (): void => undefined
const storage = await openSqlite({ path: process.argv[2] ?? '', now: Date.now })
const core = createCore({
  storage,
  env: systemEnv,
  serverKey: SERVER_KEY,
  logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  metrics: createMetrics(),
})
const http = createServer()
core.attach(http)
http.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (http.address() as AddressInfo).port })
})
process.on('message', async (number: number) => {
  const person = await addPerson(storage, number)
  process.send?.({ ...person, privateKey: Buffer.from(person.privateKey).toString('hex') })
})
