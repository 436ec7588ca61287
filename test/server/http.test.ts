import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, newAccount, registered } from '../helpers/account.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

describe('a first walk', () => {
  test('a server says who it is', async () => {
    const { status, json } = await ask(server.url, '/v1/server')
    expect(status).toBe(200)
    expect(json.registration).toEqual(['invite'])
  })

  test('who takes the first invite is the operator, who comes next is not', async () => {
    const alice = await newAccount(server.url, 'alice')
    const first = await alice.register(server.firstInvite)
    expect(first.json).toEqual({ account: alice.account, operator: true })
    const bob = await registered(server, 'bob')
    const found = await bob.ask('/v1/names/alice')
    expect(found.json.account).toBe(alice.account)
  })
})
