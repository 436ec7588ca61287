// A backup of a server that is being written to all the while: it ends, and is of one moment.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openSqlite } from '../../server/storage/sqlite/adapter.ts'
import { openSql } from '../../server/storage/sqlite/open.ts'
import { mailboxOf } from '../../src/protocol/ids.ts'
import { run } from '../helpers/program.ts'
import { addPerson } from './support/people.ts'
import { newClientId } from './support/stream-client.ts'

const folder = mkdtempSync(join(tmpdir(), 'sotto-busy-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('ends, and holds a beginning of what was written, without a gap', async () => {
  const data = join(folder, 'data')
  mkdirSync(data, { mode: 0o700 })
  const storage = await openSqlite({ path: join(data, 'server.db'), now: Date.now })
  const alice = await addPerson(storage, 1)
  const log = mailboxOf(alice.device)
  const append = (): Promise<void> =>
    new Promise((done) => {
      const item = { log, clientId: newClientId(), body: new Uint8Array(2_048) }
      const items = [{ ...item, expectedEpoch: undefined }]
      storage.logs.append({ ...alice, lists: [], items }, () => done())
    })
  await Promise.all(Array.from({ length: 8_000 }, append))
  let over = false
  const writing = (async () => {
    while (!over) await append()
  })()
  const to = join(folder, 'backup')
  const made = await run(['server', 'backup', to, '--data', data], { HOME: folder })
  over = true
  await writing
  await storage.close()
  expect(made).toMatchObject({ code: 0 })
  const copy = openSql({ path: join(to, 'server.db'), readonly: true })
  const counted = copy.get<{ rows: number; last: number }>(
    'SELECT count(*) AS rows, max(seq) AS last FROM entry',
  )
  copy.close()
  expect(counted?.rows).toBeGreaterThanOrEqual(8_000)
  expect(counted?.last).toBe(counted?.rows)
}, 10_000)
