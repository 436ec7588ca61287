// Whether a profile costs the same however much it holds. Alice's history grows to each mark; there
// she sends to Bob and hears from him, by the real driver over the real store; a page of history is
// read and a word is looked for; and an encrypted profile of the same size is opened from the disk.
// Processor time, medians. With SVG=FILE, draws what a message costs.
//   npm run bench client-growth [MESSAGES]

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MessageRow, Store } from '../src/store/port.ts'
import { createStore, openStore } from '../src/store/sqlite-store.ts'
import { Town } from '../test/scenario/world/town.ts'
import { fill, message, messageRow } from '../test/store/rows.ts'
import { median } from './report/figures.ts'
import { plot } from './report/plot.ts'

const MOST = Number(process.argv.slice(2).find((arg) => /^\d+$/.test(arg)) ?? 1_000_000)
const MARKS = [10, 100, 1_000, 10_000, 100_000, 1_000_000].filter((mark) => mark <= MOST)
const BATCH = 1_000
const ROUNDS = 60
const PAGE = 50
/** One message in so many has the word that is looked for, but never fewer than one in all. */
const RARE = 5_000
const key = fill(32, 42)
const folder = mkdtempSync(join(tmpdir(), 'bench-growth-'))
const path = join(folder, 'profile.db')

const town = new Town()
await town.befriend()
await town.say(town.bob, 'hello')
const { store } = town.alice
const chatId = store.chats()[0]?.id
if (chatId === undefined) throw new Error('no conversation')

function row(number: number): MessageRow {
  const body = `the ${number % 97} quick brown foxes and ${number % 1009} lazy dogs`
  return {
    ...messageRow,
    id: message(number),
    chat: chatId ?? messageRow.chat,
    body: number % RARE === 1 ? `${body} needle` : body,
    payload: fill(160, number % 256),
    sentAt: town.now - MOST + number,
    receivedAt: town.now - MOST + number,
  }
}

function grow(grown: Store, from: number, to: number): void {
  for (let first = from; first < to; first += BATCH) {
    grown.transaction((tx) => {
      const end = Math.min(first + BATCH, to)
      for (let number = first; number < end; number += 1) tx.addMessage(row(number))
    })
  }
}

async function cost(work: () => unknown): Promise<number> {
  const runs: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(before)
    runs.push((user + system) / 1_000)
  }
  return median(runs)
}

const found: { readonly x: number; readonly y: number }[] = []
const names = ['messages', 'A to B', 'B to A', 'first page', 'search', 'open, close']
process.stdout.write(`${names.map((name) => name.padStart(12)).join('')}   ms CPU each\n`)
createStore({ path, key }).close()
let stored = 0
for (const mark of MARKS) {
  const file = openStore({ path, key })
  for (const each of [store, file]) grow(each, stored, mark)
  file.close()
  stored = mark
  const costs = [
    await cost(() => town.say(town.alice, 'a message to Bob')),
    await cost(() => town.say(town.bob, 'a message to Alice')),
    await cost(() => store.messages({ chat: chatId, limit: PAGE })),
    await cost(() => store.search('needle ', { limit: PAGE })),
    await cost(() => openStore({ path, key }).close()),
  ]
  const shown = costs.map((value) => value.toFixed(2).padStart(12)).join('')
  process.stdout.write(`${mark.toLocaleString('en-US').padStart(12)}${shown}\n`)
  found.push({ x: mark, y: costs[1] ?? 0 })
}
rmSync(folder, { recursive: true })
if (process.env.SVG !== undefined) {
  const title = 'A message received, sent by the peer in the same process'
  writeFileSync(
    process.env.SVG,
    plot({ title, x: 'messages stored', y: 'ms CPU a message', points: found }),
  )
}
