// What every adapter of the log storage promises. One file of tests per adapter calls it.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AppendOutcome, AppendRequest, LogStorage } from '../../server/storage/log-port.ts'
import type { Storage } from '../../server/storage/port.ts'
import { systemEnv } from '../../server/system-env.ts'
import {
  type AccountId,
  type DeviceId,
  type LogId,
  mailboxOf,
  uuidV4,
} from '../../src/protocol/ids.ts'
import { addPerson, type Person } from './support/people.ts'
import { newClientId } from './support/stream-client.ts'

export interface Quota {
  readonly entries: number
  readonly bytes: number
}

export type OpenStorage = (options: {
  readonly now: () => number
  readonly quota?: Quota
}) => Promise<{
  readonly storage: Storage
  readonly reopen: () => Promise<Storage>
  readonly end: () => Promise<void>
}>

const DAY = 24 * 3_600_000
const RETENTION = 30 * DAY

const appendTo = (logs: LogStorage, request: AppendRequest): Promise<AppendOutcome> =>
  new Promise((resolve) => {
    logs.append(request, (_request, outcome) => resolve(outcome))
  })

const seqsOf = (outcome: AppendOutcome): readonly number[] =>
  outcome.kind === 'appended' ? outcome.results.map(({ seq }) => seq) : []

export function logStorageContract(name: string, open: OpenStorage): void {
  describe(`the logs of ${name}`, () => {
    let now = 1_800_000_000_000
    let stage: Awaited<ReturnType<OpenStorage>>
    let storage: Storage
    let alice: Person
    let bob: Person
    let number = 0
    const newNumber = (): number => {
      number += 1
      return number
    }

    const start = async (quota?: Quota): Promise<void> => {
      stage = await open({ now: () => now, ...(quota === undefined ? {} : { quota }) })
      storage = stage.storage
    }
    // Opening starts a thread: one storage serves all tests but those that want a small one.
    beforeAll(() => start())
    beforeEach(async () => {
      alice = await addPerson(storage, newNumber())
      bob = await addPerson(storage, newNumber())
    })
    afterAll(() => stage.end())
    const item = (log: string, more: Partial<AppendRequest['items'][number]> = {}) => ({
      log: log as LogId,
      clientId: newClientId(),
      body: new Uint8Array([1]),
      expectedEpoch: undefined,
      ...more,
    })
    const from = (
      who: Person,
      items: AppendRequest['items'],
      lists: AppendRequest['lists'] = [],
    ): Promise<AppendOutcome> =>
      appendTo(storage.logs, { account: who.account, device: who.device, lists, items })
    const seqsIn = async (log: string, after = 0): Promise<readonly number[]> => {
      const page = await storage.logs.read({
        log: log as LogId,
        after,
        maxEntries: 10_000,
        maxBytes: 10_000_000,
      })
      return page.entries.map(({ seq }) => seq)
    }
    const group = async (...readers: readonly Person[]): Promise<LogId> => {
      const log = uuidV4<LogId>(systemEnv.random(16))
      await storage.logs.createGroup({ log, readers: readers.map(({ device }) => device) })
      return log
    }

    test('sequences run from one without holes, and entries come back as they were given', async () => {
      const body = systemEnv.random(300)
      const first = item(bob.device, { body })
      expect(await from(alice, [first])).toEqual({
        kind: 'appended',
        results: [{ log: bob.device, seq: 1, at: now, fresh: true }],
      })
      expect(seqsOf(await from(alice, [item(bob.device), item(bob.device)]))).toEqual([2, 3])
      const page = await storage.logs.read({
        log: mailboxOf(bob.device),
        after: 0,
        maxEntries: 1,
        maxBytes: 1,
      })
      expect(page.head).toBe(3)
      expect(page.entries).toHaveLength(1)
      const { clientId } = first
      const entry = page.entries[0]
      expect(entry).toMatchObject({
        seq: 1,
        account: alice.account,
        device: alice.device,
        clientId,
        at: now,
      })
      expect(Buffer.from(entry?.body ?? [])).toEqual(Buffer.from(body))
    })

    test('the same append again has the same answer and stores nothing', async () => {
      const same = [item(bob.device), item(alice.device)]
      const first = await from(alice, same)
      now += 1000
      const second = await from(alice, same)
      expect(seqsOf(second)).toEqual(seqsOf(first))
      expect(second).toMatchObject({
        results: [{ at: now - 1000, fresh: false }, { fresh: false }],
      })
      expect(await seqsIn(bob.device)).toEqual([1])
    })

    test('the same client id of another device or to another log is another append', async () => {
      const one = item(bob.device)
      await from(alice, [one])
      expect(seqsOf(await from(bob, [one]))).toEqual([2])
      expect(seqsOf(await from(alice, [{ ...one, log: mailboxOf(alice.device) }]))).toEqual([1])
    })

    test('an id named twice in one append is stored once', async () => {
      const one = item(bob.device)
      expect(seqsOf(await from(alice, [one, one]))).toEqual([1, 1])
      expect(await seqsIn(bob.device)).toEqual([1])
    })

    test('a retry is answered as the first time though it would be refused now', async () => {
      const log = await group(alice, bob)
      const commit = [item(log, { expectedEpoch: 0 })]
      const first = await from(alice, commit)
      expect(await from(bob, [item(log, { expectedEpoch: 0 })])).toMatchObject({
        reason: 'epoch_conflict',
      })
      expect(seqsOf(await from(alice, commit))).toEqual(seqsOf(first))
    })

    test('all items or none: one refused item takes the others with it', async () => {
      const unknown = uuidV4<LogId>(systemEnv.random(16))
      expect(await from(alice, [item(bob.device), item(unknown)])).toMatchObject({
        reason: 'unknown_log',
      })
      expect(await seqsIn(bob.device)).toEqual([])
      expect(seqsOf(await from(alice, [item(bob.device)]))).toEqual([1])
    })

    test('appends of one group commit do not harm each other', async () => {
      const unknown = uuidV4<LogId>(systemEnv.random(16))
      const outcomes = await Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          from(alice, [item(index % 3 === 0 ? unknown : bob.device)]),
        ),
      )
      expect(outcomes.flatMap(seqsOf)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
      expect((await seqsIn(bob.device)).length).toBe(40)
    })

    test('of two hundred commits for one epoch exactly one holds', async () => {
      const members = [alice, bob]
      const log = await group(...members)
      for (let epoch = 0; epoch < 5; epoch += 1) {
        const outcomes = await Promise.all(
          Array.from({ length: 200 }, (_, index) =>
            from(members[index % 2] ?? alice, [item(log, { expectedEpoch: epoch })]),
          ),
        )
        expect(outcomes.filter(({ kind }) => kind === 'appended')).toHaveLength(1)
      }
      expect(await seqsIn(log)).toEqual([1, 2, 3, 4, 5])
    })

    test('two commits for one epoch in one append are refused together', async () => {
      const log = await group(alice)
      const both = [item(log, { expectedEpoch: 0 }), item(log, { expectedEpoch: 0 })]
      expect(await from(alice, both)).toMatchObject({ reason: 'epoch_conflict' })
      expect(await seqsIn(log)).toEqual([])
    })

    test('a mailbox has no epoch', async () => {
      const append = from(alice, [item(bob.device, { expectedEpoch: 0 })])
      expect(await append).toMatchObject({ reason: 'not_allowed' })
    })

    test('who does not read a group cannot write to it nor learn that it is there', async () => {
      const log = await group(bob)
      expect(await from(alice, [item(log)])).toMatchObject({ reason: 'unknown_log' })
      expect(await storage.logs.cursor(alice.device, log)).toBeUndefined()
    })

    test('an append for an older device list is refused and names the account', async () => {
      const lists = [{ account: bob.account, version: 0 }]
      expect(await from(alice, [item(bob.device)], lists)).toMatchObject({
        reason: 'stale_devices',
        accounts: [bob.account],
      })
      const known = [{ account: bob.account, version: 1 }]
      expect(await from(alice, [item(bob.device)], known)).toMatchObject({ kind: 'appended' })
    })

    test('a list that grows is seen by the next append, however often it was read before', async () => {
      const lists = [{ account: bob.account, version: 1 }]
      expect(await from(alice, [item(bob.device)], lists)).toMatchObject({ kind: 'appended' })
      const change = {
        account: bob.account,
        version: 2,
        list: { body: new Uint8Array(9), signature: new Uint8Array(64) },
        add: [],
        remove: [],
        day: 0,
      }
      expect(await storage.directory.appendList(change)).toBe('appended')
      expect(await from(alice, [item(bob.device)], lists)).toMatchObject({
        reason: 'stale_devices',
      })
    })

    test('an entry goes when its reader has it', async () => {
      await from(alice, [item(bob.device), item(bob.device), item(bob.device)])
      storage.logs.acknowledge(bob.device, mailboxOf(bob.device), 2)
      await storage.logs.settled()
      expect(await seqsIn(bob.device)).toEqual([3])
      expect(seqsOf(await from(alice, [item(bob.device)]))).toEqual([4])
    })

    test('an acknowledgement beyond the head is one of the head', async () => {
      await from(alice, [item(bob.device)])
      storage.logs.acknowledge(bob.device, mailboxOf(bob.device), 999)
      await storage.logs.settled()
      await from(alice, [item(bob.device)])
      expect(await seqsIn(bob.device)).toEqual([2])
      expect(await storage.logs.cursor(bob.device, mailboxOf(bob.device))).toEqual({
        cursor: 1,
        head: 2,
      })
    })

    test('an entry of a group goes when the last of its readers has it', async () => {
      const log = await group(alice, bob)
      await from(alice, [item(log), item(log)])
      storage.logs.acknowledge(alice.device, log, 2)
      await storage.logs.settled()
      expect(await seqsIn(log)).toEqual([1, 2])
      storage.logs.acknowledge(bob.device, log, 1)
      await storage.logs.settled()
      expect(await seqsIn(log)).toEqual([2])
    })

    test('a new reader begins at the head, and a removed one holds nothing back', async () => {
      const log = await group(alice, bob)
      await from(alice, [item(log)])
      storage.logs.acknowledge(alice.device, log, 1)
      await storage.logs.settled()
      const carol = await addPerson(storage, newNumber())
      await storage.logs.changeReaders({ log, add: [carol.device], remove: [] })
      expect(await storage.logs.cursor(carol.device, log)).toEqual({ cursor: 1, head: 1 })
      await storage.logs.changeReaders({ log, add: [], remove: [bob.device] })
      expect(await seqsIn(log)).toEqual([])
      expect(await from(bob, [item(log)])).toMatchObject({ reason: 'unknown_log' })
    })

    test('a retry outlives its entry by a week, and not for ever', async () => {
      const one = item(bob.device)
      await from(alice, [one])
      now += 29 * DAY
      storage.logs.acknowledge(bob.device, mailboxOf(bob.device), 1)
      await storage.logs.settled()
      now += 7 * DAY
      while (await storage.logs.sweep({ now, retentionMs: RETENTION }));
      expect(seqsOf(await from(alice, [one]))).toEqual([1])
      now += 2 * DAY
      while (await storage.logs.sweep({ now, retentionMs: RETENTION }));
      expect(seqsOf(await from(alice, [one]))).toEqual([2])
    })

    test('what nobody fetched goes after its time, and what is younger stays', async () => {
      await from(
        alice,
        Array.from({ length: 60 }, () => item(bob.device)),
      )
      now += RETENTION
      await from(alice, [item(bob.device)])
      now += 1
      while (await storage.logs.sweep({ now, retentionMs: RETENTION }));
      expect(await seqsIn(bob.device)).toEqual([61])
    })

    test('an older generation, or the same by another opening, is a copy', async () => {
      const { device } = bob
      const here = new Uint8Array(16).fill(1)
      const there = new Uint8Array(16).fill(2)
      const opened = { kind: 'opened', cursor: 0, head: 0 }
      const openAs = (generation: number, opening: Uint8Array) =>
        storage.logs.open({ device, generation, opening })
      expect(await openAs(5, here)).toEqual(opened)
      expect(await openAs(5, here)).toEqual(opened)
      expect(await openAs(5, there)).toEqual({ kind: 'rolled_back' })
      expect(await openAs(4, here)).toEqual({ kind: 'rolled_back' })
      expect(await openAs(6, there)).toEqual(opened)
      const nobody = uuidV4<DeviceId>(systemEnv.random(16))
      expect(await storage.logs.open({ device: nobody, generation: 1, opening: here })).toEqual({
        kind: 'unknown',
      })
    })

    test('with the device goes its mailbox', async () => {
      await from(alice, [item(bob.device)])
      await storage.directory.deleteAccount(bob.account as AccountId)
      expect(await from(alice, [item(bob.device)])).toMatchObject({ reason: 'unknown_log' })
      expect(await seqsIn(bob.device)).toEqual([])
    })

    test('what was acknowledged is there after a restart', async () => {
      const one = item(bob.device)
      await from(alice, [one])
      storage = await stage.reopen()
      expect(await seqsIn(bob.device)).toEqual([1])
      expect(seqsOf(await from(alice, [one]))).toEqual([1])
      expect(seqsOf(await from(alice, [item(bob.device)]))).toEqual([2])
    })

    describe('with room for eight entries or a thousand bytes', () => {
      beforeAll(async () => {
        await stage.end()
        await start({ entries: 8, bytes: 1_000 })
      })
      const fill = async (who: Person, count: number): Promise<readonly string[]> => {
        const kinds: string[] = []
        while (kinds.length < count) kinds.push((await from(who, [item(bob.device)])).kind)
        return kinds
      }

      test('one sender cannot shut the others out of a mailbox', async () => {
        expect(await fill(alice, 6)).toEqual([...Array(4).fill('appended'), 'refused', 'refused'])
        const honest = await addPerson(storage, newNumber())
        expect(await fill(honest, 3)).toEqual(['appended', 'appended', 'refused'])
      })

      test('a full mailbox refuses everybody, and has room again when it is read', async () => {
        await fill(alice, 4)
        for (let other = 0; other < 2; other += 1) {
          await fill(await addPerson(storage, newNumber()), 2)
        }
        const late = await addPerson(storage, newNumber())
        expect(await from(late, [item(bob.device)])).toMatchObject({ reason: 'quota' })
        storage.logs.acknowledge(bob.device, mailboxOf(bob.device), 1)
        await storage.logs.settled()
        expect(await fill(late, 2)).toEqual(['appended', 'refused'])
      })

      test('one append cannot pass the quota by the number of its items', async () => {
        const nine = Array.from({ length: 9 }, () => item(bob.device))
        expect(await from(alice, nine)).toMatchObject({ reason: 'quota' })
        expect(await seqsIn(bob.device)).toEqual([])
      })

      test('bytes count too', async () => {
        const large = (size: number) => [item(bob.device, { body: new Uint8Array(size) })]
        expect(await from(alice, large(400))).toMatchObject({ kind: 'appended' })
        expect(await from(alice, large(200))).toMatchObject({ reason: 'quota' })
        const other = await addPerson(storage, newNumber())
        expect(await from(other, large(200))).toMatchObject({ kind: 'appended' })
      })
    })
  })
}
