// Two people over a real server, each with a profile on disk.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../../src/client/api.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { newPerson, type Person, receiveTexts, register, send } from './person.ts'

let server: TestServer
let alice: Person
let bob: Person
let aliceClient: Client
let bobClient: Client

beforeAll(async () => {
  server = await startServer()
  alice = newPerson('alice')
  bob = newPerson('bob')
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
})

describe('two people', () => {
  test('write to each other, beginning as strangers', async () => {
    const first = await send(aliceClient, 'bob', 'hello bob')
    expect(first.error).toBeUndefined()
    expect(first.message).toMatchObject({ status: 'stored', direction: 'out', body: 'hello bob' })

    const { events } = await bobClient.call('receive', { types: ['message'], timeout: 10_000 })
    const message = events.find((event) => event.type === 'message')
    expect(message).toMatchObject({ body: 'hello bob', request: true, direction: 'in' })

    await bobClient.call('contact.accept', { name: 'alice' })
    const answer = await send(bobClient, 'alice', 'hello alice')
    expect(answer.message?.status).toBe('stored')
    const texts = await receiveTexts(aliceClient, { types: ['message'], timeout: 10_000 })
    expect(texts).toEqual(['hello alice'])
  })
})
