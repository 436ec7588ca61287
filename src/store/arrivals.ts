// What came from the server: how far each log was read, which messages were seen, and what could
// not be opened.

import {
  type AccountId,
  type DeviceId,
  idFromBytes,
  idToBytes,
  type LogId,
} from '../protocol/ids.ts'
import type { Connection } from './connection.ts'
import type { QuarantineRow, StoreWriter } from './port.ts'
import { bytesOf } from './values.ts'

type Methods = Pick<
  StoreWriter,
  | 'cursor'
  | 'putCursor'
  | 'arrived'
  | 'hasArrived'
  | 'putArrived'
  | 'forgetArrived'
  | 'appended'
  | 'putAppended'
  | 'forgetAppended'
  | 'seen'
  | 'addSeen'
  | 'forgetSeen'
  | 'quarantined'
  | 'quarantinedOf'
  | 'addQuarantine'
  | 'deleteQuarantine'
  | 'forgetQuarantine'
  | 'trimQuarantine'
>

interface Columns {
  readonly log: Uint8Array
  readonly seq: number
  readonly account: Uint8Array
  readonly device: Uint8Array
  readonly body: Uint8Array
  readonly stored_at: number
  readonly reason: string
  readonly at: number
}

const quarantineRow = (columns: Columns): QuarantineRow => ({
  log: idFromBytes<LogId>(columns.log),
  seq: columns.seq,
  account: idFromBytes<AccountId>(columns.account),
  device: idFromBytes<DeviceId>(columns.device),
  body: bytesOf(columns.body),
  storedAt: columns.stored_at,
  reason: columns.reason,
  at: columns.at,
})

const QUARANTINED_OF = 'SELECT * FROM quarantine WHERE account = ? AND reason = ? ORDER BY row'

const ADD_QUARANTINE = `
INSERT INTO quarantine (log, seq, account, device, body, stored_at, reason, at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`

const TRIM_QUARANTINE = `
DELETE FROM quarantine WHERE row IN (
  SELECT row FROM (
    SELECT row, row_number() OVER newest AS place, sum(length(body)) OVER newest AS bytes
    FROM quarantine WHERE reason = ? WINDOW newest AS (ORDER BY row DESC)
  ) WHERE place > ? OR bytes > ?
)`

export function arrivalRows(connection: Connection): Methods {
  return {
    cursor(log) {
      const sql = 'SELECT seq FROM cursors WHERE log = ?'
      return connection.one<{ seq: number }>(sql, idToBytes(log))?.seq ?? 0
    },
    putCursor: (log, seq) =>
      void connection.change(
        `INSERT INTO cursors (log, seq) VALUES (?, ?)
         ON CONFLICT (log) DO UPDATE SET seq = excluded.seq`,
        idToBytes(log),
        seq,
      ),
    arrived(log, seq) {
      const sql = 'SELECT digest FROM arrived WHERE log = ? AND seq = ?'
      const row = connection.one<{ digest: Uint8Array }>(sql, idToBytes(log), seq)
      return row && bytesOf(row.digest)
    },
    hasArrived: (log, digest) =>
      connection.one(
        'SELECT 1 FROM arrived WHERE log = ? AND digest = ?',
        idToBytes(log),
        digest,
      ) !== undefined,
    putArrived: (log, seq, digest) =>
      void connection.change(
        `INSERT INTO arrived (log, seq, digest) VALUES (?, ?, ?)
         ON CONFLICT (log, seq) DO UPDATE SET digest = excluded.digest`,
        idToBytes(log),
        seq,
        digest,
      ),
    forgetArrived: (log, upTo) =>
      void connection.change(
        'DELETE FROM arrived WHERE log = ? AND seq <= ?',
        idToBytes(log),
        upTo,
      ),
    appended(log) {
      const sql = 'SELECT seq FROM appended WHERE log = ?'
      return connection.one<{ seq: number }>(sql, idToBytes(log))?.seq
    },
    putAppended: (log, seq) =>
      void connection.change(
        `INSERT INTO appended (log, seq) VALUES (?, ?)
         ON CONFLICT (log) DO UPDATE SET seq = excluded.seq`,
        idToBytes(log),
        seq,
      ),
    forgetAppended: () => void connection.change('DELETE FROM appended'),
    seen: (device, id) =>
      connection.one(
        'SELECT 1 FROM seen WHERE device = ? AND id = ?',
        idToBytes(device),
        idToBytes(id),
      ) !== undefined,
    addSeen: (device, id, at) =>
      void connection.change(
        'INSERT INTO seen (device, id, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
        idToBytes(device),
        idToBytes(id),
        at,
      ),
    forgetSeen: (before) => void connection.change('DELETE FROM seen WHERE at < ?', before),
    quarantined: (limit) =>
      connection
        .all<Columns>('SELECT * FROM quarantine ORDER BY row DESC LIMIT ?', limit)
        .map(quarantineRow),
    quarantinedOf: (account, reason) =>
      connection.all<Columns>(QUARANTINED_OF, idToBytes(account), reason).map(quarantineRow),
    addQuarantine: (row) =>
      void connection.change(
        ADD_QUARANTINE,
        idToBytes(row.log),
        row.seq,
        idToBytes(row.account),
        idToBytes(row.device),
        row.body,
        row.storedAt,
        row.reason,
        row.at,
      ),
    deleteQuarantine: (log, seq) =>
      void connection.change(
        'DELETE FROM quarantine WHERE log = ? AND seq = ?',
        idToBytes(log),
        seq,
      ),
    trimQuarantine: (reason, keep, bytes) =>
      void connection.change(TRIM_QUARANTINE, reason, keep, bytes),
    forgetQuarantine: (before) =>
      void connection.change('DELETE FROM quarantine WHERE at < ?', before),
  }
}
