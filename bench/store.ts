// A large profile: 100,000 messages in 500 chats. What opening, listing, paging, searching and
// receiving cost. Prints the median and the 95th percentile in milliseconds.
//   node --import tsx bench/store.ts [messages]

import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../src/store/open.ts'
import type { MessageRow, Store } from '../src/store/port.ts'
import { createStore, openStore, storeOver } from '../src/store/sqlite-store.ts'
import {
  chat,
  chatRow,
  device,
  eventRow,
  fill,
  log,
  message,
  messageRow,
  sessionRow,
} from '../test/store/rows.ts'

const MESSAGES = Number(process.argv[2] ?? 100_000)
const CHATS = 500
const ROUNDS = 50
const key = fill(32, 42)
const folder = mkdtempSync(join(tmpdir(), 'bench-store-'))
const path = join(folder, 'profile.db')

/** A small deterministic generator: the same profile each time. */
let seed = 1
const below = (limit: number): number => {
  seed = (seed * 48_271) % 2_147_483_647
  return seed % limit
}
/** Word n is about n times as rare as the first, as in a language. */
const word = (): string => `w${Math.floor(8_000 ** (below(10_000) / 10_000)).toString(36)}`
const sentence = (): string => Array.from({ length: 4 + below(16) }, word).join(' ')

const row = (number: number): MessageRow => ({
  ...messageRow,
  id: message(number),
  chat: chat(below(CHATS)),
  direction: below(3) === 0 ? 'out' : 'in',
  body: number % 10_000 === 5 ? `${sentence()} needle` : sentence(),
  payload: fill(160, number % 256),
  sentAt: number,
  receivedAt: number,
})

function measure(name: string, work: (round: number) => unknown, rounds = ROUNDS): void {
  const times = Array.from({ length: rounds }, (_, round) => {
    const before = performance.now()
    work(round)
    return performance.now() - before
  }).sort((a, b) => a - b)
  const at = (share: number): string => (times[Math.floor(times.length * share)] ?? 0).toFixed(2)
  process.stdout.write(`${name.padEnd(58)} p50 ${at(0.5)}  p95 ${at(0.95)} ms\n`)
}

function receive(store: Store, number: number): void {
  store.transaction((tx) => {
    if (tx.seen(device(2), message(number))) throw new Error('seen')
    tx.putSession({ ...sessionRow, state: fill(900, number % 256), updatedAt: number })
    tx.addMessage(row(number))
    tx.putChat({ ...chatRow, id: chat(below(CHATS)), lastAt: number, readRow: number - 200 })
    tx.addSeen(device(2), message(number), number)
    tx.putCursor(log(1), number)
    tx.addEvent({ ...eventRow, message: message(number), at: number })
  })
}

let store = createStore({ path, key })
const before = performance.now()
for (let first = 1; first <= MESSAGES; first += 1_000) {
  store.transaction((tx) => {
    for (let number = first; number < first + 1_000; number += 1) tx.addMessage(row(number))
  })
}
store.transaction((tx) => {
  for (let number = 0; number < CHATS; number += 1) {
    const readRow = MESSAGES - below(Math.min(MESSAGES, 20_000))
    tx.putChat({ ...chatRow, id: chat(number), account: undefined, lastAt: number, readRow })
  }
})
const filling = performance.now() - before
store.scrub()
process.stdout.write(
  `${MESSAGES} messages: ${Math.round((MESSAGES * 1000) / filling)}/s in batches of 1,000, ` +
    `${(statSync(path).size / 2 ** 20).toFixed(0)} MiB\n`,
)
store.close()

measure('open, migrate, pin, close', () => openStore({ path, key }).close())
store = openStore({ path, key })
measure('chats()', () => store.chats())
measure(`chats() with unread() and the last message of ${CHATS}`, () =>
  store.chats().map((c) => [store.unread(c.id), store.messages({ chat: c.id, limit: 1 })]),
)
measure('a page of 50, somewhere in a chat', () =>
  store.messages({ chat: chat(below(CHATS)), beforeRow: below(MESSAGES), limit: 50 }),
)
measure('a page of 50 since a recent time', () =>
  store.messages({ chat: chat(below(CHATS)), since: MESSAGES - 100, limit: 50 }),
)
measure('search: a rare word', () => store.search('needle', { limit: 50 }))
measure('search: the commonest word', () => store.search('w1 ', { limit: 50 }))
measure('search: two words', () => store.search('w2 w3 ', { limit: 50 }))
measure('search: one letter, unfinished (all match)', () => store.search('w', { limit: 50 }), 10)
measure('search: in one chat', () => store.search('w5', { chat: chat(7), limit: 50 }))
measure('search: by containment (no index)', () => store.search('見', { limit: 50 }), 10)
let next = MESSAGES + 1
const receiveNext = (): void => {
  receive(store, next)
  next += 1
}
measure('receive one message, durable', receiveNext, 1_000)
store.close()

const connection = openDatabase({ path, key })
connection.pragma('synchronous = OFF')
store = storeOver(connection)
measure('receive one message, without the disk (no fsync)', receiveNext, 1_000)
measure('delete one message', (round) =>
  store.transaction((tx) => tx.deleteMessage(message(round + 1))),
)
measure('scrub after it', () => store.scrub(), 5)
measure('integrity of everything', () => store.integrity(), 1)
store.close()
rmSync(folder, { recursive: true })
