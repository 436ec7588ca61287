// The seam between backlog and live entries, under every order of events that can be drawn.

import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Seat } from '../../server/bus/port.ts'
import { LogService } from '../../server/log.ts'
import type { LogReader, Outlet } from '../../server/reader.ts'
import type {
  LogStorage,
  Page,
  Position,
  ReadQuery,
  StoredEntry,
} from '../../server/storage/log-port.ts'
import { systemEnv } from '../../server/system-env.ts'
import { decodeServerFrame } from '../../src/protocol/frames.ts'
import { type AccountId, type DeviceId, type LogId, uuidV4 } from '../../src/protocol/ids.ts'
import { MAX_UNACKED_ENTRIES } from '../../src/protocol/limits.ts'
import { newClientId } from './support/stream-client.ts'

const LOG = uuidV4<LogId>(systemEnv.random(16))
const DEVICE = uuidV4<DeviceId>(systemEnv.random(16))
const ACCOUNT = uuidV4<AccountId>(systemEnv.random(16))

/** One log in memory whose reads answer when the test says so, with what stood when it asked. */
class ScriptedLogs {
  readonly entries: StoredEntry[] = []
  head = 0
  cursor = 0
  #committed: () => void = () => undefined
  readonly #pending: (() => void)[] = []

  readonly port: LogStorage = {
    append: (request, settle) => {
      const results = request.items.map(({ body, clientId }) => {
        this.head += 1
        this.entries.push({
          seq: this.head,
          account: ACCOUNT,
          device: DEVICE,
          clientId,
          at: 0,
          body,
        })
        return { log: LOG, seq: this.head, at: 0, fresh: true }
      })
      settle(request, { kind: 'appended', results })
      this.#committed()
    },
    onCommitted: (listener) => {
      this.#committed = listener
    },
    read: (query) => this.#later(() => this.#page(query)),
    heads: async () => [this.head],
    acknowledge: (_device, _log, upTo) => {
      this.cursor = Math.max(this.cursor, Math.min(upTo, this.head))
      while ((this.entries[0]?.seq ?? Number.POSITIVE_INFINITY) <= this.cursor) this.entries.shift()
    },
    open: () => Promise.reject(new Error('not asked for')),
    cursor: () => this.#later((): Position => ({ cursor: this.cursor, head: this.head })),
    createGroup: async () => true,
    changeReaders: async () => true,
    sweep: async () => false,
    settled: async () => undefined,
  }

  answerOne(): boolean {
    const answer = this.#pending.shift()
    answer?.()
    return answer !== undefined
  }

  /** What another node appends: nobody here is told. */
  appendElsewhere(): void {
    this.head += 1
    const body = new Uint8Array(1)
    const clientId = newClientId()
    this.entries.push({ seq: this.head, account: ACCOUNT, device: DEVICE, clientId, at: 0, body })
  }

  #page({ after, maxEntries }: ReadQuery): Page {
    return {
      entries: this.entries.filter(({ seq }) => seq > after).slice(0, maxEntries),
      head: this.head,
    }
  }

  #later<T>(read: () => T): Promise<T> {
    return new Promise((resolve) => {
      const value = read()
      this.#pending.push(() => resolve(value))
    })
  }
}

class RecordingOutlet implements Outlet {
  readonly device = DEVICE
  readonly seqs: number[] = []
  readonly holes: number[] = []
  room = true
  reader: LogReader | undefined
  hasRoom = (): boolean => this.room
  deliver(raw: Uint8Array): void {
    const frame = decodeServerFrame(raw)
    if (frame.kind === 'entries') this.seqs.push(...frame.entries.map(({ seq }) => seq))
  }
  lost(_log: LogId, upTo: number): void {
    this.holes.push(upTo)
  }
  failed(): void {
    throw new Error('the log failed')
  }
}

const SEAT: Seat = { publish: () => undefined, leave: () => undefined }
const sender = { settled: () => undefined }

function ticket(count: number) {
  const items = Array.from({ length: count }, () => ({
    log: LOG,
    clientId: newClientId(),
    body: new Uint8Array(1),
    expectedEpoch: undefined,
  }))
  return { account: ACCOUNT, device: DEVICE, lists: [], items, number: 1, at: 0, sender }
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 6; turn += 1) await Promise.resolve()
}

const upTo = (last: number, from = 1): readonly number[] =>
  Array.from({ length: last - from + 1 }, (_, index) => from + index)

type Event =
  | { readonly kind: 'append' | 'elsewhere' | 'ack'; readonly count: number }
  | { readonly kind: 'answer' | 'room' | 'noRoom' | 'hint' | 'poll' }

const counted = (kind: 'append' | 'elsewhere' | 'ack', max: number) =>
  fc.record({ kind: fc.constant(kind), count: fc.integer({ min: 1, max }) })
const plain = (...kinds: ('answer' | 'room' | 'noRoom' | 'hint' | 'poll')[]) =>
  fc.record({ kind: fc.constantFrom(...kinds) })

// Weighted so that the reader is live for much of the time: the seam is where it stops being so.
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 8, arbitrary: counted('append', 4) },
  { weight: 1, arbitrary: counted('append', 600) },
  { weight: 1, arbitrary: counted('elsewhere', 3) },
  { weight: 6, arbitrary: counted('ack', 400) },
  { weight: 12, arbitrary: plain('answer') },
  { weight: 2, arbitrary: plain('room') },
  { weight: 1, arbitrary: plain('noRoom') },
  { weight: 3, arbitrary: plain('hint', 'poll') },
)

class Stage {
  readonly logs = new ScriptedLogs()
  readonly service = new LogService(this.logs.port, SEAT)
  readonly outlet = new RecordingOutlet()
  readonly reader: LogReader
  #acked = 0
  #elsewhere = false

  constructor(before: number) {
    for (let count = 0; count < before; count += 1) this.logs.appendElsewhere()
    this.reader = this.service.attach(this.outlet, { log: LOG, after: 0, head: before })
  }

  async apply(what: Event): Promise<void> {
    if (what.kind === 'append') this.service.append(ticket(what.count))
    else if (what.kind === 'elsewhere') {
      this.#elsewhere = true
      for (let count = what.count; count > 0; count -= 1) this.logs.appendElsewhere()
    } else if (what.kind === 'ack') this.ack(what.count)
    else if (what.kind === 'answer') this.logs.answerOne()
    else if (what.kind === 'hint') this.service.grown(LOG, this.logs.head)
    else if (what.kind === 'poll') await this.service.poll()
    else this.#setRoom(what.kind === 'room')
    await settle()
    this.check()
  }

  ack(count: number): void {
    this.#acked = Math.min(this.#acked + count, this.outlet.seqs.at(-1) ?? 0)
    this.service.acknowledge(this.reader, this.#acked)
  }

  check(): void {
    expect(this.outlet.seqs).toEqual(upTo(this.outlet.seqs.length))
    expect(this.outlet.seqs.length - this.#acked).toBeLessThanOrEqual(MAX_UNACKED_ENTRIES)
    expect(this.outlet.holes).toEqual([])
  }

  /** Room, answers and acknowledgements until nothing moves. */
  async calm(): Promise<void> {
    this.#setRoom(true)
    // Without strangers' appends nothing may depend on polling.
    if (this.#elsewhere) await this.service.poll()
    for (;;) {
      await settle()
      this.ack(MAX_UNACKED_ENTRIES)
      await settle()
      if (!this.logs.answerOne() && this.outlet.seqs.length === this.#acked) break
    }
    await settle()
  }

  #setRoom(room: boolean): void {
    this.outlet.room = room
    if (room) this.reader.pump()
  }
}

describe('a reader', () => {
  test('gets each entry once and in order, whatever comes between backlog and live', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(0, 0, 3, 700),
        fc.array(event, { minLength: 10, maxLength: 60 }),
        async (before, events) => {
          const stage = new Stage(before)
          for (const what of events) await stage.apply(what)
          await stage.calm()
          stage.check()
          expect(stage.outlet.seqs.length).toBe(stage.logs.head)
        },
      ),
      { numRuns: 120 },
    )
  })

  test('is told what was dropped before it had it, once, and then goes on', async () => {
    const stage = new Stage(10)
    stage.logs.answerOne()
    await settle()
    stage.logs.appendElsewhere()
    stage.logs.appendElsewhere()
    stage.logs.appendElsewhere()
    stage.logs.entries.splice(0, 12)
    stage.service.grown(LOG, 13)
    for (let turn = 0; turn < 5; turn += 1) {
      stage.logs.answerOne()
      await settle()
    }
    expect(stage.outlet.holes).toEqual([12])
    expect(stage.outlet.seqs).toEqual([...upTo(10), 13])
  })

  test('is not told of a hole that it acknowledged itself over an older connection', async () => {
    const stage = new Stage(10)
    stage.logs.port.acknowledge(DEVICE, LOG, 4)
    const late = new RecordingOutlet()
    stage.service.attach(late, { log: LOG, after: 0, head: 10 })
    while (stage.logs.answerOne()) await settle()
    expect(late.holes).toEqual([])
    expect(late.seqs).toEqual(upTo(10, 5))
  })

  test('that acknowledges what an older connection brought does not get it again', async () => {
    const stage = new Stage(10)
    stage.service.acknowledge(stage.reader, 8)
    await settle()
    while (stage.logs.answerOne()) await settle()
    expect(stage.outlet.seqs).toEqual([9, 10])
  })

  test('that acknowledges nothing is given a thousand entries and no more', async () => {
    const stage = new Stage(3_000)
    while (stage.logs.answerOne()) await settle()
    expect(stage.outlet.seqs.length).toBe(MAX_UNACKED_ENTRIES)
    stage.service.append(ticket(5))
    while (stage.logs.answerOne()) await settle()
    expect(stage.outlet.seqs.length).toBe(MAX_UNACKED_ENTRIES)
  })
})
