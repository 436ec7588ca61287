// What waits to be sent, byte for byte: appends in the order of their making, and receipts that
// wait for their moment.

import { bytes, decode, encode, list, struct, u32 } from '../protocol/codec.ts'
import {
  type AccountId,
  accountId,
  type ChatId,
  clientId,
  idFromBytes,
  idToBytes,
  logId,
  type MessageId,
} from '../protocol/ids.ts'
import { MAX_APPEND_ITEMS, MAX_ENVELOPE_BYTES } from '../protocol/limits.ts'
import type { Connection } from './connection.ts'
import { type OutboxRow, type ReceiptRow, StoreError, type StoreWriter } from './port.ts'
import { idColumn, optionalId } from './values.ts'

type Methods = Pick<
  StoreWriter,
  | 'outbox'
  | 'outboxRow'
  | 'outboxSize'
  | 'addOutbox'
  | 'delayOutbox'
  | 'hurryOutbox'
  | 'deleteOutbox'
  | 'dueReceipts'
  | 'addReceipt'
  | 'deleteReceipt'
>

interface OutboxColumns {
  readonly row: number
  readonly message: Uint8Array | null
  readonly chat: Uint8Array | null
  readonly lists: Uint8Array
  readonly items: Uint8Array
  readonly not_before: number
  readonly created_at: number
}

interface ReceiptColumns {
  readonly account: Uint8Array
  readonly message: Uint8Array
  readonly kind: ReceiptRow['kind']
  readonly due_at: number
}

/** An account has one list; no append speaks of more accounts than it has items. */
const lists = list(struct({ account: accountId, version: u32 }), MAX_APPEND_ITEMS)
const items = list(
  struct({ log: logId, clientId, body: bytes(MAX_ENVELOPE_BYTES) }),
  MAX_APPEND_ITEMS,
)

function outboxRow(columns: OutboxColumns): OutboxRow {
  return {
    row: columns.row,
    message: optionalId<MessageId>(columns.message),
    chat: optionalId<ChatId>(columns.chat),
    ...unpacked(columns),
    notBefore: columns.not_before,
    createdAt: columns.created_at,
  }
}

/** The pages are authentic, so that a codec's complaint means a bug, and never an empty list. */
function unpacked(columns: OutboxColumns): Pick<OutboxRow, 'lists' | 'items'> {
  try {
    return { lists: decode(lists, columns.lists), items: decode(items, columns.items) }
  } catch {
    throw new StoreError('corrupt', `outbox row ${columns.row}`)
  }
}

const receiptRow = (columns: ReceiptColumns): ReceiptRow => ({
  account: idFromBytes<AccountId>(columns.account),
  message: idFromBytes<MessageId>(columns.message),
  kind: columns.kind,
  dueAt: columns.due_at,
})

const ADD = `
INSERT INTO outbox (message, chat, lists, items, not_before, created_at)
VALUES (?, ?, ?, ?, ?, ?)`

export function outboxRows(connection: Connection): Methods {
  return {
    outbox: (now, limit) =>
      connection
        .all<OutboxColumns>(
          'SELECT * FROM outbox WHERE not_before <= ? ORDER BY row LIMIT ?',
          now,
          limit,
        )
        .map(outboxRow),
    outboxRow(row) {
      const found = connection.one<OutboxColumns>('SELECT * FROM outbox WHERE row = ?', row)
      return found && outboxRow(found)
    },
    outboxSize: () =>
      connection.one<{ count: number }>('SELECT count(*) AS count FROM outbox')?.count ?? 0,
    addOutbox: (row) =>
      connection.insert(
        ADD,
        idColumn(row.message),
        idColumn(row.chat),
        encode(lists, row.lists),
        encode(items, row.items),
        row.notBefore,
        row.createdAt,
      ),
    hurryOutbox: (now) =>
      void connection.change('UPDATE outbox SET not_before = ? WHERE not_before > ?', now, now),
    delayOutbox: (row, notBefore) =>
      void connection.change('UPDATE outbox SET not_before = ? WHERE row = ?', notBefore, row),
    deleteOutbox: (row) => void connection.change('DELETE FROM outbox WHERE row = ?', row),
    ...receipts(connection),
  }
}

function receipts(connection: Connection) {
  return {
    dueReceipts: (now) =>
      connection
        .all<ReceiptColumns>('SELECT * FROM receipts WHERE due_at <= ? ORDER BY due_at, row', now)
        .map(receiptRow),
    // The first one stays: a second must not put its moment off.
    addReceipt: (row) =>
      void connection.change(
        `INSERT INTO receipts (account, message, kind, due_at) VALUES (?, ?, ?, ?)
         ON CONFLICT DO NOTHING`,
        idToBytes(row.account),
        idToBytes(row.message),
        row.kind,
        row.dueAt,
      ),
    deleteReceipt: (account, message, kind) =>
      void connection.change(
        'DELETE FROM receipts WHERE account = ? AND message = ? AND kind = ?',
        idToBytes(account),
        idToBytes(message),
        kind,
      ),
  } satisfies Partial<Methods>
}
