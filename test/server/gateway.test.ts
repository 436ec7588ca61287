import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { mailboxOf } from '../../src/protocol/ids.ts'
import { startNode, type TestNode } from './support/node.ts'

let node: TestNode
beforeEach(async () => {
  node = await startNode()
})
afterEach(() => node.close())

describe('an append', () => {
  test('is answered after its commit and reaches the reader byte for byte', async () => {
    const alice = await node.online()
    const bob = await node.online()
    const body = new Uint8Array([1, 2, 3])
    const request = alice.client.append([{ log: bob.device, body }])
    const appended = await alice.client.frame('appended')
    expect(appended).toMatchObject({ request, results: [{ log: mailboxOf(bob.device), seq: 1 }] })
    const [entry] = await bob.client.entries(1)
    expect(entry).toMatchObject({ seq: 1, account: alice.account, device: alice.device, body })
  })
})
