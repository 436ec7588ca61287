// The line is cut, a process dies, the server restarts: what was begun is finished, once.

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client, EventJson, MessageJson } from '../../src/client/api.ts'
import { type CuttableProxy, cuttableProxy } from '../helpers/cuttable-proxy.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { bundle } from './bundle.ts'
import {
  isMessage,
  newPerson,
  PASSPHRASE,
  type Person,
  receiveTexts,
  register,
  send,
} from './person.ts'

const MIB = 1024 * 1024

let server: TestServer
let proxy: CuttableProxy
let alice: Person
let bob: Person
let folder: string

beforeAll(async () => {
  server = await startServer()
  proxy = await cuttableProxy(Number(new URL(server.url).port))
  const behind = { ...server, url: `http://127.0.0.1:${proxy.port}` }
  alice = newPerson('alice')
  bob = newPerson('bob')
  folder = mkdtempSync(join(tmpdir(), 'sotto-resume-'))
  await register(alice, behind)
  await register(bob, behind)
})

afterAll(async () => {
  await proxy.close()
  await server.close()
  alice.forget()
  bob.forget()
  rmSync(folder, { recursive: true, force: true })
})

function bigFile(name: string, mib: number): { readonly path: string; readonly bytes: Buffer } {
  const bytes = randomBytes(mib * MIB + 5)
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return { path, bytes }
}

type Event = MessageJson | EventJson

const doneOf = (event: Event): number =>
  event.type === 'progress' && 'done' in event ? Number(event.done) : 0

/** Resolves at the first live event that fits. */
const heard = (client: Client, fits: (event: Event) => boolean): Promise<Event> =>
  new Promise((resolve) => {
    const stop = client.subscribe((event) => {
      if (!fits(event)) return
      stop()
      resolve(event)
    })
  })

async function inbox(client: Client): Promise<string> {
  const path = mkdtempSync(join(folder, 'inbox-'))
  const { events } = await client.call('receive', { types: ['message'], download: path })
  expect(events.filter(isMessage)).toHaveLength(1)
  const [name, ...more] = readdirSync(path)
  expect(more).toEqual([])
  return join(path, name ?? '')
}

describe('a file', () => {
  test('goes up behind a cut where it stopped', async () => {
    const { path, bytes } = bigFile('up.bin', 6)
    const client = await alice.open({ serve: true })
    const seen: number[] = []
    client.subscribe((event) => {
      if (event.type === 'progress') seen.push(doneOf(event))
    })
    const cut = proxy.cutAfter(3 * MIB)
    const sending = send(client, 'bob', '', { files: [path], timeout: 60_000 })
    await cut
    proxy.mend()
    expect((await sending).message?.status).toBe('stored')
    // Never back: nothing that the server had was sent again.
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(new Set(seen).size).toBe(seen.length)
    await client.close()

    const bobClient = await bob.open()
    expect(readFileSync(await inbox(bobClient)).equals(bytes)).toBe(true)
    await bobClient.close()
  })

  test('goes up to its end in the process after the one that was killed', async () => {
    const program = await bundle('one-shot.ts')
    const { path, bytes } = bigFile('killed.bin', 8)
    const args = [program.path, 'file', alice.home, 'alice', 'the key', 'bob', path]
    const child = spawn(process.execPath, args, {
      env: { PATH: process.env.PATH, TEST_PASSPHRASE: PASSPHRASE },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = new Promise((resolve) => child.once('close', resolve))
    await new Promise<void>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        if (text.split('\n').some((line) => Number(line) >= 2 * MIB)) resolve()
      })
    })
    child.kill('SIGKILL')
    await ended
    program.remove()

    const client = await alice.open()
    const first = heard(client, (event) => event.type === 'progress')
    const again = { files: [path], idempotencyKey: 'the key', timeout: 60_000 }
    const { message } = await send(client, 'bob', 'the key', again)
    expect(message?.status).toBe('stored')
    expect(doneOf(await first)).toBeGreaterThan(2 * MIB)
    await client.close()

    const bobClient = await bob.open()
    expect(readFileSync(await inbox(bobClient)).equals(bytes)).toBe(true)
    await bobClient.close()
  }, 60_000)

  test('comes down behind a cut where it stopped', async () => {
    const { path, bytes } = bigFile('down.bin', 12)
    const aliceClient = await alice.open()
    expect((await send(aliceClient, 'bob', '', { files: [path] })).message?.status).toBe('stored')
    await aliceClient.close()

    const client = await bob.open({ serve: true })
    const seen: number[] = []
    client.subscribe((event) => {
      if (event.type === 'progress') seen.push(doneOf(event))
    })
    const middle = heard(client, (event) => doneOf(event) > 5 * MIB)
    const saved = inbox(client)
    await middle
    proxy.cut()
    proxy.mend()
    expect(readFileSync(await saved).equals(bytes)).toBe(true)
    const turns = seen.filter((done, index) => done < (seen[index - 1] ?? 0))
    // Back to the checkpoint before the cut, no further.
    for (const done of turns) expect(done).toBeGreaterThan(4 * MIB)
    await client.close()
  })
})

describe('a message', () => {
  test('that was sent while the server was down arrives once when it is back', async () => {
    const client = await alice.open({ serve: true })
    expect((await send(client, 'bob', 'before')).message?.status).toBe('stored')
    const down = heard(client, (event) => event.type === 'disconnected')
    proxy.cut()
    await down
    const timedOut = await send(client, 'bob', 'while down', { timeout: 1 })
    expect(timedOut).toMatchObject({ timedOut: true, message: { status: 'queued' } })
    const waiting = send(client, 'bob', 'and one that waits', { timeout: 30_000 })
    server = await server.restart()
    proxy.mend(Number(new URL(server.url).port))
    expect((await waiting).message?.status).toBe('stored')
    await client.close()

    const bobClient = await bob.open()
    const texts = await receiveTexts(bobClient, { types: ['message'] })
    expect(texts).toEqual(['before', 'while down', 'and one that waits'])
    await bobClient.close()
  })
})
