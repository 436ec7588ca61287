// A server whose folder was put back by hand, from a copy that somebody made once. Nobody counted
// that as a restore; it must not cost a message all the same (N11).

import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminCall } from '../../server/admin-client.ts'
import type { Client } from '../../src/client/api.ts'
import { newPerson, receiveTexts, register, send } from '../client/person.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const folder = mkdtempSync(join(tmpdir(), 'sotto-copied-'))
const people = [newPerson('alice'), newPerson('bob')] as const
let server: TestServer
let alice: Client
let bob: Client

beforeAll(async () => {
  server = await startServer({ data: join(folder, 'data') })
  for (const person of people) await register(person, server)
  alice = await people[0].open()
  bob = await people[1].open()
})

afterAll(async () => {
  await alice.close()
  await bob.close()
  await server.close()
  rmSync(folder, { recursive: true, force: true })
  for (const person of people) person.forget()
})

/** Says it all, and waits until Bob has it. */
async function said(...texts: readonly string[]): Promise<readonly string[]> {
  for (const text of texts) await send(alice, 'bob', text)
  return heard(texts.length)
}

async function heard(count: number): Promise<readonly string[]> {
  const texts: string[] = []
  while (texts.length < count) {
    const more = await receiveTexts(bob, { types: ['message'], timeout: 15_000 })
    if (more.length === 0) break
    texts.push(...more)
  }
  return texts
}

/** Stops the server, does something to its folder, and starts it at the same address. */
async function meanwhile(work: () => void): Promise<void> {
  const listen = new URL(server.url).host
  const { data } = server
  await server.close()
  work()
  server = await startServer({ data, listen })
}

const troubles = async (client: Client): Promise<readonly unknown[]> => {
  const { events } = await client.call('receive', { consumer: 'troubles', types: ['error'] })
  return events.map((event) => (event as unknown as { code: string }).code)
}

describe('a copy of the folder', () => {
  test('that is put in its place is counted as a restore, by itself', {
    timeout: 60_000,
  }, async () => {
    expect(await said('one')).toEqual(['one'])
    await meanwhile(() => cpSync(server.data, join(folder, 'copy'), { recursive: true }))
    expect(await said('two', 'three', 'four')).toEqual(['two', 'three', 'four'])
    await meanwhile(() => {
      rmSync(server.data, { recursive: true })
      cpSync(join(folder, 'copy'), server.data, { recursive: true })
    })
    expect((await adminCall(server.data, 'stats', {})).restored).toBe(1)
    expect(await said('five')).toEqual(['five'])
    expect(await troubles(bob)).toContain('server_rolled_back')
  })

  test('that is written over it, file by file, is found out by who reads', {
    timeout: 60_000,
  }, async () => {
    await meanwhile(() => cpSync(server.data, join(folder, 'second'), { recursive: true }))
    expect(await said('six', 'seven', 'eight')).toEqual(['six', 'seven', 'eight'])
    const before = (await troubles(bob)).length
    // The same file, with older contents: to the server nothing happened.
    const old = readFileSync(join(folder, 'second', 'server.db'))
    await meanwhile(() => {
      expect(existsSync(join(server.data, 'server.db-wal'))).toBe(false)
      writeFileSync(join(server.data, 'server.db'), old)
    })
    expect((await adminCall(server.data, 'stats', {})).restored).toBe(1)
    expect(await said('nine')).toEqual(['nine'])
    expect(before).toBe(0)
    expect(await troubles(bob)).toContain('server_rolled_back')
  })
})
