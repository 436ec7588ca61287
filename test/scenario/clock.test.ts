// A clock that leaps 400 days, ahead or back, and comes home again. The server lets nobody in whose
// clock is off; what must hold is that nothing was destroyed, said or lost meanwhile.

import { beforeEach, describe, expect, test } from 'vitest'
import { DirectoryError } from '../../src/client/directory.ts'
import { createDriver } from '../../src/client/driver.ts'
import { Chance } from './world/chance.ts'
import type { Device } from './world/device.ts'
import { SealLog, testPrimitives } from './world/primitives.ts'
import { copyOf, START } from './world/profile.ts'
import { errorsOf, eventsOf, lastOf, PROFILES, Town, texts } from './world/town.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const FAR = 400 * DAY

let town: Town

async function set(device: Device, skew: number): Promise<void> {
  device.skew = skew
  await town.pass(1_000)
}

async function home(device: Device): Promise<void> {
  device.skew = 0
  device.disconnect()
  device.connect()
  await town.settle()
  await town.pass(1_000)
  await town.pass(10_000)
}

const bodies = (device: Device): readonly string[] =>
  device.store.messages({ limit: 50 }).map(({ body }) => body)

beforeEach(async () => {
  town = new Town()
  await town.settle()
  await town.befriend()
})

describe('a clock that leaps 400 days ahead and comes back', () => {
  test('destroys nothing: no message, no journal, no memory of what came', async () => {
    await town.say(town.alice, 'for a week', { expireAfter: 7 * DAY })
    await town.wish(town.bob, { kind: 'markRead', chat: town.chat(town.bob) })
    await town.pass(10_000)
    const journal = eventsOf(town.bob, 'message').length
    const keys = ['curve-signed', 'kem-last-resort'] as const
    const before = keys.map((kind) => town.bob.store.prekeys(kind).map(({ id }) => id))
    await set(town.bob, FAR)
    expect(town.bob.wire).toBeUndefined()
    await town.pass(HOUR)
    await home(town.bob)
    expect(texts(town.bob)).toEqual(['for a week'])
    expect(eventsOf(town.bob, 'message')).toHaveLength(journal)
    expect(keys.map((kind) => town.bob.store.prekeys(kind).map(({ id }) => id))).toEqual(before)
    await town.say(town.alice, 'after')
    expect(texts(town.bob)).toEqual(['for a week', 'after'])
  })

  test('sends no scheduled message early, and repeats none that was sent', async () => {
    await town.say(town.alice, 'tomorrow', { dueAt: town.now + DAY })
    await town.say(town.alice, 'said')
    await set(town.alice, FAR)
    await town.say(town.alice, 'said')
    await town.pass(HOUR)
    await home(town.alice)
    await town.pass(1_000)
    expect(texts(town.bob)).toEqual(['said'])
    await town.pass(DAY)
    expect(texts(town.bob)).toEqual(['said', 'tomorrow'])
  })

  test('keeps what was written meanwhile, and sends it once', async () => {
    await set(town.alice, FAR)
    await town.say(town.alice, 'out of time')
    expect(lastOf(town.alice).status).toBe('queued')
    await home(town.alice)
    expect(texts(town.bob)).toEqual(['out of time'])
  })

  test('leaves nothing to wait for the year that it came from', async () => {
    await town.say(town.alice, 'one')
    await set(town.bob, FAR)
    // Read by a clock that is off: its end, and the receipts, lie 400 days ahead.
    await town.say(town.alice, 'two', { expireAfter: HOUR })
    town.bob.skew = 0
    town.bob.connect()
    await town.settle()
    town.bob.skew = FAR
    await town.wish(town.bob, { kind: 'markRead', chat: town.chat(town.bob) })
    await town.pass(1_000)
    await home(town.bob)
    await town.pass(10_000)
    expect(town.alice.store.messages({ limit: 9 }).map(({ status }) => status)).toEqual([
      'read',
      'read',
    ])
    await town.pass(2 * HOUR)
    expect(bodies(town.bob)).toEqual(['one'])
  })

  test('is believed once the server agrees, or after a day', async () => {
    await town.say(town.alice, 'for a week', { expireAfter: 7 * DAY })
    await town.wish(town.bob, { kind: 'markRead', chat: town.chat(town.bob) })
    town.alice.disconnect()
    town.bob.disconnect()
    await town.pass(40 * DAY)
    // Both were away: the clocks are right, and nobody has said so yet.
    expect(bodies(town.alice)).toEqual(['for a week'])
    town.bob.connect()
    await town.settle()
    await town.pass(1_000)
    expect(bodies(town.bob)).toEqual([])
    expect(bodies(town.alice)).toEqual(['for a week'])
    await town.pass(DAY)
    expect(bodies(town.alice)).toEqual([])
  })
})

describe('a clock that leaps 400 days back and comes home', () => {
  test('loses nothing and holds nothing up', async () => {
    await town.say(town.alice, 'one')
    await set(town.alice, -FAR)
    await town.say(town.alice, 'two')
    await set(town.bob, -FAR)
    await town.pass(HOUR)
    await home(town.alice)
    await home(town.bob)
    await town.say(town.bob, 'three')
    await town.pass(10_000)
    expect(texts(town.bob)).toEqual(['one', 'two'])
    expect(texts(town.alice)).toEqual(['three'])
    for (const device of [town.alice, town.bob]) {
      expect(errorsOf(device)).toEqual([])
      expect(device.store.outboxSize()).toBe(0)
    }
  })
})

test('a clock that leaps back opens a session that begins meanwhile', async () => {
  town.alice.store.transaction((tx) => tx.deleteAllSessions())
  town.bob.skew = -FAR
  await town.say(town.alice, 'anew')
  expect(texts(town.bob)).toEqual(['anew'])
  expect(errorsOf(town.bob)).toEqual([])
})

describe('our own prekeys', () => {
  const uploads: number[] = []
  let now: number
  const nobody = () => Promise.reject(new DirectoryError('not_found'))
  let limited: DirectoryError | undefined
  const open = () => {
    const chance = new Chance(1)
    const random = (length: number) => chance.bytes(length)
    const env = { primitives: testPrimitives(new SealLog()), now: () => now, random }
    const store = copyOf(PROFILES.alice)
    const directory = {
      lookup: nobody,
      account: nobody,
      deviceLists: nobody,
      claimPrekeys: nobody,
      async uploadPrekeys() {
        if (limited !== undefined) throw limited
        uploads.push(now)
      },
    }
    return { store, driver: createDriver({ store, directory, env, local: PROFILES.alice.local }) }
  }

  beforeEach(() => {
    now = START
    uploads.length = 0
    limited = undefined
  })

  test('that a wrong clock made do not serve for a year', async () => {
    const { store, driver } = open()
    await driver.tick()
    now += FAR
    await driver.prekeys({ curve: 100, kem: 100 }, { restored: 0, time: now })
    expect(store.prekeys('kem-last-resort').at(-1)?.createdAt).toBe(now)
    now -= FAR
    await driver.tick()
    const current = store.prekeys('kem-last-resort').filter((key) => key.retiredAt === undefined)
    expect(current.map(({ createdAt }) => createdAt)).toEqual([now])
    now += 31 * DAY
    await driver.prekeys({ curve: 100, kem: 100 }, { restored: 0, time: now })
    await driver.tick()
    expect(store.prekeys('kem-last-resort').filter((key) => key.createdAt > now)).toEqual([])
    expect(store.prekeys('kem-last-resort').at(-1)?.createdAt).toBe(now)
  })

  test('go out after the wait that the server named, not fifty years later', async () => {
    const { driver } = open()
    now += 8 * DAY
    limited = new DirectoryError('rate_limited', now + 60_000)
    expect(await driver.tick()).toBeLessThanOrEqual(now + HOUR)
    limited = undefined
    now += HOUR
    await driver.tick()
    expect(uploads).toEqual([now])
  })
})
