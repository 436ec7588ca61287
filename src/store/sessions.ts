// Ratchet states with peers' devices, keys of messages that were overtaken, and the hashes of
// first messages already used. All of it opaque.

import { type DeviceId, idFromBytes, idToBytes } from '../protocol/ids.ts'
import type { Connection } from './connection.ts'
import type { SessionRow, SkippedKeyRow, StoreWriter } from './port.ts'
import { bytesOf, flag } from './values.ts'

type Methods = Pick<
  StoreWriter,
  | 'sessions'
  | 'putSession'
  | 'deleteSession'
  | 'deleteAllSessions'
  | 'skippedKey'
  | 'skippedCount'
  | 'skippedFrom'
  | 'addSkippedKey'
  | 'deleteSkippedKey'
  | 'trimSkippedKeys'
  | 'handshakeSeen'
  | 'addHandshakeSeen'
  | 'forgetHandshakes'
>

interface SessionColumns {
  readonly peer: Uint8Array
  readonly session: Uint8Array
  readonly state: Uint8Array
  readonly active: number
  readonly updated_at: number
}

interface SkippedKeyColumns {
  readonly peer: Uint8Array
  readonly session: Uint8Array
  readonly ratchet_key: Uint8Array
  readonly number: number
  readonly message_key: Uint8Array
  readonly created_at: number
}

const sessionRow = (columns: SessionColumns): SessionRow => ({
  peer: idFromBytes<DeviceId>(columns.peer),
  session: bytesOf(columns.session),
  state: bytesOf(columns.state),
  active: flag(columns.active),
  updatedAt: columns.updated_at,
})

const skippedKeyRow = (columns: SkippedKeyColumns): SkippedKeyRow => ({
  peer: idFromBytes<DeviceId>(columns.peer),
  session: bytesOf(columns.session),
  ratchetKey: bytesOf(columns.ratchet_key),
  index: columns.number,
  messageKey: bytesOf(columns.message_key),
  createdAt: columns.created_at,
})

const PUT_SESSION = `
INSERT INTO sessions (peer, session, state, active, updated_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (session) DO UPDATE SET peer = excluded.peer, state = excluded.state,
  active = excluded.active, updated_at = excluded.updated_at`

const ADD_SKIPPED = `
INSERT INTO skipped_keys (peer, session, ratchet_key, number, message_key, created_at)
VALUES (?, ?, ?, ?, ?, ?)`

const ONE_SKIPPED = 'WHERE session = ? AND ratchet_key = ? AND number = ?'

/** A key's row number is its age: the newest `keep` stay. */
const TRIM_SKIPPED = `
DELETE FROM skipped_keys WHERE row IN
  (SELECT row FROM skipped_keys WHERE session = ? ORDER BY row DESC LIMIT -1 OFFSET ?)`

export function sessionRows(connection: Connection): Methods {
  return {
    sessions: (peer) =>
      connection
        .all<SessionColumns>(
          'SELECT * FROM sessions WHERE peer = ? ORDER BY active DESC, updated_at DESC, row DESC',
          idToBytes(peer),
        )
        .map(sessionRow),
    putSession(row) {
      connection.change(
        PUT_SESSION,
        idToBytes(row.peer),
        row.session,
        row.state,
        row.active,
        row.updatedAt,
      )
    },
    deleteSession(session) {
      connection.change('DELETE FROM skipped_keys WHERE session = ?', session)
      connection.change('DELETE FROM sessions WHERE session = ?', session)
    },
    deleteAllSessions() {
      connection.change('DELETE FROM skipped_keys')
      connection.change('DELETE FROM sessions')
    },
    ...skippedKeys(connection),
    ...handshakes(connection),
  }
}

function skippedKeys(connection: Connection) {
  return {
    skippedKey(session, ratchetKey, index) {
      const sql = `SELECT * FROM skipped_keys ${ONE_SKIPPED}`
      const found = connection.one<SkippedKeyColumns>(sql, session, ratchetKey, index)
      return found && skippedKeyRow(found)
    },
    skippedFrom: (from, to) =>
      connection
        .all<{ peer: Uint8Array }>(
          'SELECT DISTINCT peer FROM skipped_keys WHERE created_at BETWEEN ? AND ?',
          from,
          to,
        )
        .map(({ peer }) => idFromBytes<DeviceId>(peer)),
    skippedCount(session) {
      const sql = 'SELECT count(*) AS count FROM skipped_keys WHERE session = ?'
      return connection.one<{ count: number }>(sql, session)?.count ?? 0
    },
    addSkippedKey(row) {
      connection.change(
        ADD_SKIPPED,
        idToBytes(row.peer),
        row.session,
        row.ratchetKey,
        row.index,
        row.messageKey,
        row.createdAt,
      )
    },
    deleteSkippedKey: (session, ratchetKey, index) =>
      void connection.change(`DELETE FROM skipped_keys ${ONE_SKIPPED}`, session, ratchetKey, index),
    trimSkippedKeys(session, keep, before) {
      const sql = 'DELETE FROM skipped_keys WHERE session = ? AND created_at < ?'
      connection.change(sql, session, before)
      connection.change(TRIM_SKIPPED, session, keep)
    },
  } satisfies Partial<Methods>
}

function handshakes(connection: Connection) {
  return {
    handshakeSeen: (hash) =>
      connection.one('SELECT 1 FROM handshakes WHERE hash = ?', hash) !== undefined,
    addHandshakeSeen: (hash, at) =>
      void connection.change(
        'INSERT INTO handshakes (hash, at) VALUES (?, ?) ON CONFLICT DO NOTHING',
        hash,
        at,
      ),
    forgetHandshakes: (before) =>
      void connection.change('DELETE FROM handshakes WHERE at < ?', before),
  } satisfies Partial<Methods>
}
