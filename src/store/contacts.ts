// People whom this profile knows, and what it believes about their keys.

import { type AccountId, idFromBytes, idToBytes } from '../protocol/ids.ts'
import type { Connection } from './connection.ts'
import type { ContactRow, Relation, StoreWriter, TrustName } from './port.ts'
import { absent, flag, optionalBytes } from './values.ts'

type Methods = Pick<
  StoreWriter,
  'contact' | 'contactsNamed' | 'contacts' | 'strangers' | 'putContact' | 'deleteContact'
>

interface Columns {
  readonly account: Uint8Array
  readonly name: string
  readonly alias: string | null
  readonly identity_key: Uint8Array | null
  readonly trust: TrustName
  readonly offered_key: Uint8Array | null
  readonly was_verified: number
  readonly verified_at: number | null
  readonly relation: Relation
  readonly added_at: number
}

const contactRow = (columns: Columns): ContactRow => ({
  account: idFromBytes<AccountId>(columns.account),
  name: columns.name,
  alias: absent(columns.alias),
  identityKey: optionalBytes(columns.identity_key),
  trust: columns.trust,
  offeredKey: optionalBytes(columns.offered_key),
  wasVerified: flag(columns.was_verified),
  verifiedAt: absent(columns.verified_at),
  relation: columns.relation,
  addedAt: columns.added_at,
})

const PUT = `
INSERT INTO contacts (account, name, alias, identity_key, trust, offered_key, was_verified,
  verified_at, relation, added_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (account) DO UPDATE SET name = excluded.name, alias = excluded.alias,
  identity_key = excluded.identity_key, trust = excluded.trust,
  offered_key = excluded.offered_key, was_verified = excluded.was_verified,
  verified_at = excluded.verified_at, relation = excluded.relation,
  added_at = excluded.added_at`

const STRANGERS = `
SELECT account FROM contacts WHERE relation = 'none' AND alias IS NULL AND trust <> 'verified'
  AND NOT EXISTS (SELECT 1 FROM chats WHERE chats.account = contacts.account)
ORDER BY row DESC LIMIT -1 OFFSET ?`

export function contactRows(connection: Connection): Methods {
  return {
    contact(account) {
      const sql = 'SELECT * FROM contacts WHERE account = ?'
      const found = connection.one<Columns>(sql, idToBytes(account))
      return found && contactRow(found)
    },
    contactsNamed: (name) =>
      connection
        .all<Columns>('SELECT * FROM contacts WHERE name = ? OR alias = ? ORDER BY row', name, name)
        .map(contactRow),
    contacts: () =>
      connection.all<Columns>('SELECT * FROM contacts ORDER BY name, row').map(contactRow),
    strangers: (newest) =>
      connection
        .all<{ account: Uint8Array }>(STRANGERS, newest)
        .map(({ account }) => idFromBytes<AccountId>(account)),
    putContact(row) {
      connection.change(
        PUT,
        idToBytes(row.account),
        row.name,
        row.alias,
        row.identityKey,
        row.trust,
        row.offeredKey,
        row.wasVerified,
        row.verifiedAt,
        row.relation,
        row.addedAt,
      )
    },
    deleteContact: (account) =>
      void connection.change('DELETE FROM contacts WHERE account = ?', idToBytes(account)),
  }
}
