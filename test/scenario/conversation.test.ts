// Two people and a quiet network: what each intent does at both ends.

import { beforeEach, describe, expect, test } from 'vitest'
import type { MessageId } from '../../src/protocol/ids.ts'
import { errorsOf, eventsOf, lastOf, PROFILES, Town, texts } from './world/town.ts'

const HOUR = 3_600_000
let town: Town

beforeEach(async () => {
  town = new Town()
  await town.settle()
})

test('a silent message is silent to its reader, also when it waits to be sent, and no other is', async () => {
  await town.befriend()
  await town.say(town.alice, 'aloud')
  await town.say(town.alice, 'hush', { silent: true })
  await town.say(town.alice, 'hush later', { silent: true, dueAt: town.now + HOUR })
  await town.pass(HOUR)
  const heard = (device: typeof town.bob) =>
    device.store.messages({ limit: 9 }).map(({ body, silent }) => [body, silent])
  const said = [
    ['aloud', false],
    ['hush', true],
    ['hush later', true],
  ]
  expect(heard(town.alice)).toEqual(said)
  expect(heard(town.bob)).toEqual(said)
})

describe('contacts', () => {
  test('a stranger’s first message is a request, and an answer accepts it', async () => {
    await town.wish(town.alice, { kind: 'addContact', name: PROFILES.bob.name, text: 'hello' })
    expect(town.bob.store.contact(PROFILES.alice.account)?.relation).toBe('incoming')
    expect(eventsOf(town.bob, 'contact_request')).toHaveLength(1)
    expect(texts(town.bob)).toEqual(['hello'])
    await town.say(town.bob, 'hi')
    expect(town.bob.store.contact(PROFILES.alice.account)?.relation).toBe('accepted')
    expect(town.alice.store.contact(PROFILES.bob.account)?.relation).toBe('accepted')
    expect(eventsOf(town.alice, 'contact_accepted')).toHaveLength(1)
  })

  test('nothing answers a stranger: no receipt before the request is accepted', async () => {
    await town.wish(town.alice, { kind: 'addContact', name: PROFILES.bob.name, text: 'hello' })
    const { id } = lastOf(town.bob)
    await town.pass(10_000)
    expect(town.alice.store.message(id)?.status).toBe('stored')
    await town.wish(town.bob, { kind: 'acceptContact', account: PROFILES.alice.account })
    await town.pass(10_000)
    expect(town.alice.store.message(id)?.status).toBe('delivered')
  })

  test('who is blocked is not heard, not told, and is heard again after', async () => {
    await town.befriend()
    await town.wish(town.bob, { kind: 'blockContact', account: PROFILES.alice.account })
    const before = town.bob.store.lastEvent()
    await town.say(town.alice, 'are you there')
    await town.pass(10_000)
    expect(texts(town.bob)).toEqual([])
    expect(town.bob.store.lastEvent()).toBe(before)
    expect(lastOf(town.alice).status).toBe('stored')
    expect(town.server.waiting(town.bob.log)).toEqual([])
    await town.wish(town.bob, { kind: 'unblockContact', account: PROFILES.alice.account })
    await town.say(town.alice, 'and now')
    expect(texts(town.bob)).toEqual(['and now'])
  })

  test('both ask at the same time: both are accepted, over one session', async () => {
    void town.alice.driver.submit({ kind: 'addContact', name: PROFILES.bob.name })
    void town.bob.driver.submit({ kind: 'addContact', name: PROFILES.alice.name })
    town.alice.stir()
    town.bob.stir()
    await town.settle()
    town.alice.stir()
    town.bob.stir()
    await town.settle()
    expect(town.alice.store.contact(PROFILES.bob.account)?.relation).toBe('accepted')
    expect(town.bob.store.contact(PROFILES.alice.account)?.relation).toBe('accepted')
    await town.say(town.alice, 'one')
    await town.say(town.bob, 'two')
    expect([texts(town.alice), texts(town.bob)]).toEqual([['two'], ['one']])
  })
})

describe('a message', () => {
  beforeEach(() => town.befriend())

  test('goes from queued to stored, delivered and read, and never back', async () => {
    const sent = await town.say(town.alice, 'one')
    const status = (): string | undefined => sent && town.alice.store.message(sent.id)?.status
    expect([sent?.status, status()]).toEqual(['stored', 'stored'])
    await town.pass(6_000)
    expect(status()).toBe('delivered')
    await town.wish(town.bob, { kind: 'markRead', chat: town.chat(town.bob) })
    await town.pass(6_000)
    expect(status()).toBe('read')
    const delivered = sent === undefined ? [] : [sent.id]
    await town.forge(town.bob, { kind: 'receipt', delivered, read: [] })
    expect(status()).toBe('read')
  })

  test('is sent once under one idempotency key', async () => {
    const first = await town.say(town.alice, 'one')
    const again = await town.say(town.alice, 'one')
    expect(again?.id).toBe(first?.id)
    expect(texts(town.bob)).toEqual(['one'])
  })

  test('is edited, reacted to and deleted by those who may', async () => {
    const sent = await town.say(town.alice, 'teh plan')
    const message = sent?.id ?? ('' as MessageId)
    await town.wish(town.alice, { kind: 'editMessage', message, text: 'the plan' })
    await town.wish(town.bob, { kind: 'react', message, emoji: '👍' })
    expect(town.bob.store.message(message)?.body).toBe('the plan')
    expect(town.alice.store.reactions(message).map(({ emoji }) => emoji)).toEqual(['👍'])
    await town.wish(town.bob, { kind: 'unreact', message, emoji: '👍' })
    expect(town.alice.store.reactions(message)).toEqual([])
    expect(await town.wish(town.bob, { kind: 'deleteForEveryone', message })).toMatchObject({
      code: 'not_allowed',
    })
    await town.wish(town.alice, { kind: 'deleteForEveryone', message })
    expect(town.bob.store.message(message)).toMatchObject({ kind: 'deleted', body: '' })
    expect(town.bob.store.message(message)?.payload).toHaveLength(0)
  })

  test('waits for its time, unencrypted, and goes at it', async () => {
    const sent = await town.say(town.alice, 'later', { dueAt: town.now + HOUR })
    expect([sent?.status, town.alice.store.outboxSize()]).toEqual(['scheduled', 0])
    await town.pass(HOUR - 1)
    expect(texts(town.bob)).toEqual([])
    await town.pass(1)
    expect(texts(town.bob)).toEqual(['later'])
  })

  test('disappears at both ends: from sending at one, from reading at the other', async () => {
    await town.say(town.alice, 'burn', { expireAfter: HOUR })
    await town.pass(HOUR - 1)
    expect(texts(town.bob)).toEqual(['burn'])
    await town.wish(town.bob, { kind: 'markRead', chat: town.chat(town.bob) })
    await town.pass(1)
    expect(town.alice.store.messages({ limit: 9 })).toEqual([])
    expect(texts(town.bob)).toEqual(['burn'])
    town.bob.crash()
    town.bob.connect()
    await town.pass(HOUR)
    expect(texts(town.bob)).toEqual([])
  })

  test('with files waits until all of them are up', async () => {
    const file = (id: string) =>
      ({ id, name: `${id}.txt`, mime: 'text/plain', size: 3, path: `/${id}`, key: KEY }) as const
    const uploaded = { blob: '00000000-0000-4000-8000-000000000001', digest: KEY, sealedSize: 40 }
    await town.wish(town.alice, {
      kind: 'sendMessage',
      to: { kind: 'account', account: PROFILES.bob.account },
      body: { kind: 'file', caption: 'both', files: [file('a'), file('b')] },
      idempotencyKey: 'files',
    })
    for (const id of ['a', 'b'] as const) {
      expect(texts(town.bob)).toEqual([])
      await town.wish(town.alice, { kind: 'attachmentUploaded', id, ...uploaded } as never)
      await town.pass(0)
    }
    expect(texts(town.bob)).toEqual(['both\na.txt\nb.txt'])
    const got = town.bob.store.attachments(lastOf(town.bob).id)
    expect(got.map(({ name, state, key }) => [name, state, key])).toEqual([
      ['a.txt', 'remote', KEY],
      ['b.txt', 'remote', KEY],
    ])
  })

  test('to oneself stays here', async () => {
    const to = { kind: 'self' } as const
    const body = { kind: 'text', text: 'note', mentions: [] } as const
    await town.wish(town.alice, { kind: 'sendMessage', to, body, idempotencyKey: 'n' })
    expect(lastOf(town.alice)).toMatchObject({ body: 'note', status: 'stored' })
    expect(town.alice.store.outboxSize()).toBe(0)
  })

  test('of an unknown kind is kept and shown as unsupported', async () => {
    const id = await town.forge(town.alice, { kind: 'unsupported', number: 7, payload: KEY })
    expect(town.bob.store.message(id)).toMatchObject({ kind: 'unsupported', body: '' })
    expect(eventsOf(town.bob, 'message')).toHaveLength(1)
  })
})

describe('without a network', () => {
  test('what is sent is durable, keeps its order, and goes when there is one', async () => {
    await town.befriend()
    town.alice.store.transaction((tx) => tx.deleteAllSessions())
    town.alice.online = false
    await town.say(town.alice, 'one')
    await town.say(town.alice, 'two')
    expect(town.alice.store.outboxSize()).toBe(0)
    town.alice.crash()
    town.alice.online = true
    town.alice.connect()
    await town.pass(5_000)
    await town.say(town.alice, 'three')
    expect(texts(town.bob)).toEqual(['one', 'two', 'three'])
    expect(errorsOf(town.bob)).toEqual([])
  })
})

const KEY = new Uint8Array(32).fill(7)
