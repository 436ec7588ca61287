// Whether the server's storage costs the same per message however much it holds: 19,000 mailboxes
// fill up to so many entries; at each mark a batch is appended, read and acknowledged, and its
// processor time taken, of all threads. Prints the figures and, with SVG=FILE, draws them.
//   npm run bench server-growth [ENTRIES]

import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AppendRequest } from '../server/storage/log-port.ts'
import { openSqlite } from '../server/storage/sqlite/adapter.ts'
import { type ClientId, mailboxOf, uuidV4 } from '../src/protocol/ids.ts'
import { addPerson, type Person } from '../test/server/support/people.ts'
import { plot } from './report/plot.ts'

const MOST = Number(process.argv.slice(2).find((arg) => /^\d+$/.test(arg)) ?? 10_000_000)
const PEOPLE = 19_000
const BODY_BYTES = 256
/** Appends that wait at once, each of one message. */
const WINDOW = 2_000
/** Messages per measurement: enough for the clock, few beside what stands. */
const SAMPLE = 20_000

const ONE_PAGE = { maxEntries: 256, maxBytes: 256 * 1024 }
const MARKS = [10, 100, 1_000, 10_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000]

const folder = mkdtempSync(join(tmpdir(), 'sotto-growth-'))
const path = join(folder, 'server.db')
const storage = await openSqlite({ path, now: Date.now })
let serial = 0

/** Ascending, as those of a real client are, which are made by time. */
function nextClientId(): ClientId {
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  serial += 1
  view.setUint32(0, Math.floor(serial / 2 ** 16))
  view.setUint16(4, serial % 2 ** 16)
  crypto.getRandomValues(bytes.subarray(6))
  return uuidV4<ClientId>(bytes)
}

const body = new Uint8Array(BODY_BYTES).fill(7)
const people: Person[] = []
while (people.length < PEOPLE) {
  const at = people.length
  const batch = Array.from({ length: 500 }, (_, index) => addPerson(storage, at + index))
  people.push(...(await Promise.all(batch)))
}

function requestTo(index: number): AppendRequest {
  const from = people[(index * 7 + 1) % PEOPLE]
  const to = people[index % PEOPLE]
  if (from === undefined || to === undefined) throw new Error('nobody')
  const item = {
    log: mailboxOf(to.device),
    clientId: nextClientId(),
    body,
    expectedEpoch: undefined,
  }
  return { account: from.account, device: from.device, lists: [], items: [item] }
}

/** `count` messages to the mailboxes from `from` on, each once in turn. */
function append(count: number, from: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let sent = 0
    let settled = 0
    const more = (): void => {
      while (sent < count && sent - settled < WINDOW) {
        storage.logs.append(requestTo(from + sent), (_request, outcome) => {
          if (outcome.kind !== 'appended') reject(new Error(outcome.reason))
          settled += 1
          if (settled === count) resolve()
          else if (sent - settled < WINDOW / 2) more()
        })
        sent += 1
      }
    }
    more()
  })
}

/** Microseconds of all threads for each message that is stored, read and acknowledged. */
async function sample(): Promise<number> {
  const before = process.cpuUsage()
  // A tenth of the mailboxes gets and reads: the rest is what stands.
  const readers = people.slice(0, SAMPLE / 10)
  for (let round = 0; round < 10; round += 1) {
    await append(readers.length, 0)
    const heads = await storage.logs.heads(readers.map(({ device }) => mailboxOf(device)))
    for (const [index, { device }] of readers.entries()) {
      const log = mailboxOf(device)
      const head = heads[index] ?? 0
      const page = await storage.logs.read({ log, after: head - 1, ...ONE_PAGE })
      if (page.entries.length !== 1) throw new Error('a message is missing')
      storage.logs.acknowledge(device, log, head)
    }
    await storage.logs.settled()
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / SAMPLE
}

/** Readers' mailboxes stay empty: the others hold what stands. */
const FIRST_HOLDER = SAMPLE / 10
let stands = 0
let holder = 0
async function growTo(count: number): Promise<void> {
  while (stands < count) {
    const room = PEOPLE - FIRST_HOLDER - holder
    const part = Math.min(count - stands, room)
    await append(part, FIRST_HOLDER + holder)
    holder = (holder + part) % (PEOPLE - FIRST_HOLDER)
    stands += part
  }
}

try {
  await growTo(1)
  await sample()
  const points: { readonly x: number; readonly y: number }[] = []
  for (const mark of MARKS.filter((entries) => entries <= MOST)) {
    await growTo(mark)
    const runs = [await sample(), await sample(), await sample()].sort((a, b) => a - b)
    const us = runs[1] ?? 0
    points.push({ x: mark, y: us })
    const mib = statSync(path).size / 1024 / 1024
    const line = `${mark.toLocaleString('en-US').padStart(12)} entries  ${us.toFixed(1).padStart(6)} µs`
    process.stdout.write(
      `${line}  (runs ${runs.map((run) => run.toFixed(1)).join(', ')})  ${mib.toFixed(0)} MiB\n`,
    )
  }
  const svg = process.env.SVG
  if (svg !== undefined) {
    writeFileSync(
      svg,
      plot({
        title: 'Stored, read and acknowledged, by what stands on the server',
        x: 'entries that stand',
        y: 'µs of processor time a message',
        points,
      }),
    )
  }
} finally {
  await storage.close()
  rmSync(folder, { recursive: true, force: true })
}
