// A server whose database was damaged on the disk: it says so, destroys nothing more, and a backup
// brings it back.

import { randomBytes } from 'node:crypto'
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { backupServer } from '../../server/backup.ts'
import { doctorServer } from '../../server/doctor.ts'
import { restoreServer } from '../../server/restore.ts'
import type { AppendOutcome } from '../../server/storage/log-port.ts'
import { openSqlite } from '../../server/storage/sqlite/adapter.ts'
import { openSql } from '../../server/storage/sqlite/open.ts'
import { mailboxOf } from '../../src/protocol/ids.ts'
import { registered, type TestAccount } from '../helpers/account.ts'
import { startServer } from '../helpers/server.ts'
import { addPerson } from './support/people.ts'
import { newClientId } from './support/stream-client.ts'

const PAGE = 4096
const folder = mkdtempSync(join(tmpdir(), 'sotto-damaged-'))
const whole = join(folder, 'whole')
const backup = join(folder, 'backup')
let alice: TestAccount

beforeAll(async () => {
  const server = await startServer({ data: whole })
  alice = await registered(server, 'alice')
  await backupServer({ data: whole, to: backup, now: Date.now() })
  await server.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const overwritten = (path: string, page: number, bytes: Uint8Array): void => {
  const file = readFileSync(path)
  file.set(bytes, page * PAGE)
  writeFileSync(path, file)
}

const DAMAGES: readonly (readonly [string, (path: string) => void])[] = [
  ['whose first page is noise', (path) => overwritten(path, 0, randomBytes(PAGE))],
  ['whose second page is zeroes', (path) => overwritten(path, 1, new Uint8Array(PAGE))],
  ['that was cut off', (path) => truncateSync(path, 5 * PAGE)],
  ['that is empty', (path) => truncateSync(path, 0)],
  ['that is gone', (path) => unlinkSync(path)],
]

const contentOf = (path: string): Buffer | undefined => {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

test.each(DAMAGES)('a database %s ends the start, and stays as it is', async (_, damage) => {
  const data = mkdtempSync(join(folder, 'data-'))
  cpSync(whole, data, { recursive: true })
  const path = join(data, 'server.db')
  damage(path)
  const before = contentOf(path)
  const failed = await startServer({ data }).catch((error: unknown) => error)
  expect(failed).toMatchObject({ name: 'ServerError', code: 'storage' })
  expect(String(failed)).not.toContain('SQLITE')
  expect(contentOf(path)).toEqual(before)
  const found = (await doctorServer({ data })).find(({ name }) => name === 'database')
  expect(found).toMatchObject({ ok: false })
})

test('a backup brings back who was registered', async () => {
  const data = join(folder, 'restored')
  await restoreServer({ from: backup, data, check: false })
  const server = await startServer({ data })
  expect((await Object.assign(alice, { url: server.url }).login()).status).toBe(200)
  await server.close()
})

test('where the pages of a table do not read, nothing is acknowledged, and it says whose fault it is', async () => {
  const path = join(folder, 'tables.db')
  const first = await openSqlite({ path, now: Date.now })
  const bob = await addPerson(first, 1)
  await first.close()
  const sql = openSql({ path, readonly: true })
  const table = sql.get<{ rootpage: number }>(
    `SELECT rootpage FROM sqlite_schema WHERE name = 'entry'`,
  )
  sql.close()
  overwritten(path, (table?.rootpage ?? 0) - 1, randomBytes(PAGE))
  const storage = await openSqlite({ path, now: Date.now })
  const outcome = await new Promise<AppendOutcome>((done) => {
    const body = new Uint8Array(9)
    const item = { log: mailboxOf(bob.device), clientId: newClientId(), body }
    const items = [{ ...item, expectedEpoch: undefined }]
    storage.logs.append({ ...bob, lists: [], items }, (_, settled) => done(settled))
  })
  expect(outcome).toMatchObject({ kind: 'refused', reason: 'unavailable', cause: 'disk' })
  await storage.close()
})
