// The one way to a database handle. Every parameter is pinned here, also where a default says the
// same today: a default that changes in a dependency must not change a profile. The profile's
// folder is 0700 and its files 0600 before SQLite sees them, whatever the umask.

import {
  chmodSync,
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3-multiple-ciphers'
import { Connection } from './connection.ts'
import { storeFailure } from './failure.ts'
import { held } from './native.ts'
import { StoreError } from './port.ts'

/** Of AEGIS-256. The profile's key is random, so that no derivation stands before it. */
const DATABASE_KEY_BYTES = 32
/** A disk's and the page cache's own unit; 64 bytes of each page are nonce and tag. */
const PAGE_BYTES = 4096
/** One process writes a profile; only a doctor or a dying process can be in the way. */
const BUSY_TIMEOUT_MS = 5_000
/** 4 MiB of log before it is copied back: bounds the log and the time that one commit can take. */
const CHECKPOINT_PAGES = 1_000
/** 16 MiB: the chats and the search index of a large profile stay in memory. */
const CACHE_KIB = 16 * 1024

/** Said before the key. `hmac_check` off would read pages without authenticating them. */
const CIPHER_PRAGMAS = [
  "cipher = 'aegis'",
  "algorithm = 'aegis-256'",
  'plaintext_header_size = 0',
  // Argon2's cost: unused with a raw key, pinned so that no other value ever matters.
  'tcost = 2',
  'mcost = 19456',
  'pcost = 1',
  'hmac_check = 1',
  'mc_legacy_wal = 0',
] as const

/** Said after the key, in this order; each is read back at every opening. */
export const PRAGMAS: readonly (readonly [name: string, set: string, reads: string | number])[] = [
  ['temp_store', 'MEMORY', 2],
  ['mmap_size', '0', 0],
  ['secure_delete', 'ON', 1],
  ['page_size', String(PAGE_BYTES), PAGE_BYTES],
  ['auto_vacuum', 'NONE', 0],
  ['encoding', "'UTF-8'", 'UTF-8'],
  ['locking_mode', 'NORMAL', 'normal'],
  ['journal_mode', 'WAL', 'wal'],
  ['synchronous', 'FULL', 2],
  // macOS' fsync leaves the data in the drive's cache; these two ask for more. Nothing elsewhere.
  ['fullfsync', 'ON', 1],
  ['checkpoint_fullfsync', 'ON', 1],
  ['foreign_keys', 'ON', 1],
  ['trusted_schema', 'OFF', 0],
  ['cell_size_check', 'ON', 1],
  ['recursive_triggers', 'OFF', 0],
  ['busy_timeout', String(BUSY_TIMEOUT_MS), BUSY_TIMEOUT_MS],
  ['wal_autocheckpoint', String(CHECKPOINT_PAGES), CHECKPOINT_PAGES],
  ['cache_size', String(-CACHE_KIB), -CACHE_KIB],
]

const OF_THE_FILE: readonly string[] = ['page_size', 'auto_vacuum', 'encoding']

/** Tells the cipher that a key follows and no passphrase to derive one from. */
const RAW = Buffer.from('raw:')

/** What SQLite puts beside a database, and our own mark of what its log lost. */
const SIDE_FILES = ['-wal', '-shm', '-journal', '-lost'] as const

export interface DatabaseOptions {
  readonly path: string
  /** 32 random bytes. The caller keeps and wipes them. */
  readonly key: Uint8Array
}

/** A new, empty database; fails if anything stands there. */
export function createDatabase(options: DatabaseOptions): Connection {
  return open(options, makeFile)
}

export function openDatabase(options: DatabaseOptions): Connection {
  return open(options, tightenFiles)
}

export const logOf = (path: string): string => `${path}-wal`

const lossOf = (path: string): string => `${path}-lost`
/** There from when a loss was found until the database itself says so: to write that begins the log
 *  anew, and a process that is killed meanwhile would leave no other trace of it. */
export const isLossNoted = (path: string): boolean => existsSync(lossOf(path))

export function noteLoss(path: string): void {
  try {
    closeSync(openSync(lossOf(path), 'w', 0o600))
    syncFolder(dirname(path))
  } catch (error) {
    throw storeFailure(error)
  }
}

export const forgetLoss = (path: string): void => rmSync(lossOf(path), { force: true })

/** Of a profile that was never finished, or that is to be forgotten. */
export function removeDatabase(path: string): void {
  for (const suffix of ['', ...SIDE_FILES]) rmSync(path + suffix, { force: true })
}

function open({ path, key }: DatabaseOptions, prepare: (path: string) => void): Connection {
  if (key.length !== DATABASE_KEY_BYTES) {
    throw new StoreError('misuse', `a key of ${key.length} bytes`)
  }
  let database: Database.Database | undefined
  try {
    prepare(path)
    database = held(new Database(path, { timeout: BUSY_TIMEOUT_MS, fileMustExist: true }))
    unlock(database, key)
    pin(database)
    return new Connection(database)
  } catch (error) {
    database?.close()
    throw storeFailure(error)
  }
}

function unlock(database: Database.Database, key: Uint8Array): void {
  database.exec(CIPHER_PRAGMAS.map((pragma) => `PRAGMA ${pragma}`).join(';'))
  const phrase = keyPhrase(key)
  database.key(phrase)
  phrase.fill(0)
  try {
    held(database.prepare('SELECT count(*) FROM sqlite_schema')).get()
  } catch (error) {
    const failure = storeFailure(error)
    if (failure instanceof StoreError && failure.code === 'corrupt') {
      throw new StoreError('wrong_key', 'the first page does not open with this key')
    }
    throw failure
  }
}

/** `raw:` and the key in hexadecimal, as bytes that can be wiped: a string could not. */
function keyPhrase(key: Uint8Array): Buffer {
  const digits = Buffer.from('0123456789abcdef')
  const phrase = Buffer.alloc(RAW.length + 2 * key.length)
  phrase.set(RAW)
  for (const [index, byte] of key.entries()) {
    const at = RAW.length + 2 * index
    phrase[at] = digits[byte >> 4] ?? 0
    phrase[at + 1] = digits[byte & 15] ?? 0
  }
  return phrase
}

function pin(database: Database.Database): void {
  database.exec(PRAGMAS.map(([name, value]) => `PRAGMA ${name} = ${value}`).join(';'))
  for (const [name, , expected] of PRAGMAS) {
    const actual = held(database.prepare(`PRAGMA ${name}`))
      .pluck()
      .get()
    if (actual !== expected) {
      // Some are the file's own and can be damaged; the rest a disk may not offer, such as a log
      // on a network share.
      const code = OF_THE_FILE.includes(name) ? 'corrupt' : 'io'
      throw new StoreError(code, `${name} reads ${String(actual)} where ${expected} was asked`)
    }
  }
}

/** SQLite gives the log and the index beside it the mode of the database file. */
function makeFile(path: string): void {
  tightenFolder(dirname(path))
  const file = openSync(path, 'wx', 0o600)
  try {
    fchmodSync(file, 0o600)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  syncFolder(dirname(path))
}

/** By path, never by opening: closing a descriptor would drop the locks that SQLite holds on the
 *  same file elsewhere in this process. */
function tightenFiles(path: string): void {
  tightenFolder(dirname(path))
  for (const suffix of ['', ...SIDE_FILES]) {
    const stats: Stats | undefined = lstatSync(path + suffix, { throwIfNoEntry: false })
    if (stats === undefined) {
      if (suffix === '') throw new StoreError('missing', 'no database file')
      continue
    }
    if (suffix === '' && stats.size === 0) throw new StoreError('corrupt', 'the file is empty')
    if (!stats.isFile()) throw new StoreError('misuse', 'the database is not a plain file')
    if ((stats.mode & 0o177) !== 0) chmodSync(path + suffix, 0o600)
  }
}

function tightenFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { mode } = statSync(folder)
  if ((mode & 0o077) === 0) return
  // The sticky bit marks a folder that everybody shares, such as /tmp.
  if ((mode & 0o1000) !== 0) throw new StoreError('misuse', 'a profile needs a folder of its own')
  chmodSync(folder, 0o700)
}

function syncFolder(folder: string): void {
  // Windows neither opens folders nor needs it.
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
