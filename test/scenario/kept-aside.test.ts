// Nothing is lost across a change of identity (I1): what comes from devices that are nobody's yet is
// kept aside, and read when they are somebody's. The ids are those of docs/threat-model.md.

import { beforeEach, describe, expect, test } from 'vitest'
import type { Device } from './world/device.ts'
import { headOfList, makeProfile, type Profile } from './world/profile.ts'
import { errorsOf, eventsOf, PROFILES, Town, texts } from './world/town.ts'

const HOUR = 3_600_000
const BOB = PROFILES.bob.account
const ACCEPT = { kind: 'acceptChange', account: BOB } as const
/** Bob's account with new keys: he registered again. */
const BOB_AGAIN = makeProfile('bob', 21, 22, BOB)
const BOB_LAPTOP = makeProfile('bob', 12, 23)
const { nextList, record } = PROFILES.bob
const WITH_LAPTOP = nextList([record, BOB_LAPTOP.record])
let town: Town

beforeEach(async () => {
  town = new Town()
  await town.settle()
  await town.befriend()
})

const kept = () => town.alice.store.quarantined(20).map(({ reason }) => reason)
const waiting = () => town.server.waiting(town.alice.log).length

function changeKey(): Promise<Device> {
  const account = town.server.account(BOB) as { identityKey: Uint8Array; lists: unknown[] }
  account.identityKey = BOB_AGAIN.identityKey
  account.lists.splice(0, account.lists.length)
  town.server.publish(BOB, BOB_AGAIN.list, BOB_AGAIN.head)
  return newDevice(BOB_AGAIN)
}

/** Who knows nobody yet, and asks Alice first. */
async function newDevice(profile: Profile): Promise<Device> {
  const device = town.add(profile)
  await town.wish(device, { kind: 'addContact', name: PROFILES.alice.name })
  return device
}

describe('I1: what the devices of a changed key sent', () => {
  let bob: Device

  beforeEach(async () => {
    bob = await changeKey()
    for (const text of ['one', 'two', 'three']) await town.say(bob, text)
    expect(texts(town.alice)).toEqual([])
    // The request before them too.
    expect(kept()).toEqual(Array(4).fill('untrusted_identity'))
    expect(waiting()).toBe(0)
  })

  test('arrives once and in order when the change is accepted', async () => {
    await town.wish(town.alice, ACCEPT)
    expect(texts(town.alice)).toEqual(['one', 'two', 'three'])
    expect(eventsOf(town.alice, 'message')).toHaveLength(3)
    expect(kept()).toEqual([])
    await town.say(bob, 'four')
    await town.wish(town.alice, ACCEPT)
    expect(texts(town.alice)).toEqual(['one', 'two', 'three', 'four'])
    await town.pass(10_000)
    expect(bob.store.messages({ limit: 9 }).map(({ status }) => status)).toEqual(
      Array(4).fill('delivered'),
    )
  })

  test('comes before what they send next, though the directory could not be asked at once', async () => {
    town.alice.online = false
    await town.wish(town.alice, ACCEPT)
    expect(texts(town.alice)).toEqual([])
    town.alice.online = true
    town.alice.connect()
    await town.say(bob, 'four')
    expect(texts(town.alice)).toEqual(['one', 'two', 'three', 'four'])
  })

  test('is not forgotten by a process that ends right after the acceptance', async () => {
    town.alice.fuse = { left: 1, at: 'after' }
    town.alice.submit(ACCEPT)
    await town.settle()
    expect(town.alice.store.contact(BOB)?.trust).toBe('unverified')
    expect(texts(town.alice)).toEqual([])
    await town.pass(1_000)
    expect(texts(town.alice)).toEqual(['one', 'two', 'three'])
    expect(kept()).toEqual([])
  })

  test('stays aside, with the reason, where it does not open', async () => {
    town.inject(bob, town.alice, Uint8Array.of(1, 2, 3))
    await town.say(bob, 'after it')
    await town.wish(town.alice, ACCEPT)
    expect(texts(town.alice)).toEqual(['one', 'two', 'three', 'after it'])
    expect(kept()).toEqual(['malformed'])
    const said = errorsOf(town.alice)
    await town.pass(HOUR)
    expect(kept()).toEqual(['malformed'])
    expect(errorsOf(town.alice)).toEqual(said)
  })

  test('keeps the server’s time: an edit within its day is still one', async () => {
    const [, , three] = bob.store.messages({ limit: 9 })
    if (three === undefined) throw new Error('no message')
    town.alice.disconnect()
    await town.wish(bob, { kind: 'editMessage', message: three.id, text: 'third' })
    await town.pass(25 * HOUR)
    town.alice.connect()
    await town.settle()
    await town.wish(town.alice, ACCEPT)
    expect(texts(town.alice)).toEqual(['one', 'two', 'third'])
  })
})

describe('I1: an entry of a device that is not in the list we know', () => {
  test('is not acknowledged while the list cannot be fetched, and arrives when it can', async () => {
    town.alice.online = false
    const laptop = await newDevice(BOB_LAPTOP)
    town.server.publish(BOB, WITH_LAPTOP, headOfList(WITH_LAPTOP))
    await town.say(laptop, 'from the laptop')
    expect(kept()).toEqual([])
    expect(waiting()).toBeGreaterThan(0)
    town.alice.online = true
    town.alice.connect()
    await town.settle()
    expect(texts(town.alice)).toEqual(['from the laptop'])
    expect(errorsOf(town.alice)).toEqual([])
  })

  test('is read when a directory that lagged shows the list', async () => {
    const laptop = await newDevice(BOB_LAPTOP)
    await town.say(laptop, 'early')
    await town.say(town.bob, 'beside it')
    expect(texts(town.alice)).toEqual(['beside it'])
    expect(new Set(kept())).toEqual(new Set(['unknown_device']))
    town.server.publish(BOB, WITH_LAPTOP, headOfList(WITH_LAPTOP))
    town.alice.refresh(BOB)
    await town.settle()
    expect(texts(town.alice)).toEqual(['beside it', 'early'])
    expect(kept()).toEqual([])
  })
})
