// What the server could learn beside who writes to whom: it is not told, or does not keep it.

import { readdirSync, readFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newPerson, register, send } from '../client/person.ts'
import { startServer } from '../helpers/server.ts'
import { startNode } from '../server/support/node.ts'

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

test('no address, host, device name or login name reaches the server’s disk (M2, M5)', {
  timeout: 60_000,
}, async () => {
  const server = await startServer()
  const people = [newPerson('alice'), newPerson('bob')] as const
  try {
    for (const person of people) await register(person, server)
    const client = await people[0].open()
    const { message } = await send(client, 'bob', 'hello')
    expect(message?.status).toBe('stored')
    const self = await client.call('whoami', {})
    await client.close()
    // Version 4: all chance. A time in an id would tell when the device was made.
    expect(self.device.id[14]).toBe('4')
    expect(self.id[14]).toBe('4')
    const files = filesBelow(server.data)
    expect(files.some((file) => readFileSync(file).includes('alice'))).toBe(true)
    // The person's device is called `laptop`; its socket came from 127.0.0.1.
    const telling = ['laptop', '127.0.0.1', hostname(), userInfo().username]
    for (const file of files.filter((path) => /server\.db|blobs|invite/.test(path))) {
      // Shorter ones stand in random bytes by chance.
      for (const word of telling.filter((text) => text.length > 5)) {
        expect(readFileSync(file).includes(word), `${file} holds ${word}`).toBe(false)
      }
    }
  } finally {
    await server.close()
    for (const person of people) person.forget()
  }
})

test('nobody is told who is at the keyboard: presence is not relayed (M4)', async () => {
  const node = await startNode()
  try {
    const alice = await node.online()
    const bob = await node.online()
    alice.client.send({ kind: 'presence', state: 'online' })
    // What does cross the server, sent after it, arrives: then presence would have, too.
    const signal = { to: bob.account, device: bob.device, body: new Uint8Array([1]) }
    alice.client.send({ kind: 'signal', ...signal })
    await bob.client.frame('signalled')
    expect(bob.client.received.filter(({ kind }) => kind === 'presented')).toEqual([])
  } finally {
    await node.close()
  }
})
