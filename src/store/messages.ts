// The history: messages in the order in which they arrived here.

import {
  type AccountId,
  type ChatId,
  type DeviceId,
  idFromBytes,
  idToBytes,
  type MessageId,
} from '../protocol/ids.ts'
import type { Connection } from './connection.ts'
import {
  type MessageRow,
  type MessageStatus,
  type Page,
  StoreError,
  type StoreWriter,
} from './port.ts'
import type { SearchIndex } from './search-index.ts'
import { absent, bytesOf, flag, idColumn, optionalId, type Param } from './values.ts'

type Methods = Pick<
  StoreWriter,
  | 'message'
  | 'messagesLike'
  | 'messages'
  | 'dueScheduled'
  | 'dueExpired'
  | 'addMessage'
  | 'updateMessage'
  | 'deleteMessage'
  | 'shortenExpiry'
  | 'deleteChat'
>

export interface MessageColumns {
  readonly row: number
  readonly id: Uint8Array
  readonly chat: Uint8Array
  readonly account: Uint8Array
  readonly device: Uint8Array
  readonly direction: 'in' | 'out'
  readonly kind: string
  readonly body: string
  readonly payload: Uint8Array
  readonly sent_at: number
  readonly received_at: number
  readonly seq: number | null
  readonly status: MessageStatus
  readonly reply_to: Uint8Array | null
  readonly edited_at: number | null
  readonly expire_after: number | null
  readonly expires_at: number | null
  readonly silent: number
  readonly pinned: number
  readonly due_at: number | null
  readonly failure: string | null
}

export const messageRow = (columns: MessageColumns): MessageRow => ({
  row: columns.row,
  id: idFromBytes<MessageId>(columns.id),
  chat: idFromBytes<ChatId>(columns.chat),
  account: idFromBytes<AccountId>(columns.account),
  device: idFromBytes<DeviceId>(columns.device),
  direction: columns.direction,
  kind: columns.kind,
  body: columns.body,
  payload: bytesOf(columns.payload),
  sentAt: columns.sent_at,
  receivedAt: columns.received_at,
  seq: absent(columns.seq),
  status: columns.status,
  replyTo: optionalId<MessageId>(columns.reply_to),
  editedAt: absent(columns.edited_at),
  expireAfter: absent(columns.expire_after),
  expiresAt: absent(columns.expires_at),
  silent: flag(columns.silent),
  pinned: flag(columns.pinned),
  dueAt: absent(columns.due_at),
  failure: absent(columns.failure),
})

/** Every column but the row's number, with where its value comes from: one list for both. */
const FIELDS: Readonly<Record<Exclude<keyof MessageColumns, 'row'>, (row: MessageRow) => Param>> = {
  id: (row) => idToBytes(row.id),
  chat: (row) => idToBytes(row.chat),
  account: (row) => idToBytes(row.account),
  device: (row) => idToBytes(row.device),
  direction: (row) => row.direction,
  kind: (row) => row.kind,
  body: (row) => row.body,
  payload: (row) => row.payload,
  sent_at: (row) => row.sentAt,
  received_at: (row) => row.receivedAt,
  seq: (row) => row.seq,
  status: (row) => row.status,
  reply_to: (row) => idColumn(row.replyTo),
  edited_at: (row) => row.editedAt,
  expire_after: (row) => row.expireAfter,
  expires_at: (row) => row.expiresAt,
  silent: (row) => row.silent,
  pinned: (row) => row.pinned,
  due_at: (row) => row.dueAt,
  failure: (row) => row.failure,
}
const NAMES = Object.keys(FIELDS)
const VALUES = Object.values(FIELDS)

const ADD = `INSERT INTO messages (${NAMES.join(', ')}) VALUES (${NAMES.map(() => '?').join(', ')})`
const UPDATE = `UPDATE messages SET ${NAMES.map((name) => `${name} = ?`).join(', ')} WHERE row = ?`

const DUE_SCHEDULED = `
SELECT * FROM messages WHERE status = 'scheduled' AND due_at <= ? ORDER BY due_at, row`
const DUE_EXPIRED = `
SELECT * FROM messages WHERE expires_at <= ? ORDER BY expires_at LIMIT ?`

const SHORTEN_EXPIRY = `
UPDATE messages SET expires_at = ? + expire_after WHERE expires_at > ? + expire_after`

/** What goes with a message. */
const HANGING_ON = ['reactions', 'attachments', 'events'] as const
const OF_CHAT = 'message IN (SELECT id FROM messages WHERE chat = ?)'

/** Each in the words of the index that answers it. */
const ONLY = { pinned: 'messages.pinned = 1', scheduled: "messages.status = 'scheduled'" } as const

/** The conditions of a page, on a table that is called `messages`. */
export function pageConditions(page: Page): { readonly sql: string; readonly params: Param[] } {
  const conditions: readonly (readonly [sql: string, value: Param])[] = [
    ['messages.chat = ?', idColumn(page.chat)],
    ['messages.row < ?', page.beforeRow],
    ['messages.row > ?', page.afterRow],
    ['messages.received_at >= ?', page.since],
    ['messages.account = ?', idColumn(page.account)],
  ]
  const given = conditions.filter(([, value]) => value !== undefined)
  const only = page.only === undefined ? [] : [ONLY[page.only]]
  return {
    sql: [...given.map(([sql]) => sql), ...only].join(' AND ') || 'true',
    params: given.map(([, value]) => value),
  }
}

/** A page is cut at its near end and always handed out oldest first. */
export function pageOrder(page: Page): { readonly sql: 'ASC' | 'DESC'; readonly flip: boolean } {
  const forward = page.afterRow !== undefined
  return { sql: forward ? 'ASC' : 'DESC', flip: !forward }
}

export function messageRows(connection: Connection, index: SearchIndex): Methods {
  return { ...reads(connection), ...writes(connection, index), ...deletions(connection, index) }
}

const byId = (connection: Connection, id: MessageId): MessageColumns | undefined =>
  connection.one<MessageColumns>('SELECT * FROM messages WHERE id = ?', idToBytes(id))

function reads(connection: Connection) {
  return {
    message(id) {
      const found = byId(connection, id)
      return found && messageRow(found)
    },
    messagesLike: (prefix, limit) => messagesLike(connection, prefix, limit),
    messages(page) {
      const { sql, params } = pageConditions(page)
      const order = pageOrder(page)
      const rows = connection
        .all<MessageColumns>(
          `SELECT * FROM messages WHERE ${sql} ORDER BY messages.row ${order.sql} LIMIT ?`,
          ...params,
          page.limit,
        )
        .map(messageRow)
      return order.flip ? rows.reverse() : rows
    },
    dueScheduled: (now) => connection.all<MessageColumns>(DUE_SCHEDULED, now).map(messageRow),
    dueExpired: (now, limit) =>
      connection.all<MessageColumns>(DUE_EXPIRED, now, limit).map(messageRow),
  } satisfies Partial<Methods>
}

function writes(connection: Connection, index: SearchIndex) {
  return {
    addMessage(row) {
      const added = connection.insert(ADD, ...VALUES.map((value) => value(row)))
      index.add(added, row.body)
      return added
    },
    updateMessage(row) {
      const found = byId(connection, row.id)
      if (found === undefined) throw new StoreError('misuse', 'an update of no message')
      connection.change(UPDATE, ...VALUES.map((value) => value(row)), found.row)
      if (found.body !== row.body) {
        index.remove(found.row, found.body)
        index.add(found.row, row.body)
      }
      const emptied = row.body === '' && (found.body !== '' || found.kind !== row.kind)
      if (!emptied) return
      // What was deleted for everyone leaves its row; what the journal quotes of it goes too.
      connection.change("DELETE FROM events WHERE message = ? AND data <> '{}'", found.id)
      connection.scrubAfterCommit()
    },
    shortenExpiry: (now) => void connection.change(SHORTEN_EXPIRY, now, now),
  } satisfies Partial<Methods>
}

function deletions(connection: Connection, index: SearchIndex) {
  return {
    deleteMessage(id) {
      const found = byId(connection, id)
      if (found === undefined) return
      index.remove(found.row, found.body)
      connection.change('DELETE FROM messages WHERE row = ?', found.row)
      for (const table of HANGING_ON) {
        connection.change(`DELETE FROM ${table} WHERE message = ?`, found.id)
      }
      connection.scrubAfterCommit()
    },
    deleteChat(chat) {
      const id = idToBytes(chat)
      index.removeChat(id)
      for (const table of HANGING_ON) connection.change(`DELETE FROM ${table} WHERE ${OF_CHAT}`, id)
      connection.change('DELETE FROM messages WHERE chat = ?', id)
      connection.change('DELETE FROM chats WHERE id = ?', id)
      connection.scrubAfterCommit()
    },
  } satisfies Partial<Methods>
}

/** Ids that begin alike are neighbours in the index; dashes carry nothing. */
function messagesLike(
  connection: Connection,
  prefix: string,
  limit: number,
): readonly MessageRow[] {
  const digits = prefix.toLowerCase().replaceAll('-', '')
  if (!/^[0-9a-f]{1,32}$/.test(digits)) return []
  const first = Buffer.from(digits.padEnd(32, '0'), 'hex')
  const last = Buffer.from(digits.padEnd(32, 'f'), 'hex')
  return connection
    .all<MessageColumns>(
      'SELECT * FROM messages WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?',
      first,
      last,
      limit,
    )
    .map(messageRow)
}
