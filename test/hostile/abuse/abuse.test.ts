// Those who want to wear a server out, each kind once and small; SOTTO_DEEP makes them many, and
// `npm run bench abuse` times the honest meanwhile.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '../../helpers/server.ts'
import { newClientId, StreamClient } from '../../server/support/stream-client.ts'
import {
  type Attack,
  chatter,
  compressionBombs,
  type Field,
  halfOpenFor,
  prekeys,
  type Seen,
  slowReaders,
  tinyFragments,
} from './attacks.ts'
import { fill, victimOf } from './ground.ts'

const isDeep = process.env.SOTTO_DEEP !== undefined
const sized = (small: number, deep: number): number => (isDeep ? deep : small)
const ATTACKERS = 10
/** Bundles of one account in an hour, as the server has it by itself, or fewer. */
const CLAIMED = sized(50, 1_600)

let server: TestServer
let field: Field
let alice: StreamClient
let bob: StreamClient
let sendToBob: () => Promise<void>
const folder = mkdtempSync(join(tmpdir(), 'sotto-abuse-'))
beforeAll(async () => {
  const data = join(folder, 'data')
  const people = await fill(data, ATTACKERS + 3)
  const [first, second] = people
  const victim = people.at(-1)
  if (first === undefined || second === undefined || victim === undefined) throw new Error('nobody')
  server = await startServer({
    data,
    overrides: { limits: { claimsPerHour: 1_600, claimedPerHour: CLAIMED } },
  })
  const port = Number(new URL(server.url).port)
  const attackers = people.slice(2, 2 + ATTACKERS).map(victimOf)
  field = { port, attackers, victim: victimOf(victim) }
  alice = new StreamClient(`ws://127.0.0.1:${port}`)
  bob = new StreamClient(`ws://127.0.0.1:${port}`)
  await Promise.all([alice.open(first), bob.open(second)])
  sendToBob = async () => {
    const clientId = newClientId()
    alice.append([{ log: second.device, clientId }])
    const [entry] = await bob.entries(1)
    expect(entry?.clientId).toBe(clientId)
    bob.send({ kind: 'ack', log: second.device as never, upTo: entry?.seq ?? 0 })
  }
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** What an attack saw, while two honest users went on talking and lost nothing. */
async function under(attack: Attack, size: number): Promise<Seen> {
  let isOver = false
  const attacked = attack(field, size).finally(() => {
    isOver = true
  })
  do await sendToBob()
  while (!isOver)
  await sendToBob()
  return attacked
}

const DEEP_MS = 600_000
const HOUR_MS = 3_600_000

describe('a server under', () => {
  test(
    'prekey fetches without end hands out what it allows, and no more',
    async () => {
      const size = sized(150, 10_000)
      const begun = performance.now()
      const { 200: given = 0, 429: refused = 0, ...others } = await under(prekeys, size)
      const comesBack = ((performance.now() - begun) / HOUR_MS) * CLAIMED
      expect([given + refused, others]).toEqual([size, {}])
      expect(given).toBeGreaterThanOrEqual(CLAIMED)
      expect(given).toBeLessThanOrEqual(CLAIMED + comesBack)
    },
    DEEP_MS,
  )

  test(
    'readers that do not read goes on for all others',
    async () => {
      const readers = sized(4, ATTACKERS - 1)
      const { written = 0 } = await under(slowReaders, readers)
      expect(written).toBe(48 * readers)
    },
    DEEP_MS,
  )

  test(
    'messages in tiny pieces cuts who sends them',
    async () => {
      const size = sized(8, 200)
      expect(await under(tinyFragments, size)).toEqual({ cut: size })
    },
    DEEP_MS,
  )

  test(
    'compression bombs unpacks none',
    async () => {
      const size = sized(6, 200)
      expect(await under(compressionBombs, size)).toEqual({ cut: size / 2, 400: size / 2 })
    },
    DEEP_MS,
  )

  test(
    'handshakes that stop half-way waits for none of them, and not for ever',
    async () => {
      const size = sized(200, 1_000)
      const seen = await under(halfOpenFor(sized(0, 20_000)), size)
      expect(seen).toEqual({ open: size, ended: isDeep ? size : 0 })
    },
    DEEP_MS,
  )

  test(
    'floods of pings and empty acknowledgements cuts who sends them',
    async () => {
      const size = sized(5, 200)
      const { cut = 0, refused = 0, ...others } = await under(chatter, size)
      expect([cut + refused, others]).toEqual([size, {}])
      expect(cut).toBeGreaterThan(0)
    },
    DEEP_MS,
  )
})
