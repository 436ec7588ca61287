// Mailboxes as the directory's operations need them: a device's mailbox comes and goes with the
// device, in the transaction that adds or removes it.

import { type DeviceId, idToBytes } from '../../../src/protocol/ids.ts'
import type { Sql } from './open.ts'

/** Nothing happens if it stands already. */
export function createMailbox(sql: Sql, device: DeviceId): void {
  const id = idToBytes(device)
  const made = sql.run('INSERT INTO log (id, shared) VALUES (?, 0) ON CONFLICT DO NOTHING', id)
  if (made === 0) return
  sql.run('INSERT INTO reader (log, device) SELECT number, id FROM log WHERE id = ?', id)
}

/** The mailbox with all that is in it, and the device's place in every group's log. */
export function removeMailbox(sql: Sql, device: DeviceId): void {
  const id = idToBytes(device)
  sql.run('DELETE FROM entry WHERE log = (SELECT number FROM log WHERE id = ?)', id)
  sql.run('DELETE FROM reader WHERE log = (SELECT number FROM log WHERE id = ?)', id)
  sql.run('DELETE FROM log WHERE id = ?', id)
  sql.run('DELETE FROM reader WHERE device = ?', id)
  sql.run('DELETE FROM opening WHERE device = ?', id)
}
