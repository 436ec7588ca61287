// What a profile is told of a log that a crash cut short, and of one that was damaged.

import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lastCommit } from '../../src/store/log-tail.ts'
import { noteLoss } from '../../src/store/open.ts'
import { STOPPED_KEY } from '../../src/store/port.ts'
import { createStore, openStore } from '../../src/store/sqlite-store.ts'
import { fill } from './rows.ts'

const folder = mkdtempSync(join(tmpdir(), 'log-tail-'))
const path = join(folder, 'profile.db')
const key = fill(32, 9)
const HEADER = 32
const FRAME = 24 + 4096
let whole: Buffer
afterAll(() => rmSync(folder, { recursive: true }))

beforeAll(() => {
  createStore({ path, key }).close()
  const store = openStore({ path, key })
  for (let commit = 0; commit < 6; commit += 1) {
    store.transaction((tx) => {
      for (let row = 0; row <= commit; row += 1) tx.putMeta(`${commit} ${row}`, fill(3_000, row))
    })
  }
  // As a killed process leaves them.
  copyFileSync(path, `${path}.killed`)
  whole = readFileSync(`${path}-wal`)
  store.close()
})

/** The profile that is killed with this log, opened: whether it was stopped, and its commits. */
function openedWith(log: Uint8Array): { readonly isStopped: boolean; readonly commits: number } {
  copyFileSync(`${path}.killed`, path)
  writeFileSync(`${path}-wal`, log)
  rmSync(`${path}-shm`, { force: true })
  const store = openStore({ path, key })
  try {
    const isStopped = store.meta(STOPPED_KEY) !== undefined
    const commits = [0, 1, 2, 3, 4, 5].filter((commit) => store.meta(`${commit} 0`) !== undefined)
    return { isStopped, commits: commits.length }
  } finally {
    store.close()
  }
}

/** Where a frame ends a transaction. */
const commitsOf = (log: Buffer): readonly number[] =>
  Array.from({ length: Math.floor((log.length - HEADER) / FRAME) }, (_, index) => index)
    .filter((index) => log.readUInt32BE(HEADER + index * FRAME + 4) > 0)
    .map((index) => HEADER + (index + 1) * FRAME)

describe('a log', () => {
  test('that is whole is read to its end', () => {
    expect(openedWith(whole)).toEqual({ isStopped: false, commits: 6 })
  })

  test('that a crash cut short anywhere lost nothing', () => {
    for (let cut = 0; cut <= whole.length; cut += 1_733) {
      const commits = commitsOf(whole).filter((end) => end <= cut).length
      expect({ cut, ...openedWith(whole.subarray(0, cut)) }).toEqual({
        cut,
        isStopped: false,
        commits,
      })
    }
  })

  test('that was begun anew may end in frames of the one before', () => {
    const other = Buffer.from(whole)
    const from = commitsOf(whole).at(-2) ?? 0
    for (let at = from; at < other.length; at += FRAME) {
      other.writeUInt32BE(other.readUInt32BE(at + 8) - 1, at + 8)
      other.writeUInt32BE(0x1234_5678, at + 12)
    }
    expect(openedWith(other)).toEqual({ isStopped: false, commits: 5 })
  })

  test('that is damaged stops the profile, wherever it is', () => {
    const places = [16, 21, 24, 30]
    for (let at = HEADER; at + FRAME <= whole.length; at += FRAME) {
      // Page, salts, checksums and content; the flag of a last commit alone looks like none.
      places.push(at, at + 9, at + 13, at + 17, at + 22, at + 24 + ((at * 7) % 4096))
    }
    for (const place of places) {
      const log = Buffer.from(whole)
      log[place] = (log[place] ?? 0) ^ 0x10
      expect({ place, ...openedWith(log) }).toMatchObject({ place, isStopped: true })
    }
  })

  test('that lost something is known to have, though it was begun anew before that was noted', () => {
    // Killed between the two: the mark stands, and the log says nothing any more.
    noteLoss(path)
    const { isStopped } = openedWith(new Uint8Array())
    expect(isStopped).toBe(true)
    expect(existsSync(`${path}-lost`)).toBe(false)
    expect(openedWith(whole)).toEqual({ isStopped: false, commits: 6 })
  })

  test('that is not there, empty or of zeroes holds nothing', () => {
    const file = join(folder, 'some-wal')
    expect(lastCommit(file)).toBe(0)
    for (const bytes of [new Uint8Array(), new Uint8Array(HEADER - 1), new Uint8Array(9_000)]) {
      writeFileSync(file, bytes)
      expect(lastCommit(file)).toBe(0)
    }
  })
})
