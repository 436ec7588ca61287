// What page encryption costs: the same work on a plain database and under each cipher that
// authenticates its pages. Raw keys, the pragmas of src/store/open.ts. Prints milliseconds.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3-multiple-ciphers'

const ROWS = 40_000
const ROUNDS = 3
const folder = mkdtempSync(join(tmpdir(), 'bench-ciphers-'))
const CIPHERS = ['plain', 'aegis', 'chacha20', 'sqlcipher', 'ascon128'] as const
const WORK = [
  'bulk insert',
  'one-row commit, no fsync',
  'point read, cold',
  'scan',
  'search',
] as const
type Times = Map<string, number>

function open(path: string, cipher: string): Database.Database {
  const database = new Database(path)
  if (cipher !== 'plain') {
    database.pragma(`cipher = '${cipher}'`)
    database.key(Buffer.from(`raw:${'2a'.repeat(32)}`))
  }
  for (const pragma of ['journal_mode = WAL', 'synchronous = OFF', 'temp_store = MEMORY']) {
    database.pragma(pragma)
  }
  database.pragma('secure_delete = ON')
  return database
}

function round(cipher: string, times: Times): void {
  const path = join(folder, `${cipher}.db`)
  const timed = (name: string, work: () => void): void => {
    const before = performance.now()
    work()
    times.set(name, Math.min(times.get(name) ?? Infinity, performance.now() - before))
  }
  let database = open(path, cipher)
  database.exec(
    `CREATE TABLE t (row INTEGER PRIMARY KEY, body TEXT, payload BLOB) STRICT;
     CREATE VIRTUAL TABLE s USING fts5 (body, content = 't', content_rowid = 'row')`,
  )
  const add = database.prepare('INSERT INTO t (body, payload) VALUES (?, ?)')
  const index = database.prepare('INSERT INTO s (rowid, body) VALUES (?, ?)')
  const insert = (number: number): void => {
    const body = `word${number % 997} common text ${number}`
    index.run(add.run(body, Buffer.alloc(200, number)).lastInsertRowid, body)
  }
  timed('bulk insert', () =>
    database.transaction(() => {
      for (let number = 0; number < ROWS; number += 1) insert(number)
    })(),
  )
  timed('one-row commit, no fsync', () => {
    for (let number = 0; number < 2_000; number += 1) database.transaction(insert)(number)
  })
  database.close()
  database = open(path, cipher)
  // Too small for the database: most reads decrypt a page.
  database.pragma('cache_size = -512')
  const get = database.prepare('SELECT * FROM t WHERE row = ?')
  timed('point read, cold', () => {
    for (let number = 0; number < 20_000; number += 1) get.get((number * 7919) % ROWS)
  })
  timed('scan', () => void database.prepare('SELECT sum(length(payload)) FROM t').get())
  const search = database.prepare(
    'SELECT rowid FROM s WHERE s MATCH ? ORDER BY rowid DESC LIMIT 50',
  )
  timed('search', () => {
    for (let number = 0; number < 500; number += 1) search.all(`word${number} common`)
  })
  database.close()
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
}

const results = new Map<string, Times>(CIPHERS.map((cipher) => [cipher, new Map()]))
for (let count = 0; count < ROUNDS; count += 1) {
  for (const [cipher, times] of results) round(cipher, times)
}
const plain = results.get('plain')
for (const name of WORK) {
  const cells = [...results].map(([cipher, times]) => {
    const time = times.get(name) ?? Number.NaN
    return `${cipher} ${time.toFixed(0)} (${(time / (plain?.get(name) ?? Number.NaN)).toFixed(2)})`
  })
  process.stdout.write(`${name.padEnd(26)} ${cells.join('  ')}\n`)
}
rmSync(folder, { recursive: true })
