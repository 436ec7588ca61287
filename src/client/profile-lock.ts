// One process per profile. The lock is SQLite's own exclusive lock on a file that holds nothing:
// the kernel gives it to one process at a time and takes it back when the process dies, also by
// SIGKILL. It is not the database's lock: it stands before a key is known and outlives no crash.

import { chmodSync } from 'node:fs'
import Database from 'better-sqlite3-multiple-ciphers'
import { held } from '../store/native.ts'

export interface ProfileLock {
  release(): void
}

const PRIVATE_FILE = 0o600

/** Undefined while another process has it. Never waits. */
export function takeProfileLock(path: string): ProfileLock | undefined {
  const database = held(new Database(path, { timeout: 0 }))
  try {
    chmodSync(path, PRIVATE_FILE)
    // In memory: a crash leaves no journal that the next one would have to look at.
    database.exec('PRAGMA journal_mode = MEMORY')
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (isBusy(error)) return undefined
    throw error
  }
  let locked = true
  return {
    release() {
      if (!locked) return
      locked = false
      database.close()
    },
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')
