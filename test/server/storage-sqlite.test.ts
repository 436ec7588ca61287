import { mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AppendOutcome } from '../../server/storage/log-port.ts'
import type { Storage } from '../../server/storage/port.ts'
import { openSqlite } from '../../server/storage/sqlite/adapter.ts'
import { mailboxOf } from '../../src/protocol/ids.ts'
import { logStorageContract } from './storage-contract.ts'
import { temporaryFolder } from './support/node.ts'
import { addPerson, type Person } from './support/people.ts'
import { newClientId } from './support/stream-client.ts'

logStorageContract('SQLite', async ({ now, quota }) => {
  const folder = temporaryFolder()
  const options = { path: join(folder, 'server.db'), now, ...(quota && { quota }) }
  let storage = await openSqlite(options)
  return {
    storage,
    async reopen() {
      await storage.close()
      storage = await openSqlite(options)
      return storage
    },
    async end() {
      await storage.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
})

describe('the SQLite file', () => {
  let folder: string
  let storage: Storage
  let bob: Person

  /** Room for the tables and some dozens of entries. */
  const FEW_PAGES = 120

  const append = (bytes: number): Promise<AppendOutcome> =>
    new Promise((resolve) => {
      const log = mailboxOf(bob.device)
      const body = new Uint8Array(bytes)
      const items = [{ log, clientId: newClientId(), body, expectedEpoch: undefined }]
      storage.logs.append({ ...bob, lists: [], items }, (_, outcome) => resolve(outcome))
    })

  beforeEach(async () => {
    folder = temporaryFolder()
    mkdirSync(folder, { recursive: true })
    storage = await openSqlite({
      path: join(folder, 'server.db'),
      now: Date.now,
      maxPages: FEW_PAGES,
    })
    bob = await addPerson(storage, 1)
  })
  afterEach(async () => {
    await storage.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('is readable by its owner only', () => {
    for (const file of ['server.db', 'server.db-wal', 'server.db-shm']) {
      expect(statSync(join(folder, file)).mode & 0o777, file).toBe(0o600)
    }
  })

  test('that is full refuses appends, serves reads, and recovers when it is read', async () => {
    const outcomes: AppendOutcome[] = []
    for (let round = 0; round < 40; round += 1) outcomes.push(await append(20_000))
    const stored = outcomes.filter(({ kind }) => kind === 'appended').length
    expect(stored).toBeGreaterThan(5)
    expect(outcomes.at(-1)).toMatchObject({ reason: 'storage_full' })
    const log = mailboxOf(bob.device)
    const page = await storage.logs.read({ log, after: 0, maxEntries: 100, maxBytes: 10_000_000 })
    expect(page.entries).toHaveLength(stored)
    storage.logs.acknowledge(bob.device, log, stored)
    await storage.logs.settled()
    expect(await append(20_000)).toMatchObject({ results: [{ seq: stored + 1 }] })
  })

  test('that is full refuses the large one of a group and takes the small ones', async () => {
    const sizes = Array.from({ length: 20 }, (_, index) => (index === 10 ? 100_000 : 50))
    while ((await append(60_000)).kind === 'appended');
    const outcomes = await Promise.all(sizes.map((size) => append(size)))
    expect(outcomes[10]).toMatchObject({ reason: 'storage_full' })
    const small = outcomes.filter((_, index) => index !== 10)
    expect(small.every(({ kind }) => kind === 'appended')).toBe(true)
  })
})

describe('the storage worker', () => {
  const lostOrNot = async (storage: Storage): Promise<string> =>
    Promise.race([storage.lost.then(() => 'lost'), Promise.resolve('not lost')])

  test('says so when it ends by itself, and refuses what comes after', async () => {
    const started = new Promise<Worker>((resolve) => process.once('worker', resolve))
    const storage = await openSqlite({
      path: join(temporaryFolder(), 'sotto.db'),
      now: () => 1,
    })
    expect(await lostOrNot(storage)).toBe('not lost')
    await (await started).terminate()
    await storage.lost
    await expect(storage.directory.sweepSpentPrekeys()).rejects.toThrow('closed')
  })

  test('is not lost when it is closed', async () => {
    const storage = await openSqlite({
      path: join(temporaryFolder(), 'sotto.db'),
      now: () => 1,
    })
    await storage.close()
    expect(await lostOrNot(storage)).toBe('not lost')
  })
})
