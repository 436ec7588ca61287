import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createStore, openStore } from '../../src/store/sqlite-store.ts'
import { device, fill, log, message } from './rows.ts'

const folder = mkdtempSync(join(tmpdir(), 'crash-'))
const path = join(folder, 'profile.db')
const key = fill(32, 42)
const CHILD = join(import.meta.dirname, 'child-commit.ts')
const ROUNDS = 15
afterAll(() => rmSync(folder, { recursive: true }))

/** Lets the child commit, kills it once it has said `count` numbers, returns the last whole one. */
function commitUntilKilled(first: number, count: number): Promise<number> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, path, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
    if (said.split('\n').length > count) child.kill('SIGKILL')
  })
  return new Promise((done, fail) => {
    child.once('close', (_, signal) => {
      const last = said.split('\n').at(-2)
      if (signal === 'SIGKILL' && last !== undefined) done(Number(last))
      else fail(new Error('the child ended by itself'))
    })
  })
}

test(`what was committed is there after each of ${ROUNDS} kills, whole and in order`, async () => {
  createStore({ path, key }).close()
  let last = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const said = await commitUntilKilled(last + 1, 1 + Math.floor(Math.random() * 40))
    const store = openStore({ path, key })
    const cursor = store.cursor(log(1))
    expect(cursor).toBeGreaterThanOrEqual(said)
    // The pipe may lag behind the commits, the commits never behind the pipe; and a transaction
    // is whole: what belongs to the newest one is all there, of the one after it nothing.
    expect(store.sessions(device(2))[0]?.updatedAt).toBe(cursor)
    expect(store.lastEvent()).toBe(cursor)
    expect(store.seen(device(2), message(cursor))).toBe(true)
    expect(store.seen(device(2), message(cursor + 1))).toBe(false)
    expect(store.search(`word ${cursor} `, { limit: 2 })).toHaveLength(1)
    const rows = store.messages({ afterRow: last, limit: 100_000 })
    expect(rows.map((row) => row.body)).toEqual(
      Array.from({ length: cursor - last }, (_, index) => `word ${last + 1 + index}`),
    )
    expect(store.integrity()).toEqual([])
    store.close()
    last = cursor
  }
}, 60_000)
