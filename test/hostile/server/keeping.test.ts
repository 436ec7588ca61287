// What a hostile server can make a client keep, and what it can keep from it: in memory, over the
// real driver and store. The ids are those of docs/threat-model.md.

import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { AccountId, DeviceId, MessageId } from '../../../src/protocol/ids.ts'
import { headOfList, makeProfile } from '../../scenario/world/profile.ts'
import { errorsOf, PROFILES, Town, texts } from '../../scenario/world/town.ts'

const MINUTE = 60_000
let town: Town

beforeEach(async () => {
  town = new Town()
  await town.settle()
  await town.befriend()
})

const numbered = (index: number): string =>
  `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`

describe('a flood', () => {
  test('of entries that do not open leaves a thousand of them and of their events', async () => {
    for (let index = 0; index < 1_030; index += 1) {
      town.inject(town.bob, town.alice, Uint8Array.of(1, 2, 3))
    }
    await town.settle()
    expect(town.alice.store.quarantined(2_000)).toHaveLength(1_000)
    expect(errorsOf(town.alice)).toHaveLength(1_000)
    await town.say(town.bob, 'behind it')
    expect(texts(town.alice)).toEqual(['behind it'])
  })

  test('of accounts that nobody knows leaves a thousand of them, and every friend', async () => {
    const bob = town.alice.store.contact(PROFILES.bob.account)
    if (bob === undefined) throw new Error('no contact')
    town.alice.store.transaction((tx) => {
      for (let index = 1; index <= 1_020; index += 1) {
        const account = numbered(index) as AccountId
        tx.putContact({ ...bob, account, name: `x${index}`, relation: 'none', alias: undefined })
      }
    })
    const mallory = makeProfile('mallory', 31, 31)
    town.server.addAccount(mallory, mallory.list, mallory.head)
    town.inject(town.add(mallory), town.alice, Uint8Array.of(1))
    await town.settle()
    expect(town.alice.store.contacts()).toHaveLength(1_002)
    expect(town.alice.store.contact(PROFILES.bob.account)?.trust).toBe('unverified')
    expect(town.alice.store.contact(mallory.account)?.trust).toBe('unverified')
  })

  test('of claims that all prekeys are gone leaves a bounded number of private halves (R6)', async () => {
    const [one] = town.alice.store.prekeys('curve-one-time')
    if (one === undefined) throw new Error('no prekey')
    town.alice.store.transaction((tx) => {
      for (let id = 1_001; id <= 6_000; id += 1) tx.putPrekey({ ...one, id, uploaded: true })
    })
    const noted = town.alice.driver.prekeys({ curve: 0, kem: 100 })
    await town.settle()
    await noted
    await town.pass(11 * MINUTE)
    const kept = town.alice.store.prekeys('curve-one-time')
    expect(kept).toHaveLength(5_000)
    expect(kept.at(-1)?.id).toBeGreaterThan(6_000)
  })
})

describe('an entry that is kept back and numbered over', () => {
  test('is said to be missing when its ratchet’s place stays empty for five minutes', async () => {
    await town.say(town.bob, 'one')
    town.alice.disconnect()
    await town.say(town.bob, 'kept back')
    const before = town.server.copy()
    await town.say(town.bob, 'three')
    const log = town.alice.log
    const [, three] = town.server.waiting(log)
    if (three === undefined) throw new Error('nothing waits')
    before.logs.set(log, [{ ...three, seq: three.seq - 1 }])
    before.heads.set(log, three.seq - 1)
    town.server.goBack(before)
    town.alice.connect()
    await town.settle()
    expect(texts(town.alice)).toEqual(['one', 'three'])
    await town.pass(4 * MINUTE)
    expect(errorsOf(town.alice)).toEqual([])
    await town.pass(2 * MINUTE)
    expect(errorsOf(town.alice)).toEqual(['messages_missing'])
    await town.pass(60 * MINUTE)
    expect(errorsOf(town.alice)).toEqual(['messages_missing'])
  })

  test('is not said of one that only came late', async () => {
    town.alice.disconnect()
    await town.say(town.bob, 'one')
    await town.say(town.bob, 'two')
    const copy = town.server.copy()
    const log = town.alice.log
    const [one, two] = town.server.waiting(log)
    if (one === undefined || two === undefined) throw new Error('nothing waits')
    copy.logs.set(log, [
      { ...two, seq: one.seq },
      { ...one, seq: two.seq },
    ])
    town.server.goBack(copy)
    town.alice.connect()
    await town.settle()
    await town.pass(10 * MINUTE)
    expect(texts(town.alice)).toEqual(['two', 'one'])
    expect(errorsOf(town.alice)).toEqual([])
  })
})

describe('a directory that lies', () => {
  test('about a name gives a stranger no friend’s name, and that is said', async () => {
    const mallory = makeProfile('mallory', 31, 31)
    town.server.addAccount(mallory, mallory.list, mallory.head)
    Object.assign(town.server.account(mallory.account), { name: PROFILES.bob.name })
    const ghost = town.add(mallory)
    town.inject(ghost, town.alice, Uint8Array.of(1))
    await town.settle()
    expect(errorsOf(town.alice)).toContain('name_reused')
    const named = town.alice.store.contact(mallory.account)?.name
    expect(named).toBe(`bob~${mallory.account.slice(0, 8)}`)
    expect(town.alice.store.contactsNamed('bob')).toHaveLength(1)
  })

  test('about whose devices changed makes us ask for nobody we do not know', async () => {
    const asked = vi.spyOn(town.server, 'account')
    for (let index = 1; index < 50; index += 1) {
      await town.alice.driver.refreshDevices(numbered(index) as AccountId)
    }
    expect(asked).not.toHaveBeenCalled()
  })

  test('with prekeys that the device did not sign gets not one byte, and the sender is told (A8)', async () => {
    town.alice.store.transaction((tx) => tx.deleteAllSessions())
    const claim = town.server.claim.bind(town.server)
    const swaps: ((bundle: ReturnType<typeof claim>[number]) => object)[] = [
      ({ curveSigned }) => ({
        curveSigned: { ...curveSigned, key: PROFILES.alice.prekeys.curveSigned?.key },
      }),
      ({ curveSigned }) => ({ curveSigned: { ...curveSigned, signature: new Uint8Array(64) } }),
      ({ kem }) => ({ kem: { ...kem, signature: new Uint8Array(64) } }),
      () => ({ curveSigned: PROFILES.alice.prekeys.curveSigned }),
      () => ({ kem: PROFILES.alice.prekeys.kemLastResort, kemKind: 'kem-last-resort' }),
    ]
    for (const [index, swap] of swaps.entries()) {
      vi.spyOn(town.server, 'claim').mockImplementation((devices) =>
        claim(devices).map((bundle) => ({ ...bundle, ...swap(bundle) }) as typeof bundle),
      )
      const outcome = await town.wish(town.alice, {
        kind: 'sendMessage',
        to: { kind: 'account', account: PROFILES.bob.account },
        body: { kind: 'text', text: `swapped ${index}`, mentions: [] },
        idempotencyKey: `swapped ${index}`,
      })
      expect(outcome, String(index)).toMatchObject({ kind: 'refused', code: 'server' })
    }
    expect(town.server.waiting(town.bob.log)).toEqual([])
    expect(town.alice.store.sessions(PROFILES.bob.local.device as DeviceId)).toEqual([])
  })

  test('with such prekeys for a session that is begun anew stops nothing (R7)', async () => {
    town.bob.store.transaction((tx) => tx.deleteAllSessions())
    const claim = town.server.claim.bind(town.server)
    const bad = vi.spyOn(town.server, 'claim').mockImplementation((devices) =>
      claim(devices).map((bundle) => ({
        ...bundle,
        curveSigned: { ...bundle.curveSigned, signature: new Uint8Array(64) },
      })),
    )
    town.now += 60 * MINUTE
    await town.say(town.alice, 'lost')
    await town.pass(10 * MINUTE)
    expect(errorsOf(town.bob)).toEqual(['undecryptable'])
    expect(town.bob.failures).toEqual([])
    bad.mockRestore()
    await town.pass(60 * MINUTE)
    await town.say(town.bob, 'still here')
    expect(texts(town.alice)).toContain('still here')
  })
})

test('a refusal that names other accounts than the message is for asks about none of them', async () => {
  const asked = vi.spyOn(town.server, 'account')
  const strangers = Array.from({ length: 50 }, (_, index) => numbered(index + 1) as AccountId)
  let lied = false
  const append = town.server.append.bind(town.server)
  vi.spyOn(town.server, 'append').mockImplementation((from, row, now) => {
    if (lied) return append(from, row, now)
    lied = true
    return { kind: 'refused', reason: 'stale_devices', accounts: strangers, retryAfter: 0 }
  })
  await town.say(town.alice, 'goes all the same')
  await town.pass(60 * MINUTE)
  const names = asked.mock.calls.map(([account]) => account)
  expect(names.filter((name) => strangers.includes(name))).toEqual([])
  expect(texts(town.bob)).toEqual(['goes all the same'])
})

test('a message that was deleted while its device list grew leaves no hole in a ratchet', async () => {
  const laptop = makeProfile('bob', 12, 13)
  town.alice.disconnect()
  const sent = await town.say(town.alice, 'taken back')
  await town.wish(town.alice, { kind: 'deleteLocal', message: sent?.id as MessageId })
  const list = PROFILES.bob.nextList([PROFILES.bob.record, laptop.record])
  town.add(laptop)
  town.server.publish(PROFILES.bob.account, list, headOfList(list))
  town.alice.connect()
  await town.settle()
  await town.say(town.alice, 'next')
  await town.pass(10 * MINUTE)
  expect(errorsOf(town.bob)).toEqual([])
})
