// Fills a data folder before a server runs over it: accounts, and logs that many read. Put into the
// storage directly, for registering 19,000 accounts one by one is not what is measured. The last one has prekeys.
//   fill.js FOLDER PEOPLE WORLD [READERS…]

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DATABASE_FILE } from '../../server/data-folder.ts'
import { makePrivateFolder } from '../../server/private-files.ts'
import { openSqlite } from '../../server/storage/sqlite/adapter.ts'
import { systemEnv } from '../../server/system-env.ts'
import { type DeviceId, type LogId, uuidV4 } from '../../src/protocol/ids.ts'
import { upload } from '../../test/hostile/abuse/ground.ts'
import { addPerson } from '../../test/server/support/people.ts'
import type { PersonJson, WorldJson } from './messages.ts'

const AT_ONCE = 500
const [folder = '', count = '0', world = '', ...readers] = process.argv.slice(2)
makePrivateFolder(folder)
const storage = await openSqlite({ path: join(folder, DATABASE_FILE), now: Date.now })
const people: PersonJson[] = []
while (people.length < Number(count)) {
  const batch = Array.from({ length: AT_ONCE }, (_, index) =>
    addPerson(storage, people.length + index),
  )
  for (const { account, device, privateKey } of await Promise.all(batch)) {
    people.push({ account, device, key: Buffer.from(privateKey).toString('base64') })
  }
}
const last = people.at(-1)?.device as DeviceId
await storage.directory.putPrekeys({ device: last, upload: upload(), replace: false })
const groups: Record<string, string> = {}
for (const size of readers) {
  const log = uuidV4<LogId>(systemEnv.random(16))
  const members = people.slice(0, Number(size)).map(({ device }) => device as DeviceId)
  await storage.logs.createGroup({ log, readers: members })
  groups[size] = log
}
await storage.close()
writeFileSync(world, JSON.stringify({ people, groups } satisfies WorldJson))
