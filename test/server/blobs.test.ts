import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sweepBlobs } from '../../server/blob-sweeper.ts'
import { DiskBlobs } from '../../server/blobs/disk.ts'
import { parseContentRange, parseRange } from '../../server/http/ranges.ts'
import { openSqlite } from '../../server/storage/sqlite/adapter.ts'
import { PROOF_HEADER } from '../../src/protocol/http.ts'
import { type BlobId, uuidV4 } from '../../src/protocol/ids.ts'
import { ask, registered, type TestAccount } from '../helpers/account.ts'
import { randomEnv } from '../helpers/env.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

let server: TestServer
let alice: TestAccount
let bob: TestAccount
const limits = { blobBytes: 200 * 1024 ** 2, blobAccountBytes: 300 * 1024 ** 2 }
beforeAll(async () => {
  server = await startServer({ overrides: { limits } })
  alice = await registered(server, 'alice')
  bob = await registered(server, 'bob')
})
afterAll(() => server.close())

const create = async (owner: TestAccount, size: number) =>
  owner.ask('/v1/blobs', { method: 'POST', body: { size } })
const put = (owner: TestAccount, blob: string, part: Buffer, range: string) =>
  owner.ask(`/v1/blobs/${blob}`, {
    method: 'PUT',
    bytes: part,
    headers: { 'content-range': `bytes ${range}` },
  })

describe('an upload', () => {
  test('goes on where it stopped and is read by whoever knows it', async () => {
    const bytes = randomBytes(100_000)
    const { blob } = (await create(alice, bytes.length)).json
    const first = await put(alice, blob, bytes.subarray(0, 40_000), '0-39999/100000')
    expect(first.json).toEqual({ size: 100_000, received: 40_000, complete: false })
    expect((await bob.ask(`/v1/blobs/${blob}`)).status).toBe(404)
    expect((await bob.ask(`/v1/blobs/${blob}/status`)).status).toBe(404)
    const again = await put(alice, blob, bytes.subarray(0, 40_000), '0-39999/100000')
    expect([again.status, again.json.error]).toEqual([409, 'conflict'])
    const ahead = await put(alice, blob, bytes.subarray(50_000), '50000-99999/100000')
    expect(ahead.status).toBe(409)
    const rest = await put(alice, blob, bytes.subarray(40_000), '40000-99999/100000')
    expect(rest.json).toEqual({ size: 100_000, received: 100_000, complete: true })
    const read = await bob.ask(`/v1/blobs/${blob}`)
    expect(Buffer.compare(read.bytes, bytes)).toBe(0)
    expect(read.headers.get('content-type')).toBe('application/octet-stream')
    const more = await put(alice, blob, bytes.subarray(0, 1), '0-0/100000')
    expect(more.status).toBe(409)
  })

  test('survives the end of its connection with what had come', async () => {
    const { blob } = (await create(alice, 1_000_000)).json
    const path = `/v1/blobs/${blob}`
    await new Promise<void>((done) => {
      const sending = request(`${server.url}${path}`, {
        method: 'PUT',
        headers: {
          authorization: `Bearer ${alice.token}`,
          [PROOF_HEADER]: alice.proof('PUT', path, new Uint8Array()),
          'content-range': 'bytes 0-999999/1000000',
          'content-length': 1_000_000,
        },
      })
      sending.on('error', () => done())
      sending.write(Buffer.alloc(300_000, 7), () => sending.destroy())
    })
    // The server ends its side of the broken upload in its own time: until then it says conflict.
    let status = (await alice.ask(`${path}/status`)).json
    let reply = await put(alice, blob, Buffer.alloc(0), '0-0/1000000')
    const rest = (from: number) => Buffer.alloc(1_000_000 - from, 7)
    do {
      status = (await alice.ask(`${path}/status`)).json
      const range = `${status.received}-999999/1000000`
      reply = await put(alice, blob, rest(status.received), range)
    } while (reply.status === 409)
    expect(reply.json.complete).toBe(true)
    const { bytes } = await bob.ask(path)
    expect(Buffer.compare(bytes, Buffer.alloc(1_000_000, 7))).toBe(0)
  })

  test('of nothing is complete at once', async () => {
    const { blob } = (await create(alice, 0)).json
    const read = await bob.ask(`/v1/blobs/${blob}`)
    expect([read.status, read.bytes.length]).toEqual([200, 0])
  })

  test('is bounded by its size, its range, the largest blob and the account’s share', async () => {
    const { blob } = (await create(alice, 10)).json
    for (const [part, range] of [
      ['x'.repeat(11), '0-10/11'],
      ['x'.repeat(11), '0-9/10'],
      ['xxx', '0-9/10'],
      ['x'.repeat(10), '0-9/*'],
      ['x'.repeat(10), '9-0/10'],
    ] as const) {
      expect([range, (await put(alice, blob, Buffer.from(part), range)).status]).toEqual([
        range,
        400,
      ])
    }
    expect((await create(alice, limits.blobBytes + 1)).json.error).toBe('too_large')
    const carol = await registered(server, 'carol')
    expect((await create(carol, limits.blobBytes)).status).toBe(200)
    expect((await create(carol, limits.blobBytes)).json.error).toBe('quota')
  })

  test('streams: a large blob costs the process little', async () => {
    // Several times what may lie around uncollected: this process is the client as well.
    const size = 192 * 1024 ** 2
    const piece = randomBytes(4 * 1024 ** 2)
    const { blob } = (await create(bob, size)).json
    const before = process.memoryUsage().arrayBuffers
    let peak = 0
    for (let from = 0; from < size; from += piece.length) {
      const to = from + piece.length - 1
      expect((await put(bob, blob, piece, `${from}-${to}/${size}`)).status).toBe(200)
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - before)
    }
    const hash = createHash('sha256')
    for (let from = 0; from < size; from += piece.length) hash.update(piece)
    const path = `/v1/blobs/${blob}`
    const read = createHash('sha256')
    const response = await fetch(`${server.url}${path}`, {
      headers: {
        authorization: `Bearer ${alice.token}`,
        [PROOF_HEADER]: alice.proof('GET', path, new Uint8Array()),
      },
    })
    for await (const chunk of response.body ?? []) {
      read.update(chunk)
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - before)
    }
    expect(read.digest('hex')).toBe(hash.digest('hex'))
    expect(peak).toBeLessThan(size / 2)
  })
})

describe('a download', () => {
  test('is answered by range', async () => {
    const { blob } = (await create(alice, 10)).json
    await put(alice, blob, Buffer.from('0123456789'), '0-9/10')
    const ranged = async (range: string) => {
      const { status, bytes, headers } = await bob.ask(`/v1/blobs/${blob}`, { headers: { range } })
      const text = status === 416 ? '' : Buffer.from(bytes).toString()
      return [status, text, headers.get('content-range')]
    }
    expect(await ranged('bytes=2-4')).toEqual([206, '234', 'bytes 2-4/10'])
    expect(await ranged('bytes=7-')).toEqual([206, '789', 'bytes 7-9/10'])
    expect(await ranged('bytes=-3')).toEqual([206, '789', 'bytes 7-9/10'])
    expect(await ranged('bytes=8-99')).toEqual([206, '89', 'bytes 8-9/10'])
    expect(await ranged('bytes=10-')).toEqual([416, '', 'bytes */10'])
    expect(await ranged('bytes=1-2,4-5')).toEqual([200, '0123456789', null])
  })

  test('needs a device: the id alone is not enough', async () => {
    const { blob } = (await create(alice, 0)).json
    expect((await ask(server.url, `/v1/blobs/${blob}`)).status).toBe(401)
  })
})

describe('ranges', () => {
  test('are whole, inside, and nothing else', () => {
    expect(parseRange(undefined, 5)).toBe('whole')
    expect(parseRange('bytes=4-2', 5)).toBe('whole')
    expect(parseRange('bytes=-0', 5)).toBe('unsatisfiable')
    expect(parseRange('bytes=0-', 0)).toBe('unsatisfiable')
    expect(parseRange('bytes=-9', 5)).toEqual({ from: 0, to: 5 })
    expect(parseContentRange('bytes 0-4/5')).toEqual({ from: 0, to: 5, size: 5 })
    for (const wrong of [
      undefined,
      '',
      'bytes 0-5/5',
      'bytes 3-2/5',
      'bytes 0-4/x',
      'bytes=0-4/5',
    ]) {
      expect(parseContentRange(wrong)).toBeUndefined()
    }
  })
})

describe('on the disk', () => {
  test('there are ids, no names, and only for their owner', async () => {
    const shelves = readdirSync(join(server.data, 'blobs'))
    expect(shelves.filter((name) => !/^([0-9a-f]{2}|incoming)$/.test(name))).toEqual([])
    for (const shelf of shelves) {
      const folder = join(server.data, 'blobs', shelf)
      expect(statSync(folder).mode & 0o777).toBe(0o700)
      for (const name of readdirSync(folder)) {
        expect(name).toMatch(/^[0-9a-f-]{36}$/)
        expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
      }
    }
  })

  test('what is past its time is swept, row and bytes', async () => {
    const { blob } = (await create(alice, 1)).json
    await put(alice, blob, Buffer.from('x'), '0-0/1')
    const file = join(server.data, 'blobs', blob.slice(0, 2), blob)
    expect(existsSync(file)).toBe(true)
    const later = { now: () => Date.now() + 31 * 24 * 3_600_000, random: randomEnv.random }
    const storage = await openSqlite({ path: join(server.data, 'server.db'), now: later.now })
    await sweepBlobs(storage.directory, new DiskBlobs(join(server.data, 'blobs')))
    await storage.close()
    expect(existsSync(file)).toBe(false)
    expect((await alice.ask(`/v1/blobs/${blob}`)).status).toBe(404)
  })

  test('bytes without a row are found at a start', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sotto-blobs-'))
    const blobs = new DiskBlobs(folder)
    const id = uuidV4<BlobId>(randomEnv.random(16))
    const source = (async function* () {
      yield Buffer.from('abc')
    })()
    expect(await blobs.append(id, { from: 0, length: 3, source })).toEqual({
      kind: 'written',
      received: 3,
    })
    const found: BlobId[] = []
    for await (const blob of blobs.all()) found.push(blob)
    expect(found).toEqual([id])
    await blobs.finish(id)
    await blobs.finish(id)
    expect(await blobs.received(id)).toBe(3)
    await blobs.remove(id)
    expect(await blobs.received(id)).toBe(0)
    rmSync(folder, { recursive: true })
  })
})
