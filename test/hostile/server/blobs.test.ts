// What a hostile server can do to a file on its way: over the real transfers, and no network.

import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ClientError } from '../../../src/client/api.ts'
import type { Clock } from '../../../src/client/clock.ts'
import { download } from '../../../src/client/download.ts'
import type { Http } from '../../../src/client/http.ts'
import { upload } from '../../../src/client/upload.ts'
import { AttachmentCipher } from '../../../src/crypto/attachment.ts'
import { nodePrimitives } from '../../../src/crypto/provider-node.ts'
import type { AttachmentRow, Store } from '../../../src/store/port.ts'
import { createStore } from '../../../src/store/sqlite-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'sotto-blobs-'))
const path = join(folder, 'plan.txt')
const SIZE = 200_000
const key = new Uint8Array(32).fill(7)
let store: Store

beforeAll(() => {
  store = createStore({ path: join(folder, 'profile.db'), key: randomBytes(32) })
  writeFileSync(path, randomBytes(SIZE))
})
afterAll(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

const ports = {
  primitives: nodePrimitives,
  progress: () => undefined,
  signal: new AbortController().signal,
}

test('a file that comes no further is a cut like another, and leaves nothing half', async () => {
  let late: (() => void) | undefined
  const clock: Clock = {
    now: () => 0,
    after(_milliseconds, run) {
      late = run
      return { cancel: () => undefined }
    },
  }
  const sealed = new AttachmentCipher(nodePrimitives, key, SIZE)
  const response = Object.assign(
    new Readable({
      read() {
        this.push(Buffer.from(sealed.header))
        this.read = () => undefined
        setImmediate(() => late?.())
      },
    }),
    { statusCode: 200 },
  )
  const http = { stream: async () => response } as unknown as Http
  const row = { id: 'slow', blob: 'b', key, digest: key, size: SIZE } as unknown as AttachmentRow
  const where = { folder, name: 'slow.txt', exact: true }
  await expect(download({ ...ports, store, clock, http }, row, where)).rejects.toThrow()
  expect(readdirSync(folder).filter((name) => /slow|part/.test(name))).toEqual([])
})

/** A server that counts what it takes as `counted` says. */
function taking(counted: (end: number) => number) {
  const made: string[] = []
  const sent: string[] = []
  const http = {
    async call(name: string, given: { headers?: Record<string, string> }) {
      if (name === 'createBlob') {
        made.push(randomUUID())
        return { blob: made.at(-1) }
      }
      if (name === 'blobStatus') return { received: counted(0) }
      const range = given.headers?.['content-range'] ?? ''
      sent.push(range)
      return { received: counted(Number(/-(\d+)\//.exec(range)?.[1]) + 1) }
    },
  } as unknown as Http
  return { http, made, sent }
}

const row = (id: string) => ({ id, path, key, size: SIZE }) as unknown as AttachmentRow

test('a server that counts other bytes than it was given confirms no file', async () => {
  for (const [index, counted] of [
    () => 0,
    (end: number) => end - 1,
    (end: number) => end + 9,
  ].entries()) {
    const { http } = taking(counted)
    const failure = await upload({ ...ports, store, http }, row(`lie ${index}`)).catch(
      (e: unknown) => e,
    )
    expect(failure, String(index)).toBeInstanceOf(ClientError)
    expect(failure).toMatchObject({ code: 'server' })
  }
})

test('a server that has more of a file than there is gets another blob', async () => {
  const cut = taking(() => 0)
  await upload({ ...ports, store, http: cut.http }, row('grown')).catch(() => undefined)
  const { http, made, sent } = taking((end) => (end === 0 ? SIZE * 9 : end))
  const { blob } = await upload({ ...ports, store, http }, row('grown'))
  expect(made).toEqual([blob])
  expect(sent.length).toBeGreaterThan(0)
})
