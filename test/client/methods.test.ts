// Every method of the façade, as two people use them.

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client, MessageJson } from '../../src/client/api.ts'
import { listProfiles, registerProfile } from '../../src/client/client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { isMessage, newPerson, type Person, register, send } from './person.ts'

let server: TestServer
let alice: Person
let bob: Person
let a: Client
let b: Client

beforeAll(async () => {
  server = await startServer()
  alice = newPerson('alice')
  bob = newPerson('bob')
  await register(alice, server)
  await register(bob, server)
  a = await alice.open({ serve: true })
  b = await bob.open({ serve: true })
})

afterAll(async () => {
  await a?.close()
  await b?.close()
  await server?.close()
  alice?.forget()
  bob?.forget()
})

/** The next message that bob has not had yet. */
async function next(client: Client): Promise<MessageJson> {
  const { events } = await client.call('receive', { types: ['message'], timeout: 15_000, limit: 1 })
  const [message] = events.filter(isMessage)
  if (message === undefined) throw new Error('no message came')
  return message
}

async function told(from: Client, to: string, text: string, reader: Client): Promise<MessageJson> {
  expect((await send(from, to, text)).message?.status).toBe('stored')
  const message = await next(reader)
  expect(message.body).toBe(text)
  return message
}

describe('contacts', () => {
  test('are asked, accepted and listed', async () => {
    const added = await a.call('contact.add', { name: '@bob', text: 'may I?' })
    expect(added).toMatchObject({ name: 'bob', relation: 'outgoing', trust: 'unverified' })
    expect((await next(b)).request).toBe(true)
    expect((await b.call('chats', {})).chats).toMatchObject([{ name: 'alice', request: true }])
    expect(await b.call('contact.accept', { name: 'alice' })).toMatchObject({
      relation: 'accepted',
    })
    const accepted = { types: ['contact_accepted'], timeout: 15_000 }
    const { events } = await a.call('receive', accepted)
    expect(events).toMatchObject([{ type: 'contact_accepted', from: { name: 'bob' } }])
    expect((await a.call('contact.list', {})).contacts).toMatchObject([{ relation: 'accepted' }])
  })

  test('have an alias, by which they are found', async () => {
    await a.call('contact.alias', { name: 'bob', alias: 'bobby' })
    expect((await send(a, 'bobby', 'by alias')).message?.chat.name).toBe('bob')
    expect((await next(b)).body).toBe('by alias')
    await a.call('contact.alias', { name: 'bob', alias: null })
    await expect(a.call('contact.alias', { name: 'bobby', alias: null })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  test('that are blocked are not written to', async () => {
    await a.call('contact.block', { name: 'bob' })
    expect(await send(a, 'bob', 'never')).toMatchObject({ error: { code: 'blocked' } })
    expect(await a.call('contact.unblock', { name: 'bob' })).toMatchObject({ relation: 'none' })
    await told(a, 'bob', 'again', b)
    await told(b, 'alice', 'welcome', a)
  })

  test('that nobody has are not found', async () => {
    expect(await send(a, 'nobody-there', 'x')).toMatchObject({ error: { code: 'not_found' } })
    await expect(a.call('contact.add', { name: 'Not A Name' })).rejects.toMatchObject({
      code: 'bad_input',
    })
    expect(await send(a, '#dev', 'x')).toMatchObject({ error: { code: 'not_found' } })
  })

  test('are verified by the digits that both see', async () => {
    const shown = await a.call('verify', { name: 'bob' })
    expect(shown.digits).toMatch(/^(\d{5} ){11}\d{5}$/)
    const other = await b.call('verify', { name: 'alice' })
    expect(other).toMatchObject({ digits: shown.digits, words: shown.words })
    const wrong = shown.digits.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10))
    await expect(a.call('verify', { name: 'bob', check: wrong })).rejects.toMatchObject({
      code: 'untrusted_identity',
    })
    expect((await a.call('verify', { name: 'bob' })).trust).toBe('unverified')
    expect((await a.call('verify', { name: 'bob', check: other.digits })).trust).toBe('verified')
    await told(b, 'alice', 'verified', a).then((message) =>
      expect(message.from).toMatchObject({ name: 'bob', device: 'laptop', verified: true }),
    )
  })
})

describe('messages', () => {
  test('are edited, reacted to and deleted on both sides', async () => {
    const message = await told(a, 'bob', 'helo', b)
    await a.call('msg.edit', { id: message.id, text: 'hello' })
    await b.call('receive', { types: ['edit'], timeout: 15_000 })
    expect(await b.call('msg.show', { id: message.id.slice(0, 30) })).toMatchObject({
      body: 'hello',
      edited_at: expect.any(String),
    })
    await b.call('msg.react', { id: message.id, emoji: '👍' })
    const { events } = await a.call('receive', { types: ['reaction'], timeout: 15_000 })
    expect(events).toMatchObject([{ emoji: '👍', removed: false, id: message.id }])
    expect((await a.call('msg.show', { id: message.id })).reactions).toEqual([
      { emoji: '👍', from: 'bob' },
    ])
    await a.call('msg.delete', { id: message.id, forEveryone: true })
    await b.call('receive', { types: ['delete'], timeout: 15_000 })
    expect(await b.call('msg.show', { id: message.id })).toMatchObject({
      kind: 'deleted',
      body: '',
    })
    await expect(b.call('msg.edit', { id: message.id, text: 'x' })).rejects.toMatchObject({
      code: 'not_allowed',
    })
  })

  test('are replied to, pinned, and deleted here alone', async () => {
    const message = await told(a, 'bob', 'question', b)
    const { message: reply } = await send(b, 'alice', 'answer', { reply: message.id })
    expect(reply?.reply_to).toBe(message.id)
    expect((await next(a)).reply_to).toBe(message.id)
    expect((await a.call('msg.pin', { id: message.id })).pinned).toBe(true)
    expect((await a.call('msg.unpin', { id: message.id })).pinned).toBeUndefined()
    expect(await b.call('msg.delete', { id: message.id })).toMatchObject({ kind: 'deleted' })
    await expect(b.call('msg.show', { id: message.id })).rejects.toMatchObject({
      code: 'not_found',
    })
    expect((await a.call('msg.show', { id: message.id })).body).toBe('question')
  })

  test('are silent where the sender says so, at both ends', async () => {
    const { message } = await send(a, 'bob', 'when you find the time', { silent: true })
    expect(message?.silent).toBe(true)
    expect((await next(b)).silent).toBe(true)
    expect((await told(a, 'bob', 'aloud', b)).silent).toBeUndefined()
  })

  test('under one idempotency key are one message', async () => {
    const again = { idempotencyKey: 'once' }
    const first = await send(a, 'bob', 'only once', again)
    const second = await send(a, 'bob', 'only once', again)
    expect(second.message?.id).toBe(first.message?.id)
    expect((await next(b)).body).toBe('only once')
    await told(a, 'bob', 'the next', b)
  })

  test('mention contacts by name', async () => {
    const { message } = await send(b, 'alice', 'ask @alice, not a@bob.example')
    expect(message?.mentions).toEqual(['alice'])
    expect((await next(a)).mentions).toEqual(['alice'])
  })

  test('go to several, each with a result of its own', async () => {
    const { results } = await a.call('send', {
      to: ['bob', 'me', 'nobody-there'],
      text: 'to all',
      idempotencyKey: 'many',
    })
    expect(results).toMatchObject([
      { to: 'bob', message: { status: 'stored', chat: { kind: 'direct' } } },
      { to: 'me', message: { status: 'stored', chat: { kind: 'self' } } },
      { to: 'nobody-there', error: { code: 'not_found' } },
    ])
    expect((await next(b)).body).toBe('to all')
  })

  test('wait for their time', async () => {
    const at = new Date(Date.now() + 3_600_000).toISOString()
    const { message } = await send(a, 'bob', 'later', { at })
    expect(message).toMatchObject({ due_at: at })
    expect(message?.status).not.toBe('stored')
    await a.call('msg.delete', { id: message?.id ?? '' })
  })

  test('are delivered and read, and their sender can wait for it', async () => {
    const sending = send(a, 'bob', 'read me', { wait: 'read', timeout: 40_000 })
    await next(b)
    await b.call('chat.read', { chat: 'alice' })
    expect((await sending).message?.status).toBe('read')
  }, 60_000)
})

describe('chats', () => {
  test('have settings and unread counts', async () => {
    await told(a, 'bob', 'unread', b)
    const before = await b.call('chat.show', { chat: 'alice' })
    expect(before).toMatchObject({ unread: 1, last: { body: 'unread' } })
    expect(await b.call('chat.read', { chat: 'alice' })).toMatchObject({ unread: 0 })
    expect(await b.call('chat.pin', { chat: before.id })).toMatchObject({ pinned: true })
    expect(await b.call('chat.pin', { chat: '@alice', off: true })).toMatchObject({ pinned: false })
    expect((await b.call('chat.mute', { chat: 'alice', for: 60_000 })).muted_until).not.toBeNull()
    expect((await b.call('chat.mute', { chat: 'alice', off: true })).muted_until).toBeNull()
    await b.call('chat.archive', { chat: 'alice' })
    expect((await b.call('chats', {})).chats).toEqual([])
    expect((await b.call('chats', { archived: true })).chats).toMatchObject([{ name: 'alice' }])
    await b.call('chat.archive', { chat: 'alice', off: true })
    expect((await b.call('chat.expire', { chat: 'alice', after: 60_000 })).expire_after).toBe(
      60_000,
    )
    expect((await b.call('chat.expire', { chat: 'alice', after: null })).expire_after).toBeNull()
  })

  test('give what is pinned, and what waits for its time, by themselves', async () => {
    const text = 'only what is marked'
    const { id } = await told(a, 'bob', text, b)
    await a.call('msg.pin', { id })
    const due = new Date(Date.now() + 3_600_000).toISOString()
    const later = await a.call('send', {
      to: ['bob'],
      text: 'later',
      at: due,
      idempotencyKey: 'later',
      wait: 'queued',
    })
    const only = async (only: 'pinned' | 'scheduled') =>
      (await a.call('history', { chat: 'bob', only })).messages.map(({ body }) => body)
    expect(await only('pinned')).toEqual([text])
    expect(await only('scheduled')).toEqual(['later'])
    await a.call('msg.unpin', { id })
    await a.call('msg.delete', { id: later.results[0]?.message?.id ?? '' })
    expect([await only('pinned'), await only('scheduled')]).toEqual([[], []])
  })

  test('keep what a screen wants to find again', async () => {
    expect(await a.call('screen.load', {})).toEqual({ state: null })
    await a.call('screen.keep', { state: '{"drafts":{}}' })
    expect(await a.call('screen.load', {})).toEqual({ state: '{"drafts":{}}' })
  })

  test('have a history in pages, and are searched', async () => {
    for (const text of ['page one', 'page two', 'page three']) await told(a, 'bob', text, b)
    const newest = await b.call('history', { chat: 'alice', limit: 2 })
    expect(newest).toMatchObject({
      more: true,
      messages: [{ body: 'page two' }, { body: 'page three' }],
    })
    const before = newest.messages[0]?.id ?? ''
    const older = await b.call('history', { chat: 'alice', before, limit: 1 })
    expect(older).toMatchObject({ more: true, messages: [{ body: 'page one' }] })
    const after = older.messages[0]?.id ?? ''
    const rest = await b.call('history', { chat: 'alice', after, limit: 1 })
    expect(rest).toMatchObject({ more: true, messages: [{ body: 'page two' }] })

    const found = await b.call('search', { query: 'page', in: 'alice', from: 'alice' })
    expect(found.messages.map(({ body }) => body)).toEqual(['page one', 'page two', 'page three'])
    expect((await b.call('search', { query: 'page', from: 'me' })).messages).toEqual([])
    const since = new Date(Date.now() + 1_000).toISOString()
    expect((await b.call('search', { query: 'page', since })).messages).toEqual([])
  })
})

describe('receive', () => {
  test('gives an event again until it is acknowledged, to each consumer for itself', async () => {
    await b.call('receive', { consumer: 'bot' })
    await told(a, 'bob', 'for the bot', b)
    const manual = { consumer: 'bot', ack: 'manual', types: ['message'] } as const
    const first = await b.call('receive', manual)
    expect(first.events.filter(isMessage).map(({ body }) => body)).toEqual(['for the bot'])
    expect((await b.call('receive', manual)).events).toEqual(first.events)
    await b.call('ack', { cursor: first.cursor, consumer: 'bot' })
    expect((await b.call('receive', manual)).events).toEqual([])
    // Late and twice: never back.
    await b.call('ack', { cursor: '1', consumer: 'bot' })
    expect((await b.call('receive', manual)).events).toEqual([])
    await expect(b.call('ack', { cursor: '999999', consumer: 'bot' })).rejects.toMatchObject({
      code: 'bad_input',
    })
  })

  test('by a filter passes nothing over that a later one without it should have', async () => {
    await b.call('receive', {})
    await b.call('receive', { consumer: 'watcher' })
    await send(a, 'bob', 'seen by nobody yet')
    await b.call('receive', { types: ['message'], timeout: 15_000, consumer: 'watcher' })
    expect((await b.call('receive', { types: ['reaction'] })).events).toEqual([])
    const { events } = await b.call('receive', {})
    expect(events.filter(isMessage).map(({ body }) => body)).toEqual(['seen by nobody yet'])
    expect((await b.call('receive', {})).events).toEqual([])
  })

  test('goes on from a cursor or a time, and acknowledges nothing then', async () => {
    const begin = new Date().toISOString()
    await told(a, 'bob', 'since then', b)
    const by = await b.call('receive', { since: begin, types: ['message'] })
    expect(by.events.filter(isMessage).map(({ body }) => body)).toEqual(['since then'])
    expect((await b.call('receive', { since: by.cursor })).events).toEqual([])
    const before = await b.call('receive', { since: '0', until: begin, types: ['message'] })
    expect(before.events.length).toBeGreaterThan(0)
    expect(before.events.every(({ received_at }) => String(received_at) < begin)).toBe(true)
    const all = await b.call('receive', { since: '0', limit: 2 })
    expect(all).toMatchObject({ more: true })
    expect(all.events).toHaveLength(2)
    await expect(b.call('receive', { since: 'yesterday' })).rejects.toMatchObject({
      code: 'bad_input',
    })
  })

  test('waits for the first event, and ends empty when none comes', async () => {
    await b.call('receive', {})
    // Receipts of what was sent before may come at any moment.
    const empty = await b.call('receive', { types: ['message'], timeout: 50 })
    expect(empty.events).toEqual([])
    const waiting = b.call('receive', { in: ['alice'], types: ['message'], timeout: 15_000 })
    await send(a, 'bob', 'at last')
    expect((await waiting).events.filter(isMessage).map(({ body }) => body)).toContain('at last')
  })
})

describe('the account', () => {
  test('shows itself, its recovery key and its health', async () => {
    expect(await a.call('whoami', {})).toMatchObject({
      name: 'alice',
      server: server.url,
      device: { name: 'laptop' },
      keychain: 'file',
      connected: true,
    })
    const { key } = await a.call('account.recoveryKey', {})
    expect(key).toMatch(/^([0-9A-Z]{4}-){13}[0-9A-Z]{4}$/)
    const { checks } = await a.call('doctor', {})
    expect(checks.filter(({ ok }) => !ok)).toEqual([])
    expect(checks.map(({ name }) => name)).toContain('login')
    expect(await a.call('status', {})).toMatchObject({ pid: process.pid, daemon: true })
  })

  test('is registered once: the same call again is the same account, another one an error', async () => {
    const wish = { ...bob.options, name: 'bob', server: server.url }
    await b.call('receive', {})
    await b.close()
    const { id } = await registerProfile(wish)
    b = await bob.open({ serve: true })
    expect((await b.call('whoami', {})).id).toBe(id)
    await b.close()
    await expect(registerProfile({ ...wish, name: 'robert' })).rejects.toMatchObject({
      code: 'exists',
    })
    b = await bob.open({ serve: true })
  })

  test('checks what it is asked', async () => {
    const call = (method: string, params: object) =>
      a.call(method as 'whoami', params as Record<string, never>)
    await expect(call('no.such', {})).rejects.toMatchObject({ code: 'usage' })
    await expect(call('toString', {})).rejects.toMatchObject({ code: 'usage' })
    await expect(call('whoami', { extra: 1 })).rejects.toMatchObject({ code: 'usage' })
    await expect(call('history', {})).rejects.toMatchObject({ code: 'usage' })
    await expect(call('history', { chat: 5 })).rejects.toMatchObject({ code: 'usage' })
    await expect(call('send', { to: ['bob'], idempotencyKey: 'k' })).rejects.toMatchObject({
      code: 'bad_input',
    })
  })

  test('is deleted here and there, after its name was said', async () => {
    const carol = newPerson('carol')
    await register(carol, server)
    const client = await carol.open()
    writeFileSync(join(carol.home, 'mine.txt'), 'kept')
    await expect(client.call('account.delete', { confirm: 'bob' })).rejects.toMatchObject({
      code: 'bad_input',
    })
    await client.call('account.delete', { confirm: 'carol' })
    await expect(client.call('whoami', {})).rejects.toMatchObject({ code: 'no_profile' })
    await client.close()
    expect(listProfiles(carol.home)).toEqual([])
    expect(existsSync(join(carol.home, 'carol', 'profile.db'))).toBe(false)
    expect(existsSync(join(carol.home, 'carol', 'secrets.sealed'))).toBe(false)
    await expect(carol.open()).rejects.toMatchObject({ code: 'no_profile' })
    expect(await send(a, 'carol', 'gone')).toMatchObject({ error: { code: 'not_found' } })
    carol.forget()
  })
})
