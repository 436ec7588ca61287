// What a server may do with entries on their way: keep, repeat, reorder, renumber, relabel, invent.
// Whatever it does, nothing false is shown, the person is told, and once it is honest again all that
// the real server took arrives.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Entry, ServerFrame } from '../../../src/protocol/frames.ts'
import type { AccountId, DeviceId, LogId } from '../../../src/protocol/ids.ts'
import { befriended, type Victim, type World } from './harness/world.ts'

let world: World
let alice: Victim
let bob: Victim
/** How much of the journal was there before the test. */
let before: number

beforeAll(async () => {
  world = await befriended()
  alice = world.alice
  bob = world.bob
}, 60_000)
afterAll(() => world?.close())
beforeEach(async () => {
  before = (await alice.journal()).length
})
afterEach(async () => {
  alice.middle.repent()
  await alice.online()
})

type Entries = Extract<ServerFrame, { kind: 'entries' }>
const fresh = async () => (await alice.journal()).slice(before)
const freshErrors = async () =>
  (await fresh()).filter(({ type }) => type === 'error').map(({ code }) => code)
const freshTexts = async () =>
  (await fresh()).filter(({ type }) => type === 'message').map(({ body }) => body)

/** Each entries frame as `change` makes it; everything else passes. */
const entries =
  (change: (frame: Entries) => readonly (ServerFrame | Uint8Array)[]) =>
  (frame: ServerFrame): readonly (ServerFrame | Uint8Array)[] =>
    frame.kind === 'entries' ? change(frame) : [frame]

const mapped = (frame: Entries, change: (entry: Entry) => Entry): Entries => ({
  ...frame,
  entries: frame.entries.map(change),
})

/** Bob says it, and the server has it; whether Alice hears it is the script's affair. */
async function said(text: string): Promise<void> {
  const { message } = await bob.send('alice', text)
  expect(message?.status).toBe('stored')
}

describe('entries', () => {
  test('that come again, in the same frame or later, are shown once', async () => {
    const kept: Entries[] = []
    alice.middle.play({
      down: entries((frame) => {
        kept.push(frame)
        return [frame]
      }),
    })
    await said('once')
    await alice.arrival('once')
    const since = alice.live.length
    for (const frame of kept) alice.middle.line.toClient(frame)
    expect(await alice.lost(since)).toBe('entries_order')
    alice.middle.repent()
    await alice.online()
    await said('after once')
    await alice.arrival('after once')
    expect(await freshTexts()).toEqual(['once', 'after once'])
    expect(await freshErrors()).toEqual([])
  })

  test('that are kept back leave a hole, over which nothing is taken before they come', async () => {
    let dropped = false
    alice.middle.play({
      down: entries((frame) => {
        if (dropped) return [frame]
        dropped = true
        return []
      }),
    })
    await said('kept back')
    await alice.middle.when(() => dropped || undefined)
    const lost = alice.lost()
    await said('behind it')
    expect(await lost).toBe('entries_hole')
    await alice.arrival('behind it')
    expect(await freshTexts()).toEqual(['kept back', 'behind it'])
    expect(await freshErrors()).toEqual([])
  })

  test('that are kept back for good are found by doctor, and by their sender', async () => {
    alice.middle.play({ down: entries(() => []) })
    await said('never handed over')
    await alice.again()
    const { checks } = await alice.client.call('doctor', {})
    expect(checks.find(({ name }) => name === 'mailbox')).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/^the server keeps \d+ back$/),
    })
    const { messages } = await bob.client.call('history', { chat: 'alice', limit: 1 })
    expect(messages[0]).toMatchObject({ body: 'never handed over', status: 'stored' })
    alice.middle.repent()
    alice.middle.cut()
    await alice.arrival('never handed over')
  })

  test('in another order than they were numbered are not taken, and come in theirs', async () => {
    const held: Entry[] = []
    alice.middle.play({
      down: entries((frame) => {
        held.push(...frame.entries)
        if (held.length < 3) return []
        return [{ ...frame, entries: held.splice(0).reverse() }]
      }),
    })
    const lost = alice.lost()
    for (const text of ['first', 'second', 'third']) await said(text)
    expect(await lost).toBe('entries_hole')
    alice.middle.repent()
    await alice.arrival('third')
    expect(await freshTexts()).toEqual(['first', 'second', 'third'])
  })

  test('numbered anew in another order are shown as they came, none twice, none lost', async () => {
    const held: Entry[] = []
    alice.middle.play({
      down: entries((frame) => {
        held.push(...frame.entries)
        if (held.length < 2) return []
        const [one, two] = held.splice(0)
        if (one === undefined || two === undefined) return []
        return [
          {
            ...frame,
            entries: [
              { ...two, seq: one.seq },
              { ...one, seq: two.seq },
            ],
          },
        ]
      }),
    })
    await said('swapped 1')
    await said('swapped 2')
    await alice.arrival('swapped 1')
    expect(await freshTexts()).toEqual(['swapped 2', 'swapped 1'])
    expect(await freshErrors()).toEqual([])
  })

  test('numbered to the end of all numbers are passed by, and reading goes on', async () => {
    const far = Number.MAX_SAFE_INTEGER
    alice.middle.line.toClient(gap(far))
    const event = await alice.told(({ type }) => type === 'gap', 0)
    expect(event).toMatchObject({ to: far })
    const lost = alice.lost()
    await said('after the end')
    // What was said to be gone beyond it cannot come now: the server contradicts itself.
    expect(await lost).toBe('entries_order')
    await alice.arrival('after the end')
    expect(await freshErrors()).toEqual(['server_rolled_back'])
    expect(await freshTexts()).toEqual(['after the end'])
  })

  test('with a leap in their numbers are not taken', async () => {
    alice.middle.play({
      down: entries((frame) => [mapped(frame, (entry) => ({ ...entry, seq: 2 ** 53 - 1 }))]),
    })
    const lost = alice.lost()
    await said('leapt')
    expect(await lost).toBe('entries_hole')
    alice.middle.repent()
    await alice.arrival('leapt')
    expect(await freshErrors()).toEqual([])
  })

  test('of a log that is not ours are not read', async () => {
    const log = '00000000-0000-4000-8000-00000000dead' as LogId
    alice.middle.play({ down: entries((frame) => [{ ...frame, log }]) })
    const lost = alice.lost()
    await said('elsewhere')
    expect(await lost).toBe('foreign_log')
    alice.middle.repent()
    await alice.arrival('elsewhere')
    expect((await alice.rows()).cursor(log)).toBe(0)
  })

  test('under another account or device are nobody’s, kept aside and said', async () => {
    const account = '00000000-0000-4000-8000-00000000aaaa' as AccountId
    const device = '00000000-0000-4000-8000-00000000bbbb' as DeviceId
    const bends: ((entry: Entry) => Entry)[] = [
      (entry) => ({ ...entry, account }),
      (entry) => ({ ...entry, device }),
      (entry) => ({ ...entry, ...own() }),
    ]
    alice.middle.play({
      down: entries((frame) => [mapped(frame, (entry) => (bends.shift() ?? same)(entry))]),
    })
    for (const text of ['x', 'y', 'z', 'true']) await said(text)
    await alice.arrival('true')
    expect(await freshErrors()).toEqual(['unknown_device', 'unknown_device', 'malformed'])
    expect(await freshTexts()).toEqual(['true'])
    const rows = (await alice.rows()).quarantined(10)
    expect(rows.map(({ reason }) => reason)).toEqual(['own', 'unknown_device', 'unknown_device'])
  })

  test('with one flipped bit, cut or lengthened do not open; both sides are told', async () => {
    const reset = bob.error('session_reset')
    const bends: ((body: Uint8Array) => Uint8Array)[] = [
      (body) => body.map((byte, at) => (at === body.length - 1 ? byte ^ 1 : byte)),
      (body) => body.slice(0, -1),
      (body) => Uint8Array.of(...body, 0),
      () => new Uint8Array(),
    ]
    alice.middle.play({
      down: entries((frame) => [
        mapped(frame, (entry) => ({ ...entry, body: (bends.shift() ?? ((x) => x))(entry.body) })),
      ]),
    })
    for (const text of ['a', 'b', 'c', 'd', 'whole']) await said(text)
    await alice.arrival('whole')
    expect(await freshErrors()).toEqual(Array(4).fill('undecryptable'))
    expect(await freshTexts()).toEqual(['whole'])
    await reset
  })

  test('with a clock that is 400 days off, or at the end of time, change no order', async () => {
    const day = 24 * 3_600_000
    const offsets = [-400 * day, 400 * day, Number.MAX_SAFE_INTEGER - 2 * Date.now()]
    alice.middle.play({
      down: entries((frame) => [
        mapped(frame, (entry) => ({ ...entry, at: entry.at + (offsets.shift() ?? 0) })),
      ]),
    })
    for (const text of ['400 days ago', 'in 400 days', 'at the end', 'now']) await said(text)
    await alice.arrival('now')
    expect(await freshTexts()).toEqual(['400 days ago', 'in 400 days', 'at the end', 'now'])
    const { chats } = await alice.client.call('chats', {})
    expect(chats[0]?.last?.body).toBe('now')
    const { messages } = await alice.client.call('history', { chat: 'bob', limit: 4 })
    expect(messages.map(({ body }) => body)).toEqual(await freshTexts())
    for (const { sent_at, received_at } of messages) {
      expect(Math.abs(Date.parse(sent_at) - Date.now())).toBeLessThan(day)
      expect(Number.isNaN(Date.parse(received_at))).toBe(false)
    }
  })
})

describe('a welcome', () => {
  const welcomed = (change: object) => (frame: ServerFrame) =>
    frame.kind === 'welcome' ? [{ ...frame, ...change }] : [frame]

  test('that claims less than it gave out is said, and costs nothing', async () => {
    await said('before it went back')
    await alice.arrival('before it went back')
    alice.middle.play({ down: welcomed({ head: 0, cursor: 0 }) })
    const error = alice.error('server_rolled_back')
    alice.middle.cut()
    await error
    alice.middle.repent()
    await alice.again()
    await said('and on')
    await alice.arrival('and on')
    expect(await freshTexts()).toEqual(['before it went back', 'and on'])
  })

  test('that claims more than there is, or another time, holds nobody up for long', async () => {
    alice.middle.play({
      down: welcomed({ head: Number.MAX_SAFE_INTEGER, time: Number.MAX_SAFE_INTEGER }),
    })
    await alice.again()
    await said('all the same')
    await alice.arrival('all the same')
    const started = Date.now()
    expect(await alice.client.call('receive', { timeout: 1 })).toBeDefined()
    expect(Date.now() - started).toBeLessThan(10_000)
  })

  test('of another version of the protocol is none', async () => {
    const lost = alice.lost()
    alice.middle.play({ down: welcomed({ version: 2 }) })
    alice.middle.cut()
    expect(await lost).not.toBe('')
    expect(await alice.lost()).toBe('no_common_version')
  })
})

describe('an append', () => {
  const appended =
    (change: (frame: Extract<ServerFrame, { kind: 'appended' }>) => ServerFrame[]) =>
    (frame: ServerFrame) =>
      frame.kind === 'appended' ? change(frame) : [frame]

  test('that is confirmed by half, or for another log, is sent once more and stored once', async () => {
    const log = '00000000-0000-4000-8000-00000000dead' as LogId
    const bends: ((
      results: readonly { log: LogId; seq: number; at: number }[],
    ) => readonly object[])[] = [
      () => [],
      (results) => [...results, ...results],
      (results) => results.map((result) => ({ ...result, log })),
    ]
    alice.middle.play({
      down: appended((frame) => {
        const bend = bends.shift() ?? ((results) => results)
        return [{ ...frame, results: bend(frame.results) } as ServerFrame]
      }),
    })
    const since = alice.live.length
    const { message } = await alice.send('bob', 'confirmed at last', { timeout: 25_000 })
    expect(['stored', 'delivered']).toContain(message?.status)
    const reasons = alice.live.slice(since).filter(({ type }) => type === 'disconnected')
    // Two that come at once end one connection.
    const words = reasons.map((event) => (event as { reason?: unknown }).reason)
    expect(new Set(words)).toEqual(new Set(['appended']))
    await bob.arrival('confirmed at last')
    expect((await bob.texts()).filter((text) => text === 'confirmed at last')).toHaveLength(1)
  })

  test('that nobody sent is confirmed in vain, and what waits is not touched', async () => {
    const { line } = alice.middle
    for (const request of [0, 999_999, 2 ** 32 - 1]) {
      line.toClient({ kind: 'appended', request, results: [] })
      line.toClient({ kind: 'refused', request, reason: 'too_large', retryAfter: 0, accounts: [] })
    }
    const { message } = await alice.send('bob', 'none the less')
    expect(['stored', 'delivered']).toContain(message?.status)
    expect(await freshErrors()).toEqual([])
  })

  test('that is confirmed and thrown away never counts as delivered, and goes again to an honest server', async () => {
    // Bob's, whom nobody told yet that the server went back: two such tales an hour are answered.
    let seq = 1_000_000
    bob.middle.play({
      up(frame, line) {
        if (frame.kind !== 'append') return [frame]
        const results = frame.items.map(({ log }) => {
          seq += 1
          return { log, seq, at: Date.now() }
        })
        line.toClient({ kind: 'appended', request: frame.request, results })
        return []
      },
    })
    const { message } = await bob.send('alice', 'into the void')
    expect(message?.status).toBe('stored')
    const late = await bob.send('alice', 'into the void, too', { wait: 'delivered', timeout: 500 })
    expect(late).toMatchObject({ timedOut: true, message: { status: 'stored' } })
    bob.middle.repent()
    const error = bob.error('server_rolled_back')
    await bob.send('alice', 'the truth comes out')
    await error
    await alice.arrival('into the void')
    await alice.arrival('into the void, too')
  })

  test('that is refused with a wait of weeks is tried within the hour', async () => {
    alice.middle.play({
      up(frame, line) {
        if (frame.kind !== 'append') return [frame]
        const refused = { kind: 'refused', request: frame.request, accounts: [] } as const
        line.toClient({ ...refused, reason: 'rate_limited', retryAfter: 2 ** 32 - 1 })
        return []
      },
    })
    const refused = alice.middle.frame('refused')
    const sent = alice.send('bob', 'patience', { timeout: 1_500 })
    await refused
    expect(await sent).toMatchObject({ timedOut: true, message: { status: 'queued' } })
    const store = await alice.rows()
    const [row] = store.outbox(Number.MAX_SAFE_INTEGER, 1)
    expect((row?.notBefore ?? 0) - Date.now()).toBeLessThanOrEqual(3_600_000)
    store.transaction((tx) => tx.delayOutbox(row?.row ?? 0, 0))
    alice.middle.repent()
    await alice.again()
    await bob.arrival('patience')
  })
})

const same = (entry: Entry): Entry => entry

function own(): { readonly account: AccountId; readonly device: DeviceId } {
  const hello = alice.middle.heard.find(({ frame }) => frame.kind === 'hello')?.frame
  if (hello?.kind !== 'hello') throw new Error('nobody said hello')
  return { account: hello.account, device: hello.device }
}

const gap = (upTo: number): ServerFrame => ({
  kind: 'notice',
  about: 'gap',
  account: own().account,
  upTo,
  curvePrekeys: 100,
  kemPrekeys: 100,
})
