// Files between two people: sealed on the way up, verified on the way down, never over anything.

import { randomBytes } from 'node:crypto'
import {
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
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client, MessageJson } from '../../src/client/api.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { isMessage, newPerson, type Person, register, send } from './person.ts'

let server: TestServer
let alice: Person
let bob: Person
let aliceClient: Client
let bobClient: Client
let folder: string

beforeAll(async () => {
  server = await startServer()
  alice = newPerson('alice')
  bob = newPerson('bob')
  folder = mkdtempSync(join(tmpdir(), 'sotto-files-'))
  await register(alice, server)
  await register(bob, server)
  aliceClient = await alice.open({ serve: true })
  bobClient = await bob.open({ serve: true })
})

afterAll(async () => {
  await aliceClient?.close()
  await bobClient?.close()
  await server?.close()
  alice?.forget()
  bob?.forget()
  rmSync(folder, { recursive: true, force: true })
})

async function nextMessage(client: Client, more: object = {}): Promise<MessageJson> {
  const { events } = await client.call('receive', { timeout: 15_000, types: ['message'], ...more })
  const [message] = events.filter(isMessage)
  if (message === undefined) throw new Error('no message came')
  return message
}

const fresh = (name: string): string => {
  const path = join(folder, name)
  mkdirSync(path)
  return path
}

describe('files', () => {
  test('arrive byte for byte, with their caption, and only for their owner to read', async () => {
    const bytes = randomBytes(3 * 1024 * 1024 + 17)
    const path = join(folder, 'holiday.jpg')
    writeFileSync(path, bytes)
    const { message, error } = await send(aliceClient, 'bob', 'look', { files: [path] })
    expect(error).toBeUndefined()
    expect(message).toMatchObject({ status: 'stored', kind: 'file' })

    const inbox = fresh('inbox')
    const got = await nextMessage(bobClient, { download: inbox })
    const [attachment] = got.attachments
    expect(got.body).toContain('look')
    expect(attachment).toMatchObject({
      name: 'holiday.jpg',
      mime: 'image/jpeg',
      size: bytes.length,
    })
    expect(attachment?.path).toBe(join(inbox, 'holiday.jpg'))
    expect(readFileSync(join(inbox, 'holiday.jpg')).equals(bytes)).toBe(true)
    expect(statSync(join(inbox, 'holiday.jpg')).mode & 0o777).toBe(0o600)
    expect(readdirSync(inbox)).toEqual(['holiday.jpg'])
  })

  test('never replace what is there: a name gets a number, a path of the user’s an error', async () => {
    const path = join(folder, 'notes.txt')
    writeFileSync(path, 'new')
    await send(aliceClient, 'bob', '', { files: [path] })
    const inbox = fresh('taken')
    writeFileSync(join(inbox, 'notes.txt'), 'old')
    symlinkSync(join(folder, 'elsewhere'), join(inbox, 'notes (1).txt'))
    const got = await nextMessage(bobClient)
    const told: unknown[] = []
    const unsubscribe = bobClient.subscribe((event) => told.push(event))

    const saved = await bobClient.call('download', { id: got.id, output: inbox })
    expect(saved.path).toBe(join(inbox, 'notes (2).txt'))
    // Whoever shows the message hears where its file is now.
    const attachments = [expect.objectContaining({ path: saved.path })]
    expect(told).toContainEqual(expect.objectContaining({ type: 'message', attachments }))
    unsubscribe()
    expect(readFileSync(join(inbox, 'notes.txt'), 'utf8')).toBe('old')
    expect(existsSync(join(folder, 'elsewhere'))).toBe(false)

    const exact = join(inbox, 'notes.txt')
    await expect(bobClient.call('download', { id: got.id, output: exact })).rejects.toMatchObject({
      code: 'file',
    })
    expect(readFileSync(exact, 'utf8')).toBe('old')
  })

  test('land inside the folder whatever they are called', async () => {
    const inbox = fresh('hostile')
    // A file system cannot hold such a name here, so a peer’s program says it.
    const path = join(folder, '..-.bashrc')
    writeFileSync(path, 'x')
    await send(aliceClient, 'bob', '', { files: [path] })
    await nextMessage(bobClient, { download: inbox })
    expect(readdirSync(inbox)).toEqual(['bashrc'])
  })

  test('of no bytes are files too', async () => {
    const path = join(folder, 'empty')
    writeFileSync(path, '')
    const { message } = await send(aliceClient, 'bob', '', { files: [path] })
    expect(message?.status).toBe('stored')
    const inbox = fresh('nothing')
    await nextMessage(bobClient, { download: inbox })
    expect(statSync(join(inbox, 'empty')).size).toBe(0)
  })

  test('are forwarded without being fetched', async () => {
    const path = join(folder, 'song.mp3')
    const bytes = randomBytes(70_000)
    writeFileSync(path, bytes)
    const sent = await send(aliceClient, 'bob', 'listen', { files: [path] })
    const { results } = await aliceClient.call('msg.forward', {
      id: sent.message?.id ?? '',
      to: 'bob',
      idempotencyKey: 'forward 1',
    })
    expect(results[0]?.message?.status).toBe('stored')
    const inbox = fresh('forwarded')
    const { id } = await nextMessage(bobClient, { limit: 1 })
    const { id: second } = await nextMessage(bobClient, { limit: 1, download: inbox })
    expect(second).not.toBe(id)
    expect(readFileSync(join(inbox, 'song.mp3')).equals(bytes)).toBe(true)
  })

  test('that are not there fail the call before anything is queued', async () => {
    const missing = join(folder, 'missing')
    await expect(send(aliceClient, 'bob', '', { files: [missing] })).rejects.toMatchObject({
      code: 'file',
    })
  })
})
