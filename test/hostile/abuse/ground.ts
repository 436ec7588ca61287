// A data folder with accounts in it, before a server runs over it.

import { join } from 'node:path'
import { DATABASE_FILE } from '../../../server/data-folder.ts'
import { makePrivateFolder } from '../../../server/private-files.ts'
import { openSqlite } from '../../../server/storage/sqlite/adapter.ts'
import { systemEnv } from '../../../server/system-env.ts'
import { ONE_TIME_PREKEY_BATCH } from '../../../src/protocol/limits.ts'
import type { Prekey, PrekeyUpload } from '../../../src/protocol/prekeys.ts'
import { addPerson, type Person } from '../../server/support/people.ts'
import type { Victim } from './raw-stream.ts'

/** The last one has prekeys to be drained of. */
export async function fill(folder: string, people: number): Promise<readonly Person[]> {
  makePrivateFolder(folder)
  const storage = await openSqlite({ path: join(folder, DATABASE_FILE), now: Date.now })
  const persons = await Promise.all(
    Array.from({ length: people }, (_, index) => addPerson(storage, index)),
  )
  const last = persons.at(-1)
  if (last !== undefined) {
    await storage.directory.putPrekeys({ device: last.device, upload: upload(), replace: false })
  }
  await storage.close()
  return persons
}

export const victimOf = ({ account, device, privateKey }: Person): Victim => ({
  account,
  device,
  key: Buffer.from(privateKey).toString('base64'),
})

/** Of the right lengths; nobody agrees with them. */
export function upload(): PrekeyUpload {
  const ids = Array.from({ length: ONE_TIME_PREKEY_BATCH }, (_, index) => 1 + index)
  return {
    curveSigned: prekey(0, 32),
    kemLastResort: prekey(0, 1568),
    curveOneTime: ids.map((id) => prekey(id, 32)),
    kemOneTime: ids.map((id) => prekey(id, 1568)),
  }
}

const prekey = (id: number, length: number): Prekey => ({
  id,
  key: systemEnv.random(length),
  createdAt: 0,
  signature: new Uint8Array(64),
})
