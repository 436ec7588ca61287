// What a server may do with a file that it keeps: nothing that reaches the receiver's folder (P6).

import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from '../../src/client/api.ts'
import { realClock } from '../../src/client/clock.ts'
import { download } from '../../src/client/download.ts'
import type { Http } from '../../src/client/http.ts'
import { AttachmentCipher } from '../../src/crypto/attachment.ts'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'
import type { AttachmentRow } from '../../src/store/port.ts'
import { createStore } from '../../src/store/sqlite-store.ts'
import { isMessage, newPerson, type Person, register, send } from '../client/person.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

let server: TestServer
let alice: Person
let bob: Person
let aliceClient: Client
let bobClient: Client
const folder = mkdtempSync(join(tmpdir(), 'sotto-blobs-'))

beforeAll(async () => {
  server = await startServer()
  alice = newPerson('alice')
  bob = newPerson('bob')
  await register(alice, server)
  await register(bob, server)
  aliceClient = await alice.open()
  bobClient = await bob.open()
}, 60_000)
afterAll(async () => {
  await aliceClient?.close()
  await bobClient?.close()
  await server?.close()
  alice?.forget()
  bob?.forget()
  rmSync(folder, { recursive: true, force: true })
})

/** The one blob on the server's disk. */
function storedBlob(): string {
  const root = join(server.data, 'blobs')
  const [file] = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  if (file === undefined) throw new Error('no blob')
  return join(file.parentPath, file.name)
}

test('a file that the server changed is refused, and nothing of it is left', async () => {
  const path = join(folder, 'plan.txt')
  writeFileSync(path, randomBytes(200_000))
  await send(aliceClient, 'bob', '', { files: [path] })
  const { events } = await bobClient.call('receive', { timeout: 15_000, types: ['message'] })
  const id = events.find(isMessage)?.id ?? ''
  const inbox = mkdtempSync(join(folder, 'inbox-'))
  const blob = storedBlob()
  const good = readFileSync(blob)
  const bad = Buffer.from(good)
  bad[150_000] = (bad[150_000] ?? 0) ^ 1
  writeFileSync(blob, bad)
  await expect(bobClient.call('download', { id, output: inbox })).rejects.toMatchObject({
    code: 'file',
  })
  expect(readdirSync(inbox)).toEqual([])
  writeFileSync(blob, good)
  await bobClient.call('download', { id, output: inbox })
  expect(readFileSync(join(inbox, 'plan.txt')).equals(readFileSync(path))).toBe(true)
}, 60_000)

test('a server that sends without end is cut off behind the file’s last byte', async () => {
  const key = new Uint8Array(randomBytes(32))
  const data = Buffer.from('a small file')
  const cipher = new AttachmentCipher(nodePrimitives, key, data.length)
  const { chunk, next } = cipher.seal(cipher.start, data)
  const digest = cipher.digest(next)
  let given = 0
  const endless = async function* () {
    yield Buffer.from(cipher.header)
    yield Buffer.from(chunk)
    for (; given < 256; given += 1) yield Buffer.alloc(1024 * 1024)
  }
  const response = Object.assign(Readable.from(endless()), { statusCode: 200 })
  const store = createStore({ path: join(folder, 'profile.db'), key: randomBytes(32) })
  const ports = {
    primitives: nodePrimitives,
    store,
    clock: realClock,
    http: { stream: async () => response } as unknown as Http,
    progress: () => undefined,
    signal: new AbortController().signal,
  }
  const row = { id: 'a', blob: 'b', key, digest, size: data.length } as unknown as AttachmentRow
  const where = { folder, name: 'small.txt', exact: true }
  await expect(download(ports, row, where)).rejects.toMatchObject({ code: 'file' })
  expect(given).toBeLessThan(32)
  expect(readdirSync(folder).filter((name) => /small|part/.test(name))).toEqual([])
  store.close()
})
