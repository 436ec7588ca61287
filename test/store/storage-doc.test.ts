// docs/storage.md is part of the threat model: it must name every table and every column, and
// none that does not exist.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { openDatabase } from '../../src/store/open.ts'
import { createStore } from '../../src/store/sqlite-store.ts'
import { fill } from './rows.ts'

/** What FTS5 and SQLite make for themselves. */
const INTERNAL = /^(search_|sqlite_)/

function actual(): Map<string, readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'storage-doc-'))
  const options = { path: join(folder, 'profile.db'), key: fill(32, 1) }
  createStore(options).close()
  const connection = openDatabase(options)
  const tables = connection
    .all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .map((row) => row.name)
    .filter((name) => !INTERNAL.test(name))
  const columns = new Map(
    tables.map((table) => [
      table,
      connection
        .all<{ name: string }>('SELECT name FROM pragma_table_info(?)', table)
        .map((row) => row.name)
        .sort(),
    ]),
  )
  connection.close()
  rmSync(folder, { recursive: true })
  return columns
}

function documented(): Map<string, readonly string[]> {
  const text = readFileSync(resolve(import.meta.dirname, '../../docs/storage.md'), 'utf8')
  const sections = text.split(/^### /m).slice(1)
  return new Map(
    sections.map((section) => {
      const [heading = ''] = section.split('\n')
      const cells = [...section.matchAll(/^\| ([^|]+) \|/gm)].map((match) => match[1] ?? '')
      const names = cells.filter((cell) => cell !== 'column' && cell !== '---')
      return [heading, names.flatMap((cell) => cell.split(', ')).sort()]
    }),
  )
}

test('the storage page names every table and column, and no other', () => {
  expect(Object.fromEntries(documented())).toEqual(Object.fromEntries(actual()))
})
