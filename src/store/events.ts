// The journal that `receive` hands out, who read it how far, and the answers to calls that may
// come twice.

import type { ChatId, MessageId } from '../protocol/ids.ts'
import type { Connection } from './connection.ts'
import type { EventRow, StoreWriter } from './port.ts'
import { idColumn, optionalId } from './values.ts'

type Methods = Pick<
  StoreWriter,
  | 'events'
  | 'lastEvent'
  | 'addEvent'
  | 'forgetEvents'
  | 'trimEvents'
  | 'consumer'
  | 'putConsumer'
  | 'idempotent'
  | 'putIdempotent'
  | 'forgetIdempotent'
>

interface Columns {
  readonly cursor: number
  readonly type: string
  readonly chat: Uint8Array | null
  readonly message: Uint8Array | null
  readonly data: string
  readonly at: number
}

const eventRow = (columns: Columns): EventRow => ({
  cursor: columns.cursor,
  type: columns.type,
  chat: optionalId<ChatId>(columns.chat),
  message: optionalId<MessageId>(columns.message),
  data: columns.data,
  at: columns.at,
})

const PUT_CONSUMER = `
INSERT INTO consumers (name, cursor) VALUES (?, ?)
ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor`

const TRIM_EVENTS = `
DELETE FROM events WHERE message IS NULL AND type = ? AND cursor <= (
  SELECT cursor FROM events WHERE message IS NULL AND type = ?
  ORDER BY cursor DESC LIMIT 1 OFFSET ?
)`

const PUT_IDEMPOTENT = `
INSERT INTO idempotent (key, result, at) VALUES (?, ?, ?)
ON CONFLICT (key) DO UPDATE SET result = excluded.result, at = excluded.at`

export function eventRows(connection: Connection): Methods {
  return {
    events: (after, limit) =>
      connection
        .all<Columns>('SELECT * FROM events WHERE cursor > ? ORDER BY cursor LIMIT ?', after, limit)
        .map(eventRow),
    // Of all events ever: it must not fall back when old ones are forgotten.
    lastEvent() {
      const sql = "SELECT seq FROM sqlite_sequence WHERE name = 'events'"
      return connection.one<{ seq: number }>(sql)?.seq ?? 0
    },
    addEvent: (row) =>
      connection.insert(
        'INSERT INTO events (type, chat, message, data, at) VALUES (?, ?, ?, ?, ?)',
        row.type,
        idColumn(row.chat),
        idColumn(row.message),
        row.data,
        row.at,
      ),
    forgetEvents: (before) => void connection.change('DELETE FROM events WHERE at < ?', before),
    trimEvents: (type, keep) => void connection.change(TRIM_EVENTS, type, type, keep),
    consumer: (name) =>
      connection.one<{ cursor: number }>('SELECT cursor FROM consumers WHERE name = ?', name)
        ?.cursor,
    putConsumer: (name, cursor) => void connection.change(PUT_CONSUMER, name, cursor),
    idempotent: (key) =>
      connection.one<{ result: string }>('SELECT result FROM idempotent WHERE key = ?', key)
        ?.result,
    putIdempotent: (key, result, at) => void connection.change(PUT_IDEMPOTENT, key, result, at),
    forgetIdempotent: (before) =>
      void connection.change('DELETE FROM idempotent WHERE at < ?', before),
  }
}
