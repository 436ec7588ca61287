// A profile that was put back from a copy, or that exists twice: message keys would be used again,
// so it stops, says why, and can be mended (L4).

import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '../helpers/server.ts'
import { isMessage, newPerson, type Person, receiveTexts, register, send } from './person.ts'

let server: TestServer
let bob: Person
const people: Person[] = []

beforeAll(async () => {
  server = await startServer()
  bob = await someone('bob')
})

afterAll(async () => {
  await server?.close()
  for (const person of people) person.forget()
})

async function someone(name: string): Promise<Person> {
  const person = newPerson(name)
  people.push(person)
  await register(person, server)
  return person
}

const folderOf = (person: Person): string => join(person.home, person.name)

/** As a backup program does: files, nothing else. */
function copyOf(person: Person, to: string): void {
  cpSync(folderOf(person), to, {
    recursive: true,
    filter: (path) => !path.endsWith('.sock'),
  })
}

async function sendOnce(person: Person, text: string): Promise<void> {
  const client = await person.open()
  expect((await send(client, 'bob', text)).error).toBeUndefined()
  await client.close()
}

/** What came to bob, from whoever, since he was asked before. */
async function bobTexts(): Promise<readonly string[]> {
  const client = await bob.open()
  const texts = await receiveTexts(client, { types: ['message'] })
  await client.close()
  return texts
}

/** The database comes back; the keychain, as an OS keychain does, stays where it was. */
function restoreDatabase(person: Person, copy: string): void {
  for (const suffix of ['', '-wal', '-shm']) {
    rmSync(join(folderOf(person), `profile.db${suffix}`), { force: true })
  }
  cpSync(join(copy, 'profile.db'), join(folderOf(person), 'profile.db'))
}

describe('a database put back from an old copy', () => {
  test('stops, lets history be read, and works again after it was mended', async () => {
    const carol = await someone('carol')
    const copy = `${carol.home}-copy`
    await sendOnce(carol, 'before the copy')
    copyOf(carol, copy)
    await sendOnce(carol, 'after the copy')
    restoreDatabase(carol, copy)
    rmSync(copy, { recursive: true })

    const client = await carol.open()
    await expect(send(client, 'bob', 'never sent')).rejects.toMatchObject({
      code: 'profile_rolled_back',
      hint: 'sotto doctor --mend',
    })
    const { messages } = await client.call('history', { chat: 'bob' })
    expect(messages.map((message) => message.body)).toEqual(['before the copy'])
    const ill = await client.call('doctor', {})
    expect(ill.checks.find((check) => check.name === 'generation')?.ok).toBe(false)

    const { checks } = await client.call('doctor', { mend: true })
    expect(checks.filter((check) => !check.ok)).toEqual([])
    expect((await send(client, 'bob', 'mended')).message?.status).toBe('stored')
    await client.close()
    await sendOnce(carol, 'and after that')
    const texts = await bobTexts()
    expect(texts).toEqual(['before the copy', 'after the copy', 'mended', 'and after that'])

    // And the other way: what is written to the mended device can be read there.
    const bobClient = await bob.open()
    await bobClient.call('contact.accept', { name: 'carol' })
    expect((await send(bobClient, 'carol', 'welcome back')).message?.status).toBe('stored')
    await bobClient.close()
    const again = await carol.open()
    const { events } = await again.call('receive', { types: ['message', 'error'] })
    expect(events.filter(isMessage).map((message) => message.body)).toEqual(['welcome back'])
    await again.close()
  }, 90_000)

  test('is noticed also when it was made while the profile was open', async () => {
    const dora = await someone('dora')
    const copy = `${dora.home}-copy`
    const client = await dora.open()
    await send(client, 'bob', 'one')
    copyOf(dora, copy)
    await send(client, 'bob', 'two')
    await client.close()
    restoreDatabase(dora, copy)
    rmSync(copy, { recursive: true })

    const again = await dora.open()
    await expect(send(again, 'bob', 'three')).rejects.toMatchObject({ code: 'profile_rolled_back' })
    await again.close()
    expect(await bobTexts()).toEqual(['one', 'two'])
  })
})

describe('a profile copied with its keychain', () => {
  test('is found out by the server: both copies stop', async () => {
    const erin = await someone('erin')
    const twin = { ...newPerson('erin') }
    people.push(twin)
    copyOf(erin, join(twin.home, 'erin'))

    const original = await erin.open({ serve: true })
    expect((await send(original, 'bob', 'original')).message?.status).toBe('stored')
    const stopped = new Promise((resolve) => {
      original.subscribe((event) => {
        if (event.type === 'error') resolve(event)
      })
    })
    // The same generation, another opening.
    const copy = await twin.open({ serve: true })
    await expect(send(copy, 'bob', 'copy')).resolves.toMatchObject({
      error: { code: 'profile_rolled_back' },
    })
    await copy.close()
    // The copy comes once more, one generation on: now it is the original that is put aside.
    const later = await twin.open()
    await expect(send(later, 'bob', 'copy')).rejects.toMatchObject({ code: 'profile_rolled_back' })
    const mended = await later.call('doctor', { mend: true })
    expect(mended.checks.find((check) => check.name === 'login')?.ok).toBe(true)
    await expect(stopped).resolves.toMatchObject({ code: 'profile_rolled_back' })
    await expect(send(original, 'bob', 'too late')).rejects.toMatchObject({
      code: 'profile_rolled_back',
    })
    await later.close()
    await original.close()
  })
})
