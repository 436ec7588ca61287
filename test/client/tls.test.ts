// To whom a client speaks at all (N14).

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerProfile } from '../../src/client/client.ts'
import { parseServerAddress } from '../../src/client/server-address.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { newPerson, type Person, receiveTexts, register, send } from './person.ts'

describe('an address', () => {
  const pin = 'A'.repeat(42)
  test.each([
    ['https://chat.example.org', 'chat.example.org', 443, true],
    ['chat.example.org:8443', 'chat.example.org', 8443, true],
    ['http://127.0.0.1:8080', '127.0.0.1', 8080, false],
    ['http://localhost', 'localhost', 80, false],
    ['localhost', 'localhost', 7700, false],
    ['127.0.0.1:8080', '127.0.0.1', 8080, false],
    ['[::1]', '::1', 7700, false],
    ['localhost.evil.example', 'localhost.evil.example', 443, true],
    ['http://[::1]:9000', '::1', 9000, false],
    [`https://192.0.2.1:7#sha256-${pin}A`, '192.0.2.1', 7, true],
  ])('%s is understood', (text, host, port, tls) => {
    expect(parseServerAddress(text)).toMatchObject({ host, port, tls })
  })

  test.each([
    ['http://chat.example.org', 'no TLS beyond this machine'],
    ['http://127.0.0.1.evil.example', 'not loopback'],
    ['ws://127.0.0.1', 'another scheme'],
    ['ftp://chat.example.org', 'another scheme'],
    ['https://user:secret@chat.example.org', 'a password in it'],
    ['https://chat.example.org/path', 'a path'],
    ['https://chat.example.org/?q=1', 'a question'],
    ['https://chat.example.org#sha256-short', 'half a pin'],
    ['https://chat.example.org#sha1-abc', 'another hash'],
    [`https://chat.example.org#sha256-${pin}B`, 'a pin that is not canonical'],
    ['https://', 'nothing'],
    ['', 'nothing'],
  ])('%s is refused: %s', (text) => {
    expect(() => parseServerAddress(text)).toThrow()
  })
})

describe('a server with a key of its own', () => {
  let server: TestServer
  let address: URL
  const people: Person[] = []
  const someone = (name: string): Person => {
    const person = newPerson(name)
    people.push(person)
    return person
  }

  beforeAll(async () => {
    server = await startServer({ listen: '0.0.0.0:0' })
    address = new URL(server.url)
  })
  afterAll(async () => {
    await server.close()
    for (const person of people) person.forget()
  })

  test('is spoken to by its fingerprint, over HTTP and the stream', async () => {
    const alice = someone('alice')
    const bob = someone('bob')
    const local = { ...server, url: `https://127.0.0.1:${address.port}${address.hash}` }
    await register(alice, local)
    await register(bob, local)
    const client = await alice.open()
    expect((await send(client, 'bob', 'pinned')).message?.status).toBe('stored')
    await client.close()
    const bobClient = await bob.open()
    expect(await receiveTexts(bobClient, { types: ['message'] })).toEqual(['pinned'])
    await bobClient.close()
  })

  test('is not spoken to without it, nor with another, whatever the environment says', async () => {
    const carol = someone('carol')
    const invite = await server.invite()
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
    try {
      for (const hash of ['', `#sha256-${'0'.repeat(64)}`]) {
        const url = `https://127.0.0.1:${address.port}${hash}`
        const wish = { ...carol.options, name: 'carol', server: url, invite }
        await expect(registerProfile(wish)).rejects.toMatchObject({ code: 'network' })
      }
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
    }
  })
})
