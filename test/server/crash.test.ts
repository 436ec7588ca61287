// A server that is killed in the middle of its work: what it acknowledged is there afterwards.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSql } from '../../server/storage/sqlite/open.ts'
import type { ClientId } from '../../src/protocol/ids.ts'
import { temporaryFolder } from './support/node.ts'
import type { Person } from './support/people.ts'
import { newClientId, StreamClient } from './support/stream-client.ts'

const folder = temporaryFolder()
const database = join(folder, 'server.db')
let server: ChildProcess
let url: string

const start = async (): Promise<void> => {
  const file = join(import.meta.dirname, 'support/crash-node.ts')
  server = fork(file, [database], { execArgv: ['--import', 'tsx'] })
  const [{ port }] = (await once(server, 'message')) as [{ port: number }]
  url = `ws://127.0.0.1:${port}`
}
const kill = async (): Promise<void> => {
  const gone = once(server, 'exit')
  server.kill('SIGKILL')
  await gone
}
const addPerson = async (number: number): Promise<Person> => {
  server.send(number)
  const [person] = (await once(server, 'message')) as [Person & { privateKey: string }]
  return { ...person, privateKey: new Uint8Array(Buffer.from(person.privateKey, 'hex')) }
}

beforeAll(start)
afterAll(async () => {
  await kill()
  rmSync(folder, { recursive: true, force: true })
})

interface Sent {
  readonly clientId: ClientId
  seq: number | undefined
}

/** Appends until `enough` were acknowledged, then kills the server while more are under way. */
async function floodAndKill(sender: Person, reader: Person, enough: number): Promise<Sent[]> {
  const client = new StreamClient(url)
  await client.open(sender, { generation: Date.now() })
  const sent: Sent[] = []
  const send = (): void => {
    const clientId = newClientId()
    client.append([{ log: reader.device, clientId }])
    sent.push({ clientId, seq: undefined })
  }
  for (let window = 0; window < 64; window += 1) send()
  for (let acknowledged = 0; acknowledged < enough; acknowledged += 1) {
    const { request, results } = await client.frame('appended')
    const item = sent[request - 1]
    if (item !== undefined) item.seq = results[0]?.seq
    send()
  }
  await kill()
  await client.closed
  // What had arrived before the end was acknowledged too.
  for (const frame of client.received) {
    const item = frame.kind === 'appended' ? sent[frame.request - 1] : undefined
    if (frame.kind === 'appended' && item !== undefined) item.seq = frame.results[0]?.seq
  }
  return sent
}

test('a killed server lost nothing that it acknowledged, and repeats are known to it', async () => {
  const alice = await addPerson(1)
  const bob = await addPerson(2)
  const all: Sent[] = []
  for (const enough of [37, 311]) {
    const sent = await floodAndKill(alice, bob, enough)
    expect(sent.filter(({ seq }) => seq !== undefined).length).toBeGreaterThanOrEqual(enough)
    await start()
    const again = new StreamClient(url)
    await again.open(alice, { generation: Date.now() })
    for (const { clientId } of sent) again.append([{ log: bob.device, clientId }])
    for (const item of sent) {
      const { results } = await again.frame('appended')
      const seq = results[0]?.seq
      if (item.seq !== undefined) expect(seq).toBe(item.seq)
      item.seq = seq
    }
    await again.end()
    all.push(...sent)
  }
  const numbers = all.map(({ seq }) => seq)
  expect(new Set(numbers).size).toBe(all.length)
  const reader = new StreamClient(url)
  await reader.open(bob, { generation: Date.now() })
  const entries = await reader.entries(all.length)
  expect(entries.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1))
  const bySeq = new Map(entries.map(({ seq, clientId }) => [seq, clientId]))
  expect(all.every(({ seq, clientId }) => bySeq.get(seq ?? 0) === clientId)).toBe(true)
  await reader.end()
  const sql = openSql({ path: database, readonly: true })
  expect(sql.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
  sql.close()
})
