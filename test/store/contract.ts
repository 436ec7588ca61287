// What every store must do, whatever it is made of. An adapter's test calls this with a way to
// make an empty store.

import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { MessageRow, Store, StoreWriter } from '../../src/store/port.ts'
import {
  account,
  attachmentRow,
  blob,
  chat,
  chatRow,
  contactRow,
  device,
  eventRow,
  fill,
  log,
  message,
  messageRow,
  outboxRow,
  prekeyRow,
  quarantineRow,
  selfRow,
  sessionRow,
  skippedKeyRow,
} from './rows.ts'

export function storeContract(name: string, make: () => Store): void {
  describe(`${name} keeps the contract of a store`, () => {
    let store: Store
    const write = <T>(work: (tx: StoreWriter) => T): T => store.transaction(work)
    const add = (...rows: readonly Partial<MessageRow>[]): readonly number[] =>
      write((tx) => rows.map((row) => tx.addMessage({ ...messageRow, ...row })))

    beforeEach(() => {
      store = make()
    })
    afterEach(() => store.close())

    describe('transactions', () => {
      test('all of a transaction is there, or nothing of it', () => {
        expect(() =>
          write((tx) => {
            tx.putSelf(selfRow)
            tx.addMessage(messageRow)
            throw new Error('stop')
          }),
        ).toThrow('stop')
        expect(store.self()).toBeUndefined()
        expect(store.messages({ limit: 10 })).toEqual([])
        expect(store.search('good', { limit: 10 })).toEqual([])
        write((tx) => tx.putSelf(selfRow))
        expect(store.self()).toEqual(selfRow)
      })

      test('a failed statement fails the whole, and the next transaction works', () => {
        add({})
        expect(() => add({ id: message(2) }, { id: message(1) })).toThrow(
          expect.objectContaining({ code: 'constraint' }),
        )
        expect(store.message(message(2))).toBeUndefined()
        add({ id: message(2) })
        expect(store.message(message(2))).toBeDefined()
      })

      test('a transaction returns what its work returns and reads what it wrote', () => {
        expect(
          write((tx) => {
            tx.putCursor(log(1), 5)
            return tx.cursor(log(1))
          }),
        ).toBe(5)
      })

      test('work that waits, or a transaction in another, is refused', () => {
        expect(() => write(async (tx) => tx.putCursor(log(1), 1))).toThrow(
          expect.objectContaining({ code: 'misuse' }),
        )
        expect(store.cursor(log(1))).toBe(0)
        expect(() => write(() => write(() => 1))).toThrow(
          expect.objectContaining({ code: 'misuse' }),
        )
      })

      test('a writer that outlives its transaction can write nothing', () => {
        const kept = write((tx) => tx)
        expect(() => kept.putCursor(log(1), 1)).toThrow(expect.objectContaining({ code: 'misuse' }))
        expect(store.cursor(log(1))).toBe(0)
      })

      test('a closed store fails instead of answering', () => {
        const closed = make()
        closed.close()
        expect(() => closed.self()).toThrow(expect.objectContaining({ code: 'misuse' }))
      })
    })

    describe('identity', () => {
      test('the profile itself is one row that can change', () => {
        write((tx) => tx.putSelf(selfRow))
        write((tx) => tx.putSelf({ ...selfRow, registered: true, deviceName: 'desk' }))
        expect(store.self()).toEqual({ ...selfRow, registered: true, deviceName: 'desk' })
      })

      test('a remembered value is replaced and deleted', () => {
        expect(store.meta('generation')).toBeUndefined()
        write((tx) => tx.putMeta('generation', fill(8, 1)))
        write((tx) => tx.putMeta('generation', fill(8, 2)))
        expect(store.meta('generation')).toEqual(fill(8, 2))
        write((tx) => tx.deleteMeta('generation'))
        expect(store.meta('generation')).toBeUndefined()
      })

      test('bytes come back as plain Uint8Arrays of their own', () => {
        write((tx) => tx.putMeta('a', fill(4, 1)))
        const read = store.meta('a')
        expect(Object.getPrototypeOf(read)).toBe(Uint8Array.prototype)
        read?.fill(9)
        expect(store.meta('a')).toEqual(fill(4, 1))
      })

      test('of each account the newest device list stays', () => {
        const row = {
          account: account(2),
          version: 1,
          hash: fill(32, 1),
          body: fill(90, 2),
          signature: fill(64, 3),
          checkedAt: 5,
        }
        write((tx) => tx.putDeviceList(row))
        write((tx) => tx.putDeviceList({ ...row, version: 2 }))
        expect(store.deviceList(account(2))).toEqual({ ...row, version: 2 })
        expect(store.deviceList(account(3))).toBeUndefined()
        write((tx) => tx.putDeviceName(device(2), 'phone'))
        write((tx) => tx.putDeviceName(device(2), 'tablet'))
        expect(store.deviceName(device(2))).toBe('tablet')
        expect(store.deviceName(device(3))).toBeUndefined()
      })
    })

    describe('contacts', () => {
      test('a contact comes back with every field, and changes in place', () => {
        const changed = {
          ...contactRow,
          alias: 'Bobby',
          trust: 'changed',
          offeredKey: fill(32, 9),
          wasVerified: true,
          verifiedAt: 12,
        } as const
        write((tx) => tx.putContact(contactRow))
        expect(store.contact(account(2))).toEqual(contactRow)
        write((tx) => tx.putContact(changed))
        expect(store.contacts()).toEqual([changed])
        expect(store.contactsNamed('bob')).toEqual([changed])
        expect(store.contactsNamed('Bobby')).toEqual([changed])
        write((tx) => tx.deleteContact(account(2)))
        expect(store.contacts()).toEqual([])
      })

      test('a name and an alias that are alike are two answers', () => {
        write((tx) => {
          tx.putContact(contactRow)
          tx.putContact({ ...contactRow, account: account(3), name: 'carol', alias: 'bob' })
        })
        expect(store.contactsNamed('bob').map((row) => row.name)).toEqual(['bob', 'carol'])
      })
    })

    describe('sessions', () => {
      test('the active session comes first, then the newest', () => {
        const rows = [1, 2, 3].map((value) => ({
          ...sessionRow,
          session: fill(32, value),
          active: value === 1,
          updatedAt: value,
        }))
        write((tx) => {
          for (const row of rows) tx.putSession(row)
        })
        expect(store.sessions(device(2)).map((row) => row.updatedAt)).toEqual([1, 3, 2])
        expect(store.sessions(device(3))).toEqual([])
        write((tx) => tx.putSession({ ...sessionRow, session: fill(32, 1), state: fill(9, 9) }))
        expect(store.sessions(device(2))[0]?.state).toEqual(fill(9, 9))
        expect(store.sessions(device(2))).toHaveLength(3)
      })

      test('a session takes its skipped keys with it', () => {
        write((tx) => {
          tx.putSession(sessionRow)
          tx.addSkippedKey(skippedKeyRow)
          tx.addSkippedKey({ ...skippedKeyRow, session: fill(32, 99) })
        })
        expect(store.skippedKey(fill(32, 4), fill(32, 6), 7)).toEqual(skippedKeyRow)
        expect(store.skippedKey(fill(32, 4), fill(32, 6), 8)).toBeUndefined()
        write((tx) => tx.deleteSession(sessionRow.session))
        expect(store.sessions(device(2))).toEqual([])
        expect(store.skippedCount(fill(32, 4))).toBe(0)
        expect(store.skippedCount(fill(32, 99))).toBe(1)
        write((tx) => tx.deleteAllSessions())
        expect(store.skippedCount(fill(32, 99))).toBe(0)
      })

      test('skipped keys are trimmed to the newest, and the old ones go anyhow', () => {
        write((tx) => {
          for (let index = 0; index < 10; index += 1) {
            tx.addSkippedKey({ ...skippedKeyRow, index, createdAt: 100 + index })
          }
        })
        write((tx) => tx.trimSkippedKeys(skippedKeyRow.session, 6, 0))
        expect(store.skippedCount(skippedKeyRow.session)).toBe(6)
        expect(store.skippedKey(skippedKeyRow.session, fill(32, 6), 3)).toBeUndefined()
        expect(store.skippedKey(skippedKeyRow.session, fill(32, 6), 4)).toBeDefined()
        write((tx) => tx.trimSkippedKeys(skippedKeyRow.session, 6, 108))
        expect(store.skippedCount(skippedKeyRow.session)).toBe(2)
        write((tx) => tx.deleteSkippedKey(skippedKeyRow.session, fill(32, 6), 9))
        expect(store.skippedCount(skippedKeyRow.session)).toBe(1)
      })

      test('a handshake is remembered until it is forgotten', () => {
        write((tx) => tx.addHandshakeSeen(fill(32, 1), 10))
        write((tx) => tx.addHandshakeSeen(fill(32, 1), 11))
        write((tx) => tx.forgetHandshakes(10))
        expect(store.handshakeSeen(fill(32, 1))).toBe(true)
        write((tx) => tx.forgetHandshakes(11))
        expect(store.handshakeSeen(fill(32, 1))).toBe(false)
      })
    })

    describe('prekeys', () => {
      test('kinds do not mix and each field comes back', () => {
        const kem = { ...prekeyRow, kind: 'kem-one-time', retiredAt: 8, uploaded: true } as const
        write((tx) => {
          tx.putPrekey(prekeyRow)
          tx.putPrekey(kem)
        })
        expect(store.prekey('curve-one-time', 1)).toEqual(prekeyRow)
        expect(store.prekeys('kem-one-time')).toEqual([kem])
        expect(store.unsentPrekeys('kem-one-time')).toEqual([])
        expect(store.unsentPrekeys('curve-one-time')).toEqual([prekeyRow])
        expect(store.prekey('curve-signed', 1)).toBeUndefined()
      })

      test('an id is never given out again, also when its key is gone', () => {
        write((tx) => {
          for (const id of [1, 2, 3]) tx.putPrekey({ ...prekeyRow, id })
        })
        write((tx) => tx.deletePrekey('curve-one-time', 3))
        write((tx) => tx.putPrekey({ ...prekeyRow, id: 1, uploaded: true }))
        expect(store.highestPrekeyId('curve-one-time')).toBe(3)
        write((tx) => tx.deleteAllPrekeys())
        expect(store.prekeys('curve-one-time')).toEqual([])
        expect(store.highestPrekeyId('curve-one-time')).toBe(3)
        expect(store.highestPrekeyId('curve-signed')).toBe(0)
      })
    })

    describe('chats', () => {
      test('a chat comes back with every field, pinned first, then the latest', () => {
        const full = {
          ...chatRow,
          title: 'Family',
          mutedUntil: 9,
          archived: true,
          pinned: true,
          expireAfter: 60_000,
          readRow: 4,
          lastAt: 1,
        }
        write((tx) => {
          tx.putChat(chatRow)
          tx.putChat({ ...chatRow, id: chat(2), account: undefined, kind: 'group', lastAt: 5 })
          tx.putChat({ ...full, id: chat(3), kind: 'self', account: account(1) })
        })
        expect(store.chats().map((row) => row.id)).toEqual([chat(3), chat(1), chat(2)])
        expect(store.chat(chat(3))).toEqual({
          ...full,
          id: chat(3),
          kind: 'self',
          account: account(1),
        })
        expect(store.chatWith(account(2), 'direct')).toEqual(chatRow)
        expect(store.chatWith(account(2), 'self')).toBeUndefined()
      })

      test('unread counts what came in behind the read mark', () => {
        write((tx) => tx.putChat(chatRow))
        const [, second] = add(
          { id: message(1) },
          { id: message(2) },
          { id: message(3), direction: 'out', status: 'stored' },
          { id: message(4) },
          { id: message(5), chat: chat(2) },
        )
        expect(store.unread(chat(1))).toBe(3)
        write((tx) => tx.putChat({ ...chatRow, readRow: second ?? 0 }))
        expect(store.unread(chat(1))).toBe(1)
        write((tx) => tx.deleteMessage(message(4)))
        expect(store.unread(chat(1))).toBe(0)
        expect(store.unread(chat(9))).toBe(0)
      })

      test('a deleted chat takes its messages and all that hangs on them', () => {
        write((tx) => {
          tx.putChat(chatRow)
          tx.putReaction({ message: message(1), account: account(2), emoji: '👍', at: 1 })
          tx.putAttachment(attachmentRow)
          tx.addOutbox(outboxRow)
        })
        add({ id: message(1) }, { id: message(2), chat: chat(2) })
        write((tx) => tx.deleteChat(chat(1)))
        expect(store.chat(chat(1))).toBeUndefined()
        expect(store.messages({ limit: 9 }).map((row) => row.id)).toEqual([message(2)])
        expect(store.search('morning', { limit: 9 }).map((row) => row.id)).toEqual([message(2)])
        expect(store.reactions(message(1))).toEqual([])
        expect(store.attachments(message(1))).toEqual([])
        expect(store.outboxSize()).toBe(1)
        expect(store.integrity()).toEqual([])
      })
    })

    describe('messages', () => {
      test('a message comes back with every field', () => {
        const full: MessageRow = {
          ...messageRow,
          direction: 'out',
          seq: undefined,
          status: 'scheduled',
          replyTo: message(7),
          editedAt: 1,
          expireAfter: 2,
          expiresAt: 3,
          pinned: true,
          dueAt: 4,
          failure: 'blocked',
          body: 'ünïcödé \u0000 \u{1f600}',
        }
        const [row] = add(full)
        expect(store.message(full.id)).toEqual({ ...full, row })
        expect(store.message(message(9))).toBeUndefined()
      })

      test('row numbers only grow, also when the newest message was deleted', () => {
        const [first, second] = add({ id: message(1) }, { id: message(2) })
        write((tx) => tx.deleteMessage(message(2)))
        const [third] = add({ id: message(3) })
        expect(third).toBeGreaterThan(second ?? Infinity)
        expect(second).toBeGreaterThan(first ?? Infinity)
      })

      test('an update changes the row and what is found, not the place', () => {
        const [row] = add({})
        write((tx) => tx.updateMessage({ ...messageRow, body: 'good evening', editedAt: 5 }))
        expect(store.message(message(1))).toEqual({
          ...messageRow,
          row,
          body: 'good evening',
          editedAt: 5,
        })
        expect(store.search('morning', { limit: 9 })).toEqual([])
        expect(store.search('evening', { limit: 9 })).toHaveLength(1)
        expect(() => write((tx) => tx.updateMessage({ ...messageRow, id: message(8) }))).toThrow()
      })

      test('a page is the newest, or what follows a row, always oldest first', () => {
        const rows = add(...[1, 2, 3, 4, 5, 6].map((n) => ({ id: message(n), receivedAt: n })))
        add({ id: message(7), chat: chat(2), account: account(9) })
        const page = (more: object): readonly number[] =>
          store.messages({ chat: chat(1), limit: 2, ...more }).map((row) => row.receivedAt)
        expect(page({})).toEqual([5, 6])
        expect(page({ beforeRow: rows[4] })).toEqual([3, 4])
        expect(page({ afterRow: rows[1] })).toEqual([3, 4])
        expect(page({ afterRow: rows[1], beforeRow: rows[3] })).toEqual([3])
        expect(page({ since: 6 })).toEqual([6])
        expect(page({ since: 2, afterRow: 0 })).toEqual([2, 3])
        expect(page({ limit: 100 })).toHaveLength(6)
        expect(store.messages({ account: account(9), limit: 9 })).toHaveLength(1)
        expect(store.messages({ limit: 9 })).toHaveLength(7)
      })

      test('an id is found by the beginning of it, with and without dashes', () => {
        add({ id: message(0x10) }, { id: message(0x11) }, { id: message(0x20) })
        const start = message(0x11).slice(0, -1)
        expect(store.messagesLike(start, 9)).toHaveLength(2)
        expect(store.messagesLike(start.replaceAll('-', ''), 1)).toHaveLength(1)
        expect(store.messagesLike(message(0x11), 9)).toHaveLength(1)
        expect(store.messagesLike(message(0x11).toUpperCase(), 9)).toHaveLength(1)
        expect(store.messagesLike('', 9)).toEqual([])
        expect(store.messagesLike("%' OR 1", 9)).toEqual([])
      })

      test('what is due is found by its time', () => {
        expect(store.nextDue()).toBeUndefined()
        add(
          { id: message(1), status: 'scheduled', dueAt: 20 },
          { id: message(2), status: 'scheduled', dueAt: 10 },
          { id: message(3), status: 'stored', dueAt: 5 },
          { id: message(4), expiresAt: 30 },
          { id: message(5), expiresAt: 40 },
        )
        expect(store.dueScheduled(9)).toEqual([])
        expect(store.dueScheduled(20).map((row) => row.dueAt)).toEqual([10, 20])
        expect(store.dueExpired(29, 9)).toEqual([])
        expect(store.dueExpired(50, 1).map((row) => row.expiresAt)).toEqual([30])
        expect(store.nextDue()).toBe(10)
      })

      test('the next due moment looks at all that waits', () => {
        write((tx) => tx.addOutbox({ ...outboxRow, notBefore: 0 }))
        expect(store.nextDue()).toBeUndefined()
        add({ expiresAt: 50 })
        expect(store.nextDue()).toBe(50)
        write((tx) =>
          tx.addReceipt({ account: account(2), message: message(1), kind: 'read', dueAt: 40 }),
        )
        expect(store.nextDue()).toBe(40)
        write((tx) => tx.addOutbox({ ...outboxRow, notBefore: 30 }))
        expect(store.nextDue()).toBe(30)
        expect(store.nextDue(30)).toBe(40)
      })

      test('a deleted message takes all that hangs on it, the events about it too', () => {
        add({}, { id: message(2) })
        write((tx) => {
          tx.putReaction({ message: message(1), account: account(2), emoji: '👍', at: 1 })
          tx.putAttachment(attachmentRow)
          tx.addEvent({ ...eventRow, type: 'edit', data: '{"body":"good morning"}' })
          tx.addEvent({ ...eventRow, message: message(2) })
        })
        write((tx) => tx.deleteMessage(message(1)))
        expect(store.message(message(1))).toBeUndefined()
        expect(store.search('morning', { limit: 9 })).toHaveLength(1)
        expect(store.reactions(message(1))).toEqual([])
        expect(store.attachments(message(1))).toEqual([])
        expect(store.events(0, 9).map((event) => event.message)).toEqual([message(2)])
        write((tx) => tx.deleteMessage(message(1)))
        expect(store.integrity()).toEqual([])
      })

      test('reactions are one per person and emoji', () => {
        const row = { message: message(1), account: account(2), emoji: '🎉', at: 5 }
        write((tx) => {
          tx.putReaction(row)
          tx.putReaction({ ...row, at: 6 })
          tx.putReaction({ ...row, emoji: '👍', at: 1 })
        })
        expect(store.reactions(message(1)).map((r) => r.emoji)).toEqual(['👍', '🎉'])
        write((tx) => tx.deleteReaction(message(1), account(2), '👍'))
        expect(store.reactions(message(1))).toEqual([{ ...row, at: 6 }])
      })

      test('attachments stand in their order and show how far they are', () => {
        const second = {
          ...attachmentRow,
          id: 'file-2',
          position: 1,
          blob: undefined,
          digest: fill(32, 1),
          path: '/tmp/map',
          state: 'uploading',
          transferred: 2 ** 33,
        } as const
        write((tx) => {
          tx.putAttachment(second)
          tx.putAttachment(attachmentRow)
        })
        expect(store.attachments(message(1))).toEqual([attachmentRow, second])
        expect(store.uploads()).toEqual([second])
        write((tx) => tx.putAttachment({ ...second, state: 'saved', blob: blob(2) }))
        expect(store.uploads()).toEqual([])
        expect(store.attachment('file-2')).toEqual({ ...second, state: 'saved', blob: blob(2) })
        expect(store.attachment('file-3')).toBeUndefined()
      })
    })

    describe('search', () => {
      const found = (query: string, more: object = {}): readonly string[] =>
        store.search(query, { limit: 99, ...more }).map((row) => row.body)

      beforeEach(() => {
        const bodies = [
          'The quick brown fox',
          'a Café in Zürich',
          'foxes are quick',
          'say "hello" AND go; NOT now*',
          '今日は天気がいい',
          'party tonight 🎉',
        ]
        add(...bodies.map((body, at) => ({ id: message(at + 1), body, receivedAt: at })))
      })

      test('all words must occur, the last may be unfinished', () => {
        expect(found('fox quick')).toEqual(['The quick brown fox'])
        expect(found('quick fox')).toEqual(['The quick brown fox', 'foxes are quick'])
        expect(found('quick fox ')).toEqual(['The quick brown fox'])
        expect(found('quick cat')).toEqual([])
      })

      test('case and accents do not matter', () => {
        expect(found('CAFE zurich')).toEqual(['a Café in Zürich'])
      })

      test('what looks like query syntax is only text', () => {
        expect(found('hello AND')).toEqual(['say "hello" AND go; NOT now*'])
        expect(found('"hello" NOT')).toEqual(['say "hello" AND go; NOT now*'])
        expect(found('body:hello')).toEqual([])
        for (const query of ['"', '*', '^a', 'NEAR(a b)', 'a OR', '-', '{a b}:c', '\0', 'x\0"y']) {
          expect(() => found(query)).not.toThrow()
        }
      })

      test('scripts without spaces and emoji are found by what they contain', () => {
        expect(found('天気')).toEqual(['今日は天気がいい'])
        expect(found('🎉')).toEqual(['party tonight 🎉'])
        expect(found('party 🎉')).toEqual(['party tonight 🎉'])
        expect(found('fox 🎉')).toEqual([])
      })

      test('nothing to look for finds nothing', () => {
        expect(found('')).toEqual([])
        expect(found(' \n ')).toEqual([])
      })

      test('pages cut the result like the history', () => {
        add({ id: message(50), body: 'quick reply', chat: chat(2), account: account(3) })
        expect(found('quick', { limit: 2 })).toEqual(['foxes are quick', 'quick reply'])
        expect(found('quick', { afterRow: 1, limit: 1 })).toEqual(['foxes are quick'])
        expect(found('quick', { beforeRow: 3 })).toEqual(['The quick brown fox'])
        expect(found('quick', { chat: chat(2) })).toEqual(['quick reply'])
        expect(found('quick', { account: account(3) })).toEqual(['quick reply'])
        expect(found('quick', { since: 2, chat: chat(1) })).toEqual(['foxes are quick'])
        expect(found('🎉', { beforeRow: 3 })).toEqual([])
      })

      test('no text of a person is ever an error, and every message finds itself', () => {
        fc.assert(
          fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (query) => {
            expect(() => store.search(query, { limit: 5 })).not.toThrow()
          }),
          { numRuns: 500 },
        )
        let number = 1_000
        fc.assert(
          fc.property(
            fc.stringMatching(/^[a-zß-öø-ÿа-я0-9]{1,12}( [a-z0-9]{1,8}){0,4}$/),
            (body) => {
              number += 1
              const id = message(number)
              add({ id, body })
              expect(store.search(body, { limit: 999 }).map((row) => row.id)).toContain(id)
            },
          ),
          { numRuns: 60 },
        )
      })
    })

    describe('outbox, arrivals and events', () => {
      test('outbox rows keep their exact bytes and their order', () => {
        const [first, second] = write((tx) => [
          tx.addOutbox(outboxRow),
          tx.addOutbox({ ...outboxRow, message: undefined, chat: undefined, notBefore: 50 }),
        ])
        expect(store.outbox(10, 9)).toEqual([{ ...outboxRow, row: first }])
        expect(store.outbox(50, 9).map((row) => row.row)).toEqual([first, second])
        expect(store.outbox(50, 1)).toHaveLength(1)
        expect(store.outboxRow(second ?? 0)?.notBefore).toBe(50)
        write((tx) => tx.delayOutbox(first ?? 0, 70))
        expect(store.outbox(60, 9).map((row) => row.row)).toEqual([second])
        write((tx) => tx.deleteOutbox(first ?? 0))
        expect(store.outboxSize()).toBe(1)
        expect(store.outboxRow(first ?? 0)).toBeUndefined()
      })

      test('an outbox row number is never given out twice', () => {
        const first = write((tx) => tx.addOutbox(outboxRow))
        write((tx) => tx.deleteOutbox(first))
        expect(write((tx) => tx.addOutbox(outboxRow))).toBeGreaterThan(first)
      })

      test('a log begins at nought and keeps its cursor', () => {
        expect(store.cursor(log(1))).toBe(0)
        write((tx) => tx.putCursor(log(1), 7))
        write((tx) => tx.putCursor(log(1), 2 ** 50))
        expect(store.cursor(log(1))).toBe(2 ** 50)
        expect(store.cursor(log(2))).toBe(0)
      })

      test('a seen message is known by device and id together', () => {
        write((tx) => tx.addSeen(device(1), message(1), 10))
        expect(store.seen(device(1), message(1))).toBe(true)
        expect(store.seen(device(2), message(1))).toBe(false)
        write((tx) => tx.forgetSeen(11))
        expect(store.seen(device(1), message(1))).toBe(false)
      })

      test('the event cursor never falls back', () => {
        expect(store.lastEvent()).toBe(0)
        const cursors = write((tx) => [1, 2, 3].map((at) => tx.addEvent({ ...eventRow, at })))
        expect(store.events(cursors[0] ?? 0, 1)).toEqual([
          { ...eventRow, at: 2, cursor: cursors[1] },
        ])
        write((tx) => tx.forgetEvents(3))
        expect(store.events(0, 9).map((event) => event.at)).toEqual([3])
        write((tx) => tx.forgetEvents(4))
        expect(store.events(0, 9)).toEqual([])
        expect(store.lastEvent()).toBe(cursors[2])
        expect(write((tx) => tx.addEvent({ ...eventRow, chat: undefined }))).toBeGreaterThan(
          cursors[2] ?? Infinity,
        )
      })

      test('consumers and repeated calls are remembered by name', () => {
        expect(store.consumer('bot')).toBeUndefined()
        write((tx) => tx.putConsumer('bot', 4))
        write((tx) => tx.putConsumer('bot', 5))
        expect(store.consumer('bot')).toBe(5)
        write((tx) => tx.putIdempotent('k', '{"a":1}', 10))
        write((tx) => tx.putIdempotent('k', '{"a":2}', 11))
        expect(store.idempotent('k')).toBe('{"a":2}')
        write((tx) => tx.forgetIdempotent(12))
        expect(store.idempotent('k')).toBeUndefined()
      })

      test('a second receipt does not put the first one off', () => {
        const row = { account: account(2), message: message(1), kind: 'read', dueAt: 10 } as const
        write((tx) => {
          tx.addReceipt(row)
          tx.addReceipt({ ...row, dueAt: 90 })
          tx.addReceipt({ ...row, kind: 'delivered', dueAt: 5 })
        })
        expect(store.dueReceipts(20).map((r) => r.kind)).toEqual(['delivered', 'read'])
        write((tx) => tx.deleteReceipt(account(2), message(1), 'delivered'))
        expect(store.dueReceipts(20)).toEqual([row])
        expect(store.dueReceipts(9)).toEqual([])
      })

      test('what could not be opened is kept once, newest first', () => {
        write((tx) => {
          tx.addQuarantine(quarantineRow)
          tx.addQuarantine({ ...quarantineRow, reason: 'again' })
          tx.addQuarantine({ ...quarantineRow, seq: 10, at: quarantineRow.at + 1 })
        })
        expect(store.quarantined(9).map((row) => row.seq)).toEqual([10, 9])
        expect(store.quarantined(9)[1]).toEqual(quarantineRow)
        write((tx) => tx.forgetQuarantine(quarantineRow.at + 1))
        expect(store.quarantined(9).map((row) => row.seq)).toEqual([10])
      })

      test('what could not be opened is found by whose it is and why, oldest first, and taken out', () => {
        const reason = 'untrusted_identity'
        write((tx) => {
          for (const seq of [3, 1, 2]) tx.addQuarantine({ ...quarantineRow, seq, reason })
          tx.addQuarantine({ ...quarantineRow, seq: 4 })
          tx.addQuarantine({ ...quarantineRow, seq: 5, reason, account: account(3) })
        })
        const seqs = () => store.quarantinedOf(quarantineRow.account, reason).map((row) => row.seq)
        expect(seqs()).toEqual([3, 1, 2])
        expect(store.quarantinedOf(quarantineRow.account, reason)[0]).toEqual({
          ...quarantineRow,
          seq: 3,
          reason,
        })
        write((tx) => tx.deleteQuarantine(quarantineRow.log, 1))
        expect(seqs()).toEqual([3, 2])
        expect(store.quarantined(9)).toHaveLength(4)
      })
    })

    test('a healthy store says that it is', () => {
      add({}, { id: message(2), body: '' })
      store.scrub()
      expect(store.integrity()).toEqual([])
    })
  })
}
