// What somebody finds who has the disk: the raw files, before and after deletion, and what we
// notice when they changed something.

import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3-multiple-ciphers'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { toHex } from '../../src/protocol/bytes.ts'
import type { Connection } from '../../src/store/connection.ts'
import { held } from '../../src/store/native.ts'
import { openDatabase, PRAGMAS } from '../../src/store/open.ts'
import type { Store } from '../../src/store/port.ts'
import { createStore, openStore, removeStore, storeOver } from '../../src/store/sqlite-store.ts'
import { chat, chatRow, eventRow, fill, message, messageRow, outboxRow, selfRow } from './rows.ts'

const PAGE = 4096
const root = mkdtempSync(join(tmpdir(), 'at-rest-'))
const key = Uint8Array.from({ length: 32 }, (_, index) => 100 + index)
let folder = ''
let path = ''
let count = 0

beforeEach(() => {
  count += 1
  folder = join(root, String(count))
  path = join(folder, 'profile.db')
})
afterAll(() => rmSync(root, { recursive: true }))

const CANARY = 'pineapple-submarine'

function filled(rows = 200): Store {
  const store = createStore({ path, key })
  store.transaction((tx) => {
    tx.putSelf(selfRow)
    tx.putChat(chatRow)
    for (let number = 1; number <= rows; number += 1) {
      tx.addMessage({
        ...messageRow,
        id: message(number),
        body: `${CANARY} ${number}`,
        payload: fill(200, number % 256),
      })
    }
    tx.addOutbox(outboxRow)
  })
  return store
}

const files = (): readonly Buffer[] =>
  readdirSync(folder).map((name) => readFileSync(join(folder, name)))

describe('raw files', () => {
  test('hold no plaintext and no key, neither the database nor the log', () => {
    const store = filled()
    const forms = [CANARY, 'pineapple', 'alice', 'CREATE TABLE', 'SQLite format', toHex(key)]
    const needles = [...forms.map((text) => Buffer.from(text)), Buffer.from(key)]
    const look = (): void => {
      expect(readdirSync(folder).sort()).toContain('profile.db')
      for (const file of files()) {
        for (const needle of needles) expect(file.includes(needle)).toBe(false)
      }
    }
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(50_000)
    look()
    store.scrub()
    expect(statSync(`${path}-wal`).size).toBe(0)
    expect(statSync(path).size).toBeGreaterThan(50_000)
    look()
    store.close()
    look()
    expect(readdirSync(folder)).toEqual(['profile.db'])
  })

  test.each([0, 0o022, 0o777])('are 0600 in a 0700 folder under umask %i', (umask) => {
    const before = process.umask(umask)
    try {
      mkdirSync(folder)
      chmodSync(folder, 0o755)
      const store = filled(1)
      expect(readdirSync(folder).sort()).toEqual(['profile.db', 'profile.db-shm', 'profile.db-wal'])
      for (const name of readdirSync(folder)) {
        expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
      }
      expect(statSync(folder).mode & 0o777).toBe(0o700)
      store.close()
    } finally {
      process.umask(before)
    }
  })

  test('that somebody opened up are tightened at the next opening', () => {
    filled(1).close()
    chmodSync(path, 0o644)
    const store = openStore({ path, key })
    store.transaction((tx) => tx.putMeta('a', fill(1, 1)))
    for (const name of readdirSync(folder)) {
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
    }
    store.close()
  })

  test('a link in place of the database is refused', () => {
    filled(1).close()
    symlinkSync(path, join(folder, 'link.db'))
    expect(() => openStore({ path: join(folder, 'link.db'), key })).toThrow(
      expect.objectContaining({ code: 'misuse' }),
    )
  })
})

/** Every page of the database as it is under the encryption, free pages too. */
function decrypted(): Buffer {
  const copy = join(folder, 'copy.db')
  copyFileSync(path, copy)
  const raw = readFileSync(copy)
  const database = held(new Database(copy))
  for (const pragma of ["cipher = 'aegis'", "algorithm = 'aegis-256'"])
    database.exec(`PRAGMA ${pragma}`)
  database.key(Buffer.from(`raw:${toHex(key)}`))
  // `serialize` decrypts page by page; a free page comes along as it is.
  const plain = database.serialize()
  database.close()
  rmSync(copy)
  expect(plain.length).toBe(raw.length)
  return plain
}

describe('what was deleted', () => {
  test('is in no page and no log right after the commit, words of the index included', () => {
    const store = filled(400)
    store.scrub()
    expect(decrypted().includes('pineapple')).toBe(true)
    store.transaction((tx) => {
      for (let number = 1; number <= 400; number += 1) tx.deleteMessage(message(number))
      tx.addMessage({ ...messageRow, id: message(999), body: 'something else' })
    })
    expect(statSync(`${path}-wal`).size).toBe(0)
    const plain = decrypted()
    expect(plain.includes('something else')).toBe(true)
    expect(plain.includes('pineapple')).toBe(false)
    expect(plain.includes('submarine')).toBe(false)
    store.close()
  })

  test('is gone too when it was edited, emptied, or went with its chat', () => {
    const store = filled(5)
    const row = { ...messageRow, id: message(1) }
    store.transaction((tx) => {
      tx.updateMessage({ ...row, body: 'harmless' })
      tx.addEvent({ ...eventRow, type: 'edit', message: row.id, data: '{"body":"harmless"}' })
      tx.addEvent({ ...eventRow, message: row.id })
    })
    store.scrub()
    expect(decrypted().includes('harmless')).toBe(true)
    store.transaction((tx) => tx.updateMessage({ ...row, kind: 'deleted', body: '' }))
    expect(decrypted().includes('harmless')).toBe(false)
    expect(store.events(0, 9).map((event) => event.type)).toEqual(['message'])
    store.transaction((tx) => tx.deleteChat(chat(1)))
    expect(decrypted().includes('pineapple')).toBe(false)
    store.close()
  })

  test('is gone when a message without a text was deleted for everyone', () => {
    const store = filled(1)
    const row = { ...messageRow, id: message(7), kind: 'file', body: '' }
    const payload = Buffer.from('coconut-key')
    store.transaction((tx) => tx.addMessage({ ...row, payload }))
    store.transaction((tx) =>
      tx.updateMessage({ ...row, kind: 'deleted', payload: new Uint8Array() }),
    )
    expect(statSync(`${path}-wal`).size).toBe(0)
    expect(decrypted().includes('coconut-key')).toBe(false)
    store.close()
  })

  test('leaves the log later when somebody is reading it now, and the deletion stands', () => {
    const store = filled(5)
    const reader = held(new Database(path))
    for (const pragma of ["cipher = 'aegis'", "algorithm = 'aegis-256'"])
      reader.exec(`PRAGMA ${pragma}`)
    reader.key(Buffer.from(`raw:${toHex(key)}`))
    reader.exec('BEGIN')
    held(reader.prepare('SELECT count(*) FROM messages')).get()
    store.transaction((tx) => tx.deleteMessage(message(1)))
    expect(store.message(message(1))).toBeUndefined()
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0)
    reader.close()
    store.transaction((tx) => tx.putMeta('a', fill(1, 1)))
    expect(statSync(`${path}-wal`).size).toBe(0)
    store.close()
  })
})

describe('what was changed on the disk', () => {
  test('a wrong key, and a key of another length, are refused', () => {
    filled(1).close()
    const wrong = Uint8Array.from(key)
    wrong[31] = 0
    expect(() => openStore({ path, key: wrong })).toThrow(
      expect.objectContaining({ code: 'wrong_key' }),
    )
    expect(() => openStore({ path, key: key.subarray(1) })).toThrow(
      expect.objectContaining({ code: 'misuse' }),
    )
    openStore({ path, key }).close()
  })

  /** Reads every row that a person or the engine could see. */
  function everything(): string {
    const store = openStore({ path, key })
    try {
      return JSON.stringify([
        store.self(),
        store.chats(),
        store.messages({ limit: 10_000 }),
        store.search(CANARY, { limit: 10_000 }).length,
        store.outbox(0, 10),
      ])
    } finally {
      store.close()
    }
  }

  test('one flipped bit in any page is noticed, or changes nothing', () => {
    filled().close()
    const good = readFileSync(path)
    const truth = everything()
    const pages = good.length / PAGE
    let noticed = 0
    for (let page = 0; page < pages; page += 1) {
      const bad = Buffer.from(good)
      const offset = page * PAGE + Math.floor(Math.random() * PAGE)
      bad[offset] = (bad[offset] ?? 0) ^ (1 << Math.floor(Math.random() * 8))
      writeFileSync(path, bad)
      try {
        expect(everything()).toBe(truth)
        // A page that none of these reads needed: the doctor's check reads it.
        const store = openStore({ path, key })
        if (store.integrity().length > 0) noticed += 1
        store.close()
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^(corrupt|wrong_key)$/) })
        noticed += 1
      }
      writeFileSync(path, good)
    }
    expect(pages).toBeGreaterThan(40)
    expect(noticed).toBeGreaterThanOrEqual(pages - 1)
  }, 60_000)

  test('the first bytes, which SQLite reads unencrypted, cannot mislead', () => {
    filled(3).close()
    const good = readFileSync(path)
    const truth = everything()
    for (let bit = 0; bit < 24 * 8; bit += 1) {
      const bad = Buffer.from(good)
      bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      writeFileSync(path, bad)
      try {
        expect(everything()).toBe(truth)
      } catch (error) {
        expect(error).toMatchObject({
          code: expect.stringMatching(/^(corrupt|wrong_key|readonly)$/),
        })
      }
      writeFileSync(path, good)
    }
  }, 60_000)

  test('two pages that changed places are noticed: each is bound to its number', () => {
    filled().close()
    const good = readFileSync(path)
    const bad = Buffer.from(good)
    good.copy(bad, 5 * PAGE, 9 * PAGE, 10 * PAGE)
    good.copy(bad, 9 * PAGE, 5 * PAGE, 6 * PAGE)
    writeFileSync(path, bad)
    const store = openStore({ path, key })
    expect(store.integrity()).not.toEqual([])
    store.close()
  })

  test('an empty, a missing or a foreign file is never a new profile', () => {
    const code = (expected: string): object => expect.objectContaining({ code: expected })
    expect(() => openStore({ path, key })).toThrow(code('missing'))
    filled(1).close()
    expect(() => createStore({ path, key })).toThrow(code('exists'))
    writeFileSync(path, '')
    expect(() => openStore({ path, key })).toThrow(code('corrupt'))
    writeFileSync(path, 'x'.repeat(3 * PAGE))
    expect(() => openStore({ path, key })).toThrow(code('wrong_key'))
    removeStore(path)
    expect(existsSync(path)).toBe(false)
    createStore({ path, key }).close()
  })
})

describe('a handle', () => {
  function withConnection<T>(work: (connection: Connection, store: Store) => T): T {
    const connection = openDatabase({ path, key })
    try {
      return work(connection, storeOver(connection))
    } finally {
      connection.close()
    }
  }

  test('has every parameter pinned', () => {
    filled(1).close()
    withConnection((connection) => {
      const actual = Object.fromEntries(PRAGMAS.map(([name]) => [name, connection.pragma(name)]))
      expect(actual).toEqual({
        temp_store: 2,
        mmap_size: 0,
        secure_delete: 1,
        page_size: 4096,
        auto_vacuum: 0,
        encoding: 'UTF-8',
        locking_mode: 'normal',
        journal_mode: 'wal',
        synchronous: 2,
        fullfsync: 1,
        checkpoint_fullfsync: 1,
        foreign_keys: 1,
        trusted_schema: 0,
        cell_size_check: 1,
        recursive_triggers: 0,
        busy_timeout: 5000,
        wal_autocheckpoint: 1000,
        cache_size: -16384,
      })
      expect(connection.pragma('cipher')).toBe('aegis')
    })
    // 32 bytes of nonce and 32 of tag in each page: the mark of authenticated pages.
    expect(readFileSync(path)[20]).toBe(64)
  })

  test('a full disk is an error, and nothing of the transaction stays', () => {
    filled(1).close()
    withConnection((connection, store) => {
      connection.pragma(`max_page_count = ${Number(connection.pragma('page_count')) + 2}`)
      const fillUp = (): void =>
        store.transaction((tx) => {
          tx.putMeta('small', fill(1, 1))
          tx.putMeta('large', fill(100_000, 2))
        })
      expect(fillUp).toThrow(expect.objectContaining({ code: 'full' }))
      expect(store.meta('small')).toBeUndefined()
      store.transaction((tx) => tx.putMeta('small', fill(1, 3)))
      expect(store.meta('small')).toEqual(fill(1, 3))
    })
  })

  test('a database that cannot be written is an error', () => {
    filled(1).close()
    withConnection((connection, store) => {
      connection.pragma('query_only = ON')
      expect(() => store.transaction((tx) => tx.putMeta('a', fill(1, 1)))).toThrow(
        expect.objectContaining({ code: 'readonly' }),
      )
    })
  })

  test('no error of the store quotes what stands in a row', () => {
    filled(1).close()
    withConnection((_, store) => {
      const again = (): number =>
        store.transaction((tx) => tx.addMessage({ ...messageRow, body: CANARY }))
      const failure = (() => {
        try {
          again()
          return ''
        } catch (error) {
          return String(error)
        }
      })()
      expect(failure).toContain('constraint')
      expect(failure).not.toContain('pineapple')
    })
  })

  test('the hot questions are answered from an index', () => {
    filled(1).close()
    withConnection((connection) => {
      const plan = (sql: string): string =>
        connection
          .all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
          .map((row) => row.detail)
          .join('; ')
      const chatIs = "chat = x'00'"
      expect(
        plan(`SELECT count(*) FROM messages WHERE ${chatIs} AND direction = 'in' AND row > 5`),
      ).toMatch(/COVERING INDEX messages_chat \(chat=\? AND row>\?\)/)
      expect(
        plan(`SELECT * FROM messages WHERE ${chatIs} AND row < 9 ORDER BY row DESC LIMIT 5`),
      ).toMatch(/^SEARCH messages USING INDEX messages_chat \(chat=\? AND row<\?\)$/)
      expect(plan('SELECT * FROM messages WHERE expires_at <= 5 ORDER BY expires_at')).toMatch(
        /INDEX messages_expiring/,
      )
    })
  })
})
