// What its owner deletes while it is uploaded must not stay on the server's disk: it would count to
// nobody's share, and one account could fill the server (N10).

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DiskBlobs } from '../../server/blobs/disk.ts'
import type { BlobPart } from '../../server/blobs/port.ts'
import { blobRoutes } from '../../server/http/blob-routes.ts'
import type { Call } from '../../server/http/call.ts'
import type { Storage } from '../../server/storage/port.ts'
import { openSqlite } from '../../server/storage/sqlite/adapter.ts'
import { type AccountId, type BlobId, type DeviceId, uuidV4 } from '../../src/protocol/ids.ts'
import { randomEnv } from '../helpers/env.ts'

const MIB = 1024 * 1024
const folder = mkdtempSync(join(tmpdir(), 'sotto-uploads-'))
const owner = uuidV4<AccountId>(randomEnv.random(16))
let storage: Storage
let disk: DiskBlobs
let blob: BlobId

beforeAll(async () => {
  storage = await openSqlite({ path: join(folder, 'server.db'), now: Date.now })
  disk = new DiskBlobs(join(folder, 'blobs'))
})
afterAll(async () => {
  await storage.close()
  rmSync(folder, { recursive: true })
})

async function newBlob(size: number): Promise<void> {
  blob = uuidV4<BlobId>(randomEnv.random(16))
  const quota = { bytes: size, count: 1 }
  const expiresAt = Date.now() + 60_000
  expect(await storage.directory.createBlob({ blob, owner, size, expiresAt, quota })).toBe(
    'created',
  )
}

async function deleted(): Promise<void> {
  expect(await storage.directory.deleteBlob(blob, owner)).toBe(true)
  await disk.remove(blob)
}

/** A disk on which something happens just before the bytes come. */
class Interrupted extends DiskBlobs {
  readonly #before: () => Promise<void>

  constructor(before: () => Promise<void>) {
    super(join(folder, 'blobs'))
    this.#before = before
  }

  override async append(id: BlobId, part: BlobPart) {
    await this.#before()
    return super.append(id, part)
  }
}

/** The route as the listener calls it, over a real database and a real disk. */
function upload(size: number, source: Readable, blobs: DiskBlobs): Promise<unknown> {
  const headers = { 'content-range': `bytes 0-${size - 1}/${size}`, 'content-length': `${size}` }
  const call = {
    services: { directory: { storage: storage.directory }, blobs, env: randomEnv },
    caller: { account: owner, device: uuidV4<DeviceId>(randomEnv.random(16)) },
    params: { blob },
    body: Object.assign(source, { headers }),
  }
  return blobRoutes.writeBlob(call as unknown as Call<'writeBlob'>)
}

const left = (): readonly string[] => readdirSync(join(folder, 'blobs', 'incoming'))

test('an upload that begins just behind its deletion leaves nothing', async () => {
  await newBlob(4)
  const reply = upload(4, Readable.from([Buffer.from('abcd')]), new Interrupted(deleted))
  await expect(reply).rejects.toMatchObject({ code: 'not_found' })
  expect(left()).toEqual([])
})

test('an upload whose blob is deleted on the way is ended, and leaves nothing', async () => {
  const size = 64 * MIB
  await newBlob(size)
  let given = 0
  const pieces = async function* () {
    for (; given < size; given += MIB) {
      if (given === 20 * MIB) await deleted()
      yield Buffer.alloc(MIB)
    }
  }
  const reply = upload(size, Readable.from(pieces()), disk)
  await expect(reply).rejects.toMatchObject({ code: 'not_found' })
  expect(given).toBeLessThan(size)
  expect(left()).toEqual([])
})
