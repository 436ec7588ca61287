// A malicious server and hostile contacts: the ids are those of docs/threat-model.md.

import { beforeEach, describe, expect, test } from 'vitest'
import { pad } from '../../src/crypto/padding.ts'
import type { MessageId } from '../../src/protocol/ids.ts'
import type { Device } from './world/device.ts'
import { headOfList, makeProfile } from './world/profile.ts'
import { errorsOf, eventsOf, lastOf, PROFILES, Town, texts } from './world/town.ts'

const HOUR = 3_600_000
/** Bob's id with a key of Mallory's: what a server shows that swaps an identity. */
const MALLORY = makeProfile('bob', 99, 99, PROFILES.bob.account)
const BOB_LAPTOP = makeProfile('bob', 12, 13)
let town: Town

beforeEach(async () => {
  town = new Town()
  await town.settle()
  await town.befriend()
})

const bobAccount = () => town.server.account(PROFILES.bob.account)
const trustOf = (device: Device, account = PROFILES.bob.account) =>
  device.store.contact(account)?.trust

/** Everything that the server was given for a log, acknowledged or not. */
const given = (log: Device['log']): number => town.server.waiting(log).length

async function look(device: Device): Promise<void> {
  device.refresh(town.other(device).profile.account)
  await town.settle()
}

function swapIdentity(): void {
  const account = bobAccount() as { identityKey: Uint8Array; lists: unknown[]; head: unknown }
  account.identityKey = MALLORY.identityKey
  account.lists.splice(0, account.lists.length, MALLORY.list)
  account.head = MALLORY.head
}

describe('A1: the device list', () => {
  test('with a device that the account did not sign is refused, and said', async () => {
    const ghost = MALLORY.nextList([PROFILES.bob.record, MALLORY.record])
    town.server.publish(PROFILES.bob.account, ghost, headOfList(ghost))
    await town.say(town.alice, 'secret')
    expect(errorsOf(town.alice)).toEqual(['device_list_refused'])
    expect(town.alice.store.deviceList(PROFILES.bob.account)?.version).toBe(1)
    expect(town.server.waiting(MALLORY.local.device as never)).toEqual([])
    expect(lastOf(town.alice).status).toBe('queued')
  })

  test('that went back to an older one is refused, and said', async () => {
    const list = PROFILES.bob.nextList([PROFILES.bob.record, BOB_LAPTOP.record])
    town.server.publish(PROFILES.bob.account, list, headOfList(list))
    await look(town.alice)
    expect(eventsOf(town.alice, 'device_added')).toHaveLength(1)
    bobAccount().lists.pop()
    bobAccount().head = PROFILES.bob.head
    await look(town.alice)
    expect(errorsOf(town.alice)).toEqual(['device_list_refused'])
    expect(town.alice.store.deviceList(PROFILES.bob.account)?.version).toBe(2)
  })

  test('that two people see differently is found by the first message', async () => {
    const one = PROFILES.bob.nextList([PROFILES.bob.record, BOB_LAPTOP.record])
    const other = PROFILES.bob.nextList([PROFILES.bob.record])
    town.server.publish(PROFILES.bob.account, one, headOfList(one))
    await look(town.alice)
    bobAccount().lists.splice(1, 1, other)
    bobAccount().head = headOfList(other)
    town.bob.refresh(PROFILES.bob.account)
    await town.settle()
    await town.say(town.bob, 'hello')
    expect(texts(town.alice)).toEqual(['hello'])
    expect(errorsOf(town.alice)).toContain('device_list_fork')
    await town.say(town.bob, 'again')
    expect(errorsOf(town.alice).filter((code) => code === 'device_list_fork')).toHaveLength(1)
  })

  test('that grew under a queued message gives the new device the same message', async () => {
    const laptop = town.add(BOB_LAPTOP)
    const list = PROFILES.bob.nextList([PROFILES.bob.record, BOB_LAPTOP.record])
    town.server.publish(PROFILES.bob.account, list, headOfList(list))
    const sent = await town.say(town.alice, 'to both')
    await town.settle()
    expect(sent && town.bob.store.message(sent.id)?.body).toBe('to both')
    expect(sent && laptop.store.message(sent.id)?.body).toBe('to both')
    expect(errorsOf(laptop)).toEqual([])
  })
})

describe('A6: an identity key that changed', () => {
  test('gets none of the queued messages before a person accepts it, all of them after', async () => {
    town.alice.disconnect()
    for (let index = 0; index < 10; index += 1) await town.say(town.alice, `queued ${index}`)
    swapIdentity()
    const mallory = town.add(MALLORY)
    await look(town.alice)
    town.alice.connect()
    expect(trustOf(town.alice)).toBe('changed')
    expect(eventsOf(town.alice, 'identity_changed')).toHaveLength(1)
    const refused = await town.wish(town.alice, {
      kind: 'sendMessage',
      to: { kind: 'account', account: PROFILES.bob.account },
      body: { kind: 'text', text: 'one more', mentions: [] },
      idempotencyKey: 'more',
    })
    expect(refused).toMatchObject({ kind: 'refused', code: 'untrusted_identity' })
    await town.pass(HOUR)
    expect(given(mallory.log)).toBe(0)
    expect(texts(mallory)).toEqual([])
    await town.wish(town.alice, { kind: 'acceptChange', account: PROFILES.bob.account })
    await town.pass(1_000)
    await town.settle()
    expect(trustOf(town.alice)).toBe('unverified')
    expect(texts(mallory)).toHaveLength(10)
  })

  test('takes a verification away', async () => {
    await town.wish(town.alice, {
      kind: 'markVerified',
      account: PROFILES.bob.account,
      key: PROFILES.bob.identityKey,
    })
    expect(trustOf(town.alice)).toBe('verified')
    swapIdentity()
    await look(town.alice)
    expect(town.alice.store.contact(PROFILES.bob.account)).toMatchObject({
      trust: 'changed',
      wasVerified: true,
    })
  })

  test('holds a scheduled message until it is accepted', async () => {
    await town.say(town.alice, 'later', { dueAt: town.now + HOUR })
    swapIdentity()
    await look(town.alice)
    await town.pass(HOUR)
    expect(lastOf(town.alice)).toMatchObject({ status: 'scheduled', failure: 'untrusted_identity' })
    expect(town.alice.store.outboxSize()).toBe(0)
  })

  test('cannot be verified by comparing another key (A3)', async () => {
    const intent = { kind: 'markVerified', account: PROFILES.bob.account } as const
    const outcome = await town.wish(town.alice, { ...intent, key: MALLORY.identityKey })
    expect(outcome).toMatchObject({ code: 'untrusted_identity' })
    expect(trustOf(town.alice)).toBe('unverified')
  })
})

describe('P13: a bad entry', () => {
  test('of any kind is kept aside and said, and what follows arrives', async () => {
    town.inject(town.alice, town.bob, Uint8Array.of(1, 2, 3))
    town.sealRaw(town.alice, Uint8Array.of(9))
    town.sealRaw(town.alice, pad(Uint8Array.of(1, 2, 3)))
    await town.say(town.alice, 'after')
    expect(texts(town.bob)).toEqual(['after'])
    expect(errorsOf(town.bob)).toEqual(['undecryptable', 'malformed', 'malformed'])
    expect(town.bob.store.quarantined(10)).toHaveLength(3)
    expect(town.server.waiting(town.bob.log)).toEqual([])
  })

  test('from a device outside of its account’s list is nobody’s', async () => {
    const ghost = town.add(BOB_LAPTOP)
    town.inject(ghost, town.alice, Uint8Array.of(1, 2, 3))
    await town.settle()
    expect(errorsOf(town.alice)).toEqual(['unknown_device'])
  })

  test('with the id of a message that stands does not touch it', async () => {
    const sent = await town.say(town.bob, 'mine')
    const id = sent?.id ?? ('' as MessageId)
    await town.forge(town.alice, { kind: 'text', text: 'not yours', mentions: [] }, { id })
    expect(town.bob.store.message(id)?.body).toBe('mine')
    expect(errorsOf(town.bob)).toEqual(['malformed'])
  })
})

describe('P12 and M1: what refers to another message', () => {
  test('that is not the author’s is dropped without a trace', async () => {
    const sent = await town.say(town.bob, 'bob’s own')
    const message = sent?.id ?? ('' as MessageId)
    const before = town.bob.store.lastEvent()
    await town.forge(town.alice, {
      kind: 'edit',
      message,
      text: { text: 'forged', mentions: [] },
    })
    await town.forge(town.alice, { kind: 'delete', message })
    expect(town.bob.store.message(message)?.body).toBe('bob’s own')
    expect(town.bob.store.lastEvent()).toBe(before)
  })

  test('that does not exist gives neither an event nor a receipt', async () => {
    const before = town.bob.store.lastEvent()
    const message = '01890000-0000-7000-8000-00000000dead' as MessageId
    for (let index = 0; index < 20; index += 1) {
      await town.forge(town.alice, { kind: 'reaction', message, emoji: '👍', removed: false })
      await town.forge(town.alice, { kind: 'delete', message })
    }
    await town.pass(10_000)
    expect(town.bob.store.lastEvent()).toBe(before)
    expect(town.bob.store.outboxSize() + town.server.waiting(town.alice.log).length).toBe(0)
    expect(town.bob.store.dueReceipts(Number.MAX_SAFE_INTEGER)).toEqual([])
  })

  test('after a day edits no more, whatever the sender’s clock says', async () => {
    const sent = await town.say(town.alice, 'agreed')
    const message = sent?.id ?? ('' as MessageId)
    await town.pass(25 * HOUR)
    const late = { kind: 'edit', message, text: { text: 'never said', mentions: [] } } as const
    await town.forge(town.alice, late, { sentAt: 1 })
    expect(town.bob.store.message(message)?.body).toBe('agreed')
  })

  test('and a time of the far future neither breaks nor reorders anything', async () => {
    const text = { kind: 'text', text: 'from the future', mentions: [] } as const
    await town.forge(town.alice, text, {
      sentAt: Number.MAX_SAFE_INTEGER,
      expireAfter: 2 ** 53 - 1,
    })
    await town.say(town.alice, 'now')
    expect(texts(town.bob)).toEqual(['from the future', 'now'])
    await town.wish(town.bob, { kind: 'markRead', chat: town.chat(town.bob) })
    for (const row of town.bob.store.messages({ limit: 9 })) {
      expect(() => new Date(row.sentAt).toISOString()).not.toThrow()
      expect(() => new Date(row.expiresAt ?? 0).toISOString()).not.toThrow()
    }
  })

  test('receipts tell nothing of the moment: they wait one to five seconds', async () => {
    await town.say(town.alice, 'one')
    const owed = town.bob.store.dueReceipts(Number.MAX_SAFE_INTEGER)
    expect(owed.map(({ dueAt }) => dueAt - town.now).every((ms) => ms >= 1_000 && ms < 5_000)).toBe(
      true,
    )
  })
})

describe('R7: a session that does not open', () => {
  test('is replaced once an hour at most, and nobody answers a reset', async () => {
    town.bob.store.transaction((tx) => tx.deleteAllSessions())
    town.now += HOUR
    await town.say(town.alice, 'lost')
    expect(errorsOf(town.bob)).toEqual(['undecryptable'])
    expect(errorsOf(town.alice)).toEqual(['session_reset'])
    await town.say(town.alice, 'whole again')
    expect(texts(town.bob)).toEqual(['whole again'])
    for (let index = 0; index < 5; index += 1) {
      await town.bend(town.alice)
    }
    expect(errorsOf(town.alice)).toEqual(['session_reset'])
    await town.pass(HOUR)
    town.inject(town.alice, town.bob, Uint8Array.of(1))
    await town.settle()
    expect(errorsOf(town.alice)).toEqual(['session_reset'])
    await town.bend(town.alice)
    expect(errorsOf(town.alice)).toEqual(['session_reset', 'session_reset'])
    expect(errorsOf(town.bob).filter((code) => code === 'session_reset')).toEqual([])
  })
})

describe('L4: a profile that was rolled back', () => {
  test('forgets its sessions and prekeys, tells the server, and is heard again', async () => {
    const before = town.bob.store.highestPrekeyId('curve-one-time')
    town.now += HOUR
    await town.wish(town.bob, { kind: 'mendRollback' })
    expect(town.bob.store.sessions(PROFILES.alice.local.device)).toEqual([])
    await town.pass(0)
    const fresh = town.bob.store.prekeys('curve-one-time')
    expect(fresh).toHaveLength(100)
    expect(Math.min(...fresh.map(({ id }) => id))).toBeGreaterThan(before + 100_000)
    expect(fresh.every(({ uploaded }) => uploaded)).toBe(true)
    expect(town.server.counts(PROFILES.bob.local.device).curve).toBe(100)
    await town.say(town.bob, 'back')
    expect(texts(town.alice)).toEqual(['back'])
  })
})
