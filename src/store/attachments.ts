// What hangs on a message: reactions, and files with how far their transfer got.

import {
  type AccountId,
  type BlobId,
  idFromBytes,
  idToBytes,
  type MessageId,
} from '../protocol/ids.ts'
import type { Connection } from './connection.ts'
import type { AttachmentRow, ReactionRow, StoreWriter } from './port.ts'
import { absent, bytesOf, idColumn, optionalBytes, optionalId } from './values.ts'

type Methods = Pick<
  StoreWriter,
  | 'reactions'
  | 'putReaction'
  | 'deleteReaction'
  | 'attachments'
  | 'attachment'
  | 'uploads'
  | 'putAttachment'
>

interface ReactionColumns {
  readonly message: Uint8Array
  readonly account: Uint8Array
  readonly emoji: string
  readonly at: number
}

interface AttachmentColumns {
  readonly id: string
  readonly message: Uint8Array
  readonly position: number
  readonly name: string
  readonly mime: string
  readonly size: number
  readonly blob: Uint8Array | null
  readonly key: Uint8Array
  readonly digest: Uint8Array | null
  readonly path: string | null
  readonly state: AttachmentRow['state']
  readonly transferred: number
}

const reactionRow = (columns: ReactionColumns): ReactionRow => ({
  message: idFromBytes<MessageId>(columns.message),
  account: idFromBytes<AccountId>(columns.account),
  emoji: columns.emoji,
  at: columns.at,
})

const attachmentRow = (columns: AttachmentColumns): AttachmentRow => ({
  id: columns.id,
  message: idFromBytes<MessageId>(columns.message),
  position: columns.position,
  name: columns.name,
  mime: columns.mime,
  size: columns.size,
  blob: optionalId<BlobId>(columns.blob),
  key: bytesOf(columns.key),
  digest: optionalBytes(columns.digest),
  path: absent(columns.path),
  state: columns.state,
  transferred: columns.transferred,
})

const PUT_REACTION = `
INSERT INTO reactions (message, account, emoji, at) VALUES (?, ?, ?, ?)
ON CONFLICT (message, account, emoji) DO UPDATE SET at = excluded.at`

const PUT_ATTACHMENT = `
INSERT INTO attachments (id, message, position, name, mime, size, blob, key, digest, path, state,
  transferred)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET message = excluded.message, position = excluded.position,
  name = excluded.name, mime = excluded.mime, size = excluded.size, blob = excluded.blob,
  key = excluded.key, digest = excluded.digest, path = excluded.path, state = excluded.state,
  transferred = excluded.transferred`

export function attachmentRows(connection: Connection): Methods {
  return {
    reactions: (message) =>
      connection
        .all<ReactionColumns>(
          'SELECT * FROM reactions WHERE message = ? ORDER BY at, row',
          idToBytes(message),
        )
        .map(reactionRow),
    putReaction: (row) =>
      void connection.change(
        PUT_REACTION,
        idToBytes(row.message),
        idToBytes(row.account),
        row.emoji,
        row.at,
      ),
    deleteReaction: (message, account, emoji) =>
      void connection.change(
        'DELETE FROM reactions WHERE message = ? AND account = ? AND emoji = ?',
        idToBytes(message),
        idToBytes(account),
        emoji,
      ),
    attachments: (message) =>
      connection
        .all<AttachmentColumns>(
          'SELECT * FROM attachments WHERE message = ? ORDER BY position',
          idToBytes(message),
        )
        .map(attachmentRow),
    attachment(id) {
      const sql = 'SELECT * FROM attachments WHERE id = ?'
      const found = connection.one<AttachmentColumns>(sql, id)
      return found && attachmentRow(found)
    },
    uploads: () =>
      connection
        .all<AttachmentColumns>("SELECT * FROM attachments WHERE state = 'uploading' ORDER BY row")
        .map(attachmentRow),
    putAttachment(row) {
      connection.change(
        PUT_ATTACHMENT,
        row.id,
        idToBytes(row.message),
        row.position,
        row.name,
        row.mime,
        row.size,
        idColumn(row.blob),
        row.key,
        row.digest,
        row.path,
        row.state,
        row.transferred,
      )
    },
  }
}
