// The write-ahead log is taken back beside whoever writes, and does not grow without end.

import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openSqlite } from '../../server/storage/sqlite/adapter.ts'
import { checkpoint } from '../../server/storage/sqlite/checkpoint.ts'
import { openSql } from '../../server/storage/sqlite/open.ts'
import { mailboxOf } from '../../src/protocol/ids.ts'
import { addPerson } from './support/people.ts'
import { newClientId } from './support/stream-client.ts'

const folder = mkdtempSync(join(tmpdir(), 'sotto-checkpoint-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const PAGE_OF_TEXT = 'x'.repeat(4_000)

test('the log begins anew where enough of it was taken back', () => {
  const path = join(folder, 'small.db')
  const writer = openSql({ path })
  writer.exec('CREATE TABLE page (text TEXT)')
  const other = openSql({ path })
  const write = (): number => {
    writer.run('INSERT INTO page VALUES (?)', PAGE_OF_TEXT)
    return statSync(`${path}-wal`).size
  }
  const sizes = Array.from({ length: 200 }, () => {
    const size = write()
    checkpoint(other, 50)
    return size
  })
  expect(Math.max(...sizes)).toBeLessThan(60 * 5_000)
  const alone = Array.from({ length: 200 }, write)
  expect(Math.max(...alone)).toBeGreaterThan(200 * 4_096)
  other.close()
  writer.close()
})

test('who reads an earlier moment, as a backup does, makes no writer wait', () => {
  const path = join(folder, 'read.db')
  const writer = openSql({ path })
  writer.exec('CREATE TABLE page (text TEXT)')
  const reader = openSql({ path, readonly: true })
  reader.exec('BEGIN')
  reader.get('SELECT count(*) FROM page')
  const other = openSql({ path })
  for (let at = 0; at < 60; at += 1) writer.run('INSERT INTO page VALUES (?)', PAGE_OF_TEXT)
  const asked: string[] = []
  const watched = {
    ...other,
    get: <Row>(text: string): Row | undefined => {
      asked.push(text)
      return other.get<Row>(text)
    },
  }
  checkpoint(watched, 50)
  expect(asked).toEqual(['PRAGMA wal_checkpoint(PASSIVE)'])
  reader.exec('COMMIT')
  checkpoint(watched, 50)
  expect(asked.at(-1)).toBe('PRAGMA wal_checkpoint(RESTART)')
  for (const one of [reader, other, writer]) one.close()
})

test('what a server writes is in its database soon, while it goes on', async () => {
  const path = join(folder, 'server.db')
  const storage = await openSqlite({ path, now: Date.now })
  const alice = await addPerson(storage, 1)
  const log = mailboxOf(alice.device)
  const before = statSync(path).size
  const append = (): Promise<void> =>
    new Promise((done) => {
      const item = { log, clientId: newClientId(), body: new Uint8Array(2_000) }
      const items = [{ ...item, expectedEpoch: undefined }]
      storage.logs.append({ ...alice, lists: [], items }, () => done())
    })
  // Its own commits would take nothing back before 64,000 pages.
  while (statSync(path).size < before + 40 * 4_096) await append()
  await storage.close()
  expect(() => statSync(`${path}-wal`)).toThrow('ENOENT')
}, 20_000)
