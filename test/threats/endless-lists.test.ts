// Device lists are kept as long as their account: one that publishes without end would fill the
// server's disk and make its contacts fetch all of it (N10).

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Reply, registered, type TestAccount } from '../helpers/account.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

let server: TestServer
let alice: TestAccount
beforeAll(async () => {
  server = await startServer()
  alice = await registered(server, 'alice')
})
afterAll(() => server.close())

test('an account publishes so many lists an hour, and is told when to go on', async () => {
  const replies: Reply[] = []
  for (let count = 0; count < 62; count += 1) replies.push(await alice.publish(alice.device))
  const refused = replies.filter(({ status }) => status === 429)
  expect(refused.length).toBeGreaterThan(0)
  expect(refused[0]?.json).toMatchObject({ error: 'rate_limited' })
  expect(refused[0]?.json.retryAfterMs).toBeGreaterThan(0)
  expect(replies.slice(0, 10).every(({ status }) => status === 200)).toBe(true)
  expect(alice.lists.length).toBeLessThan(63)
})
