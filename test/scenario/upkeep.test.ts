// What time brings, and what happens when the disk says no.

import { beforeEach, describe, expect, test } from 'vitest'
import { type Directory, DirectoryError } from '../../src/client/directory.ts'
import { createDriver } from '../../src/client/driver.ts'
import type { Notice } from '../../src/engine/step.ts'
import { mailboxOf } from '../../src/protocol/ids.ts'
import type { PrekeyUpload } from '../../src/protocol/prekeys.ts'
import { type Store, StoreError } from '../../src/store/port.ts'
import { Chance } from './world/chance.ts'
import { SealLog, testPrimitives } from './world/primitives.ts'
import { copyOf, START } from './world/profile.ts'
import { errorsOf, eventsOf, lastOf, PROFILES, Town, texts } from './world/town.ts'

const DAY = 24 * 3_600_000

describe('our own prekeys', () => {
  const uploads: {
    readonly upload: PrekeyUpload
    readonly replace: boolean
    readonly at: number
  }[] = []
  let now = START
  let store: Store
  const nobody = () => Promise.reject(new DirectoryError('not_found'))
  const directory: Directory = {
    lookup: nobody,
    account: nobody,
    deviceLists: nobody,
    claimPrekeys: nobody,
    async uploadPrekeys(upload, replace) {
      uploads.push({ upload, replace, at: now })
    },
  }
  const open = (seed: number) => {
    const chance = new Chance(seed)
    const random = (length: number) => chance.bytes(length)
    const env = { primitives: testPrimitives(new SealLog()), now: () => now, random }
    store = copyOf(PROFILES.alice)
    return createDriver({ store, directory, env, local: PROFILES.alice.local })
  }

  beforeEach(() => {
    uploads.length = 0
    now = START
  })

  test('are refilled when they run low, at a moment of chance, up to a hundred', async () => {
    const moments: number[] = []
    for (let seed = 1; seed <= 8; seed += 1) {
      now = START
      uploads.length = 0
      const driver = open(seed)
      await driver.prekeys({ curve: 19, kem: 60 })
      expect(uploads).toEqual([])
      for (let next = await driver.tick(); uploads.length === 0; next = await driver.tick()) {
        now = next ?? now
      }
      moments.push(now - START)
      expect(uploads[0]?.upload.curveOneTime).toHaveLength(81)
      expect(uploads[0]?.upload.kemOneTime).toHaveLength(40)
      expect(now - START).toBeLessThan(600_000)
      await driver.tick()
      expect(uploads).toHaveLength(1)
    }
    expect(new Set(moments).size).toBeGreaterThan(6)
  })

  test('that last are changed weekly, and their private halves go a month later (R6)', async () => {
    const driver = open(1)
    await driver.tick()
    const [first] = store.prekeys('kem-last-resort')
    now += 7 * DAY
    await driver.tick()
    expect(uploads.at(-1)?.upload).toMatchObject({
      kemLastResort: { id: 2 },
      curveSigned: { id: 2 },
      curveOneTime: [],
    })
    expect(store.prekey('kem-last-resort', first?.id ?? 0)).toBeDefined()
    now += 29 * DAY
    await driver.tick()
    expect(store.prekey('kem-last-resort', first?.id ?? 0)).toBeDefined()
    now += 2 * DAY
    await driver.tick()
    // By our clock alone: the server may hand it out to this day.
    expect(store.prekey('kem-last-resort', first?.id ?? 0)).toBeDefined()
    await driver.prekeys({ curve: 100, kem: 100 }, { restored: 0, time: now })
    await driver.tick()
    expect(store.prekey('kem-last-resort', first?.id ?? 0)).toBeUndefined()
  })

  test('are all new for a server that came back from a backup (N11)', async () => {
    const driver = open(1)
    await driver.prekeys({ curve: 100, kem: 100 }, { restored: 4, time: now })
    expect(uploads).toEqual([])
    await driver.prekeys({ curve: 0, kem: 0 }, { restored: 5, time: now })
    expect(uploads).toHaveLength(1)
    expect(uploads[0]).toMatchObject({ replace: true, upload: { curveSigned: { id: 1 } } })
    expect(uploads[0]?.upload.kemOneTime).toHaveLength(100)
    await driver.prekeys({ curve: 100, kem: 100 }, { restored: 5, time: now })
    expect(uploads).toHaveLength(1)
  })

  test('are all new also where one that lasts was never heard of, and then there is rest', async () => {
    const driver = open(1)
    await driver.prekeys({ curve: 100, kem: 100 }, { restored: 4, time: now })
    await driver.tick()
    const online = directory.uploadPrekeys
    directory.uploadPrekeys = nobody
    for (let week = 0; week < 2; week += 1) {
      now += 7 * DAY
      await driver.tick()
    }
    directory.uploadPrekeys = online
    await driver.prekeys({ curve: 100, kem: 100 }, { restored: 4, time: now })
    expect(uploads.at(-1)).toMatchObject({ replace: false, upload: { curveSigned: { id: 3 } } })
    expect(store.unsentPrekeys('curve-signed').map(({ id }) => id)).toEqual([2])
    await driver.prekeys({ curve: 100, kem: 100 }, { restored: 5, time: now })
    expect(uploads.at(-1)).toMatchObject({ replace: true, upload: { curveSigned: { id: 3 } } })
    expect(uploads.at(-1)?.upload.curveOneTime).toHaveLength(100)
    expect(await driver.tick()).toBeGreaterThan(now + 60_000)
  })

  test('are all new for a server that came back while it was given some', async () => {
    const driver = open(1)
    await driver.prekeys({ curve: 100, kem: 100 }, { restored: 4, time: now })
    const log = mailboxOf(PROFILES.alice.local.device)
    store.transaction((tx) => tx.putCursor(log, 9))
    const online = directory.uploadPrekeys
    directory.uploadPrekeys = async (upload, replace) => {
      directory.uploadPrekeys = online
      await driver.welcomed(log, { head: 3, cursor: 3 })
      await online(upload, replace)
    }
    now += 7 * DAY
    await driver.tick()
    expect(uploads.at(-1)).toMatchObject({ replace: false, upload: { curveOneTime: [] } })
    await driver.tick()
    expect(uploads.at(-1)).toMatchObject({ replace: true, upload: { curveSigned: { id: 2 } } })
    expect(uploads.at(-1)?.upload.kemOneTime).toHaveLength(100)
    const { length } = uploads
    expect(await driver.tick()).toBeGreaterThan(now + 60_000)
    expect(uploads).toHaveLength(length)
  })
})

describe('a disk that fails', () => {
  const full = (): never => {
    throw new StoreError('full', 'no room')
  }
  /** Reads work; each commit fails once `broken`. */
  const failing =
    (state: { broken: boolean }) =>
    (store: Store): Store => ({
      ...store,
      transaction: (work) =>
        store.transaction((tx) => {
          const result = work(tx)
          return state.broken ? full() : result
        }),
    })

  test('says nothing to anybody: no bytes, no acknowledgement, no notice', async () => {
    const state = { broken: false }
    const town = new Town({ store: failing(state) })
    await town.settle()
    await town.befriend()
    const notices: Notice[] = []
    town.bob.driver.subscribe((notice) => void notices.push(notice))
    await town.say(town.alice, 'before')
    const heard = notices.length
    town.bob.disconnect()
    await town.say(town.alice, 'unheard')
    state.broken = true
    const intent = {
      kind: 'sendMessage',
      to: { kind: 'chat', chat: town.chat(town.bob) },
      body: { kind: 'text', text: 'lost', mentions: [] },
      idempotencyKey: 'k',
    } as const
    await expect(town.bob.driver.submit(intent)).rejects.toThrow(StoreError)
    town.bob.connect()
    await town.settle()
    expect(town.bob.driver.outbox(9)).toEqual([])
    expect(town.server.waiting(town.bob.log)).toHaveLength(1)
    expect(notices).toHaveLength(heard)
    expect(town.bob.failures.every((failure) => failure instanceof StoreError)).toBe(true)
    expect(town.bob.failures).not.toEqual([])
    state.broken = false
    town.bob.disconnect()
    town.bob.connect()
    await town.settle()
    expect(texts(town.bob)).toEqual(['before', 'unheard'])
    expect(errorsOf(town.bob)).toEqual([])
  })
})

describe('what the server says of an append', () => {
  test('later: the row stays as it is and goes at its time', async () => {
    const town = new Town()
    await town.settle()
    await town.befriend()
    town.server.busyUntil = town.now + 5_000
    await town.say(town.alice, 'patience')
    const [row] = town.alice.store.outbox(Number.MAX_SAFE_INTEGER, 1)
    expect([lastOf(town.alice).status, town.alice.driver.outbox(1)]).toEqual(['queued', []])
    await town.pass(5_000)
    expect(texts(town.bob)).toEqual(['patience'])
    expect(row?.items).toHaveLength(1)
    expect(lastOf(town.alice).status).toBe('stored')
  })

  test('never: the message failed, and says so', async () => {
    const town = new Town()
    await town.settle()
    await town.befriend()
    town.alice.disconnect()
    await town.say(town.alice, 'unwelcome')
    const [row] = town.alice.driver.outbox(1)
    expect(await town.alice.driver.refused(row?.row ?? 0, 'not_allowed', [], 0)).toBeUndefined()
    expect(lastOf(town.alice)).toMatchObject({ status: 'failed', failure: 'not_allowed' })
    expect(errorsOf(town.alice)).toEqual(['send_failed'])
    expect(town.alice.store.outboxSize()).toBe(0)
  })
})

test('what the server dropped unread is a gap, once', async () => {
  const town = new Town()
  await town.settle()
  await town.alice.driver.gap(town.alice.log, 7)
  await town.alice.driver.gap(town.alice.log, 7)
  const gaps = town.alice.store.events(0, 9).filter((event) => event.type === 'gap')
  expect(gaps.map((event) => JSON.parse(event.data))).toEqual([
    { log: town.alice.log, from: 1, to: 7 },
  ])
  expect(town.alice.store.cursor(town.alice.log)).toBe(7)
})

test('the journal forgets what is older than ninety days, and the history does not', async () => {
  const town = new Town()
  await town.settle()
  await town.befriend()
  await town.say(town.alice, 'old')
  await town.pass(89 * DAY)
  expect(eventsOf(town.bob, 'message')).toHaveLength(1)
  await town.say(town.alice, 'young')
  const last = town.bob.store.lastEvent()
  await town.pass(2 * DAY)
  const [left, ...more] = eventsOf(town.bob, 'message')
  expect(more).toEqual([])
  expect(left?.message && town.bob.store.message(left.message)?.body).toBe('young')
  expect(left?.cursor).toBeLessThanOrEqual(last)
  expect(texts(town.bob)).toEqual(['old', 'young'])
})
