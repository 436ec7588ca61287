// Room in the write-ahead log: commits go into it, and it is no log.

import { copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openSqlite } from '../../server/storage/sqlite/adapter.ts'
import { makeRoom } from '../../server/storage/sqlite/log-room.ts'
import { openSql } from '../../server/storage/sqlite/open.ts'
import { addPerson } from './support/people.ts'

const folder = mkdtempSync(join(tmpdir(), 'sotto-log-room-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const ROOM = 2 * 1024 * 1024
const sizeOfLog = (path: string): number | undefined =>
  statSync(`${path}-wal`, { throwIfNoEntry: false })?.size

test('a server’s commits go into the room that it made, and its end removes it', async () => {
  const path = join(folder, 'server.db')
  const storage = await openSqlite({ path, now: Date.now, room: ROOM })
  const made = sizeOfLog(path)
  expect(made).toBeGreaterThanOrEqual(ROOM)
  const { account } = await addPerson(storage, 1)
  expect(sizeOfLog(path)).toBe(made)
  await storage.close()
  expect(sizeOfLog(path)).toBeUndefined()
  const again = await openSqlite({ path, now: Date.now })
  expect(await again.directory.account(account)).toBeDefined()
  await again.close()
})

test('what a killed server left in its log stands before and after room is made', () => {
  const path = join(folder, 'killed.db')
  const killed = openSql({ path })
  killed.exec('CREATE TABLE page (number INTEGER)')
  const write = (number: number): number => killed.run('INSERT INTO page VALUES (?)', number)
  const copied = (name: string): string => {
    const copy = join(folder, name)
    for (const end of ['', '-wal']) copyFileSync(`${path}${end}`, `${copy}${end}`)
    return copy
  }
  const rowsOf = (copy: string): readonly unknown[] => {
    const sql = openSql({ path: copy })
    const rows = sql.all<{ number: number }>('SELECT number FROM page ORDER BY number')
    sql.close()
    return rows.map(({ number }) => number)
  }
  write(1)
  const before = copied('before.db')
  makeRoom(before, ROOM)
  expect(sizeOfLog(before)).toBeGreaterThanOrEqual(ROOM)
  expect(rowsOf(before)).toEqual([1])
  makeRoom(path, ROOM)
  write(2)
  expect(rowsOf(copied('after.db'))).toEqual([1, 2])
  killed.close()
})

test('a disk on which little is free is not filled with room', () => {
  const path = join(folder, 'small.db')
  for (const end of ['', '-wal']) writeFileSync(`${path}${end}`, 'x'.repeat(100))
  makeRoom(path, Number.MAX_SAFE_INTEGER)
  expect(sizeOfLog(path)).toBe(100)
})

test('where no log is, none is made', () => {
  const path = join(folder, 'none.db')
  writeFileSync(path, '')
  makeRoom(path, ROOM)
  expect(sizeOfLog(path)).toBeUndefined()
})
