// The prekeys that this device published, with their private halves.

import type { Connection } from './connection.ts'
import type { PrekeyKindName, PrekeyRow, StoreWriter } from './port.ts'
import { absent, bytesOf, flag } from './values.ts'

type Methods = Pick<
  StoreWriter,
  | 'prekey'
  | 'prekeys'
  | 'unsentPrekeys'
  | 'highestPrekeyId'
  | 'putPrekey'
  | 'deletePrekey'
  | 'deleteAllPrekeys'
>

interface Columns {
  readonly kind: PrekeyKindName
  readonly id: number
  readonly public_key: Uint8Array
  readonly private_key: Uint8Array
  readonly signature: Uint8Array
  readonly created_at: number
  readonly uploaded: number
  readonly retired_at: number | null
}

const prekeyRow = (columns: Columns): PrekeyRow => ({
  kind: columns.kind,
  id: columns.id,
  publicKey: bytesOf(columns.public_key),
  privateKey: bytesOf(columns.private_key),
  signature: bytesOf(columns.signature),
  createdAt: columns.created_at,
  uploaded: flag(columns.uploaded),
  retiredAt: absent(columns.retired_at),
})

const PUT = `
INSERT INTO prekeys (kind, id, public_key, private_key, signature, created_at, uploaded,
  retired_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (kind, id) DO UPDATE SET public_key = excluded.public_key,
  private_key = excluded.private_key, signature = excluded.signature,
  created_at = excluded.created_at, uploaded = excluded.uploaded,
  retired_at = excluded.retired_at`

/** Outlives the keys: an id that came back would name two keys to whoever still holds the first. */
const RAISE = `
INSERT INTO prekey_heights (kind, highest) VALUES (?, ?)
ON CONFLICT (kind) DO UPDATE SET highest = max(highest, excluded.highest)`

export function prekeyRows(connection: Connection): Methods {
  return {
    prekey(kind, id) {
      const sql = 'SELECT * FROM prekeys WHERE kind = ? AND id = ?'
      const found = connection.one<Columns>(sql, kind, id)
      return found && prekeyRow(found)
    },
    prekeys: (kind) =>
      connection
        .all<Columns>('SELECT * FROM prekeys WHERE kind = ? ORDER BY id', kind)
        .map(prekeyRow),
    unsentPrekeys: (kind) =>
      connection
        .all<Columns>('SELECT * FROM prekeys WHERE kind = ? AND uploaded = 0 ORDER BY id', kind)
        .map(prekeyRow),
    highestPrekeyId(kind) {
      const sql = 'SELECT highest FROM prekey_heights WHERE kind = ?'
      return connection.one<{ highest: number }>(sql, kind)?.highest ?? 0
    },
    putPrekey(row) {
      connection.change(
        PUT,
        row.kind,
        row.id,
        row.publicKey,
        row.privateKey,
        row.signature,
        row.createdAt,
        row.uploaded,
        row.retiredAt,
      )
      connection.change(RAISE, row.kind, row.id)
    },
    deletePrekey: (kind, id) =>
      void connection.change('DELETE FROM prekeys WHERE kind = ? AND id = ?', kind, id),
    deleteAllPrekeys: () => void connection.change('DELETE FROM prekeys'),
  }
}
