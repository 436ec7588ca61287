// Conversations and how many of their messages are unread.

import { type AccountId, type ChatId, idFromBytes, idToBytes } from '../protocol/ids.ts'
import type { Connection } from './connection.ts'
import type { ChatKind, ChatRow, StoreWriter } from './port.ts'
import { absent, flag, idColumn, optionalId } from './values.ts'

type Methods = Pick<StoreWriter, 'chat' | 'chatWith' | 'chats' | 'unread' | 'putChat'>

interface Columns {
  readonly id: Uint8Array
  readonly kind: ChatKind
  readonly account: Uint8Array | null
  readonly title: string | null
  readonly muted_until: number | null
  readonly archived: number
  readonly pinned: number
  readonly expire_after: number | null
  readonly created_at: number
  readonly last_at: number
  readonly read_row: number
}

const chatRow = (columns: Columns): ChatRow => ({
  id: idFromBytes<ChatId>(columns.id),
  kind: columns.kind,
  account: optionalId<AccountId>(columns.account),
  title: absent(columns.title),
  mutedUntil: absent(columns.muted_until),
  archived: flag(columns.archived),
  pinned: flag(columns.pinned),
  expireAfter: absent(columns.expire_after),
  createdAt: columns.created_at,
  lastAt: columns.last_at,
  readRow: columns.read_row,
})

const PUT = `
INSERT INTO chats (id, kind, account, title, muted_until, archived, pinned, expire_after,
  created_at, last_at, read_row)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, account = excluded.account,
  title = excluded.title, muted_until = excluded.muted_until, archived = excluded.archived,
  pinned = excluded.pinned, expire_after = excluded.expire_after,
  created_at = excluded.created_at, last_at = excluded.last_at, read_row = excluded.read_row`

/** Answered from the index `messages_chat` alone. */
const UNREAD = `
SELECT count(*) AS count FROM messages
WHERE chat = ? AND direction = 'in'
  AND row > (SELECT read_row FROM chats WHERE id = ?)`

export function chatRows(connection: Connection): Methods {
  return {
    chat(id) {
      const found = connection.one<Columns>('SELECT * FROM chats WHERE id = ?', idToBytes(id))
      return found && chatRow(found)
    },
    chatWith(account, kind) {
      const sql = 'SELECT * FROM chats WHERE account = ? AND kind = ? ORDER BY row LIMIT 1'
      const found = connection.one<Columns>(sql, idToBytes(account), kind)
      return found && chatRow(found)
    },
    chats: () =>
      connection
        .all<Columns>('SELECT * FROM chats ORDER BY pinned DESC, last_at DESC, row DESC')
        .map(chatRow),
    unread(chat) {
      const id = idToBytes(chat)
      return connection.one<{ count: number }>(UNREAD, id, id)?.count ?? 0
    },
    putChat(row) {
      connection.change(
        PUT,
        idToBytes(row.id),
        row.kind,
        idColumn(row.account),
        row.title,
        row.mutedUntil,
        row.archived,
        row.pinned,
        row.expireAfter,
        row.createdAt,
        row.lastAt,
        row.readRow,
      )
    },
  }
}
