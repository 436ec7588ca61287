// Accounts, their devices and their chains of signed lists.

import {
  type AccountId,
  type BlobId,
  type DeviceId,
  idFromBytes,
  idToBytes,
} from '../../../src/protocol/ids.ts'
import { RESTORE_LEAP } from '../../../src/protocol/limits.ts'
import type {
  DeletedAccount,
  ListChange,
  ListOutcome,
  NewDevice,
  RegisterOutcome,
  RegisterRefusal,
  Registration,
  Restore,
} from '../directory-port.ts'
import { useInvite } from './invites.ts'
import { createMailbox, removeMailbox } from './mailboxes.ts'
import type { Sql } from './open.ts'
import type { OperationContext } from './operation.ts'
import { putUpload } from './prekeys.ts'

export const accountOperations = {
  register,
  appendList,
  setDisabled,
  deleteAccount,
  seen,
  countRestore,
  noteFile,
}

/** The version of the account's newest device list; undefined where there is no such account. */
export const currentListVersion = (sql: Sql, account: AccountId): number | undefined =>
  sql.get<{ list_version: number }>(
    'SELECT list_version FROM account WHERE id = ?',
    idToBytes(account),
  )?.list_version

const refused = (reason: RegisterRefusal): RegisterOutcome => ({ kind: 'refused', reason })

function register({ sql, now }: OperationContext, wanted: Registration): RegisterOutcome {
  const account = idToBytes(wanted.account)
  const before = repeated(sql, wanted)
  if (before !== undefined) return before
  // The invite comes before the name: without one, nobody learns which names are taken.
  if (wanted.needsInvite && wanted.inviteHash === undefined) return refused('invite_required')
  const invite = wanted.inviteHash && useInvite(sql, { hash: wanted.inviteHash, now, spend: false })
  if (wanted.inviteHash !== undefined && invite === undefined) return refused('invite_invalid')
  if (isNameTaken(sql, wanted)) return refused('name_taken')
  if (isDevice(sql, wanted.device.device)) return refused('conflict')
  if (wanted.inviteHash) useInvite(sql, { hash: wanted.inviteHash, now, spend: true })
  const operator = invite?.operator ?? false
  sql.run(
    `INSERT INTO account (id, name, skeleton, identity_key, operator, list_version, created_day)
     VALUES (?, ?, ?, ?, ?, 1, ?)`,
    account,
    wanted.name,
    wanted.skeleton,
    wanted.identityKey,
    operator ? 1 : 0,
    wanted.day,
  )
  addList(sql, account, { version: 1, ...wanted.list })
  addDevice(sql, account, { ...wanted.device, day: wanted.day })
  putUpload(sql, wanted.device.device, wanted.prekeys)
  return { kind: 'registered', operator }
}

/** The answer to the same call again, so that a lost answer costs neither invite nor name. */
function repeated(sql: Sql, wanted: Registration): RegisterOutcome | undefined {
  const account = idToBytes(wanted.account)
  const known = sql.get<{ name: string; identity_key: Uint8Array; operator: number }>(
    'SELECT name, identity_key, operator FROM account WHERE id = ?',
    account,
  )
  if (known === undefined) return undefined
  const first = sql.get<{ body: Uint8Array }>(
    'SELECT body FROM device_list WHERE account = ? AND version = 1',
    account,
  )
  const same =
    known.name === wanted.name &&
    sameBytes(known.identity_key, wanted.identityKey) &&
    first !== undefined &&
    sameBytes(first.body, wanted.list.body)
  return same ? { kind: 'registered', operator: known.operator === 1 } : refused('conflict')
}

function appendList({ sql }: OperationContext, change: ListChange): ListOutcome {
  const account = idToBytes(change.account)
  const version = currentListVersion(sql, change.account)
  if (version === change.version && holdsList(sql, account, change)) return 'repeated'
  if (version !== change.version - 1) return 'conflict'
  if (change.add.some(({ device }) => isDevice(sql, device))) return 'conflict'
  addList(sql, account, { version: change.version, ...change.list })
  sql.run('UPDATE account SET list_version = ? WHERE id = ?', change.version, account)
  for (const device of change.remove) removeDevice(sql, device)
  for (const device of change.add) addDevice(sql, account, { ...device, day: change.day })
  return 'appended'
}

function setDisabled(
  { sql }: OperationContext,
  { account, disabled }: { readonly account: AccountId; readonly disabled: boolean },
): boolean {
  return (
    sql.run(
      'UPDATE account SET disabled = ? WHERE id = ?',
      disabled ? 1 : 0,
      idToBytes(account),
    ) === 1
  )
}

function deleteAccount({ sql }: OperationContext, id: AccountId): DeletedAccount | undefined {
  const account = idToBytes(id)
  const devices = sql
    .all<{ id: Uint8Array }>('SELECT id FROM device WHERE account = ?', account)
    .map((row) => idFromBytes<DeviceId>(row.id))
  for (const device of devices) removeDevice(sql, device)
  const blobs = sql
    .all<{ id: Uint8Array }>('DELETE FROM blob WHERE owner = ? RETURNING id', account)
    .map((row) => idFromBytes<BlobId>(row.id))
  sql.run('DELETE FROM device_list WHERE account = ?', account)
  const gone = sql.run('DELETE FROM account WHERE id = ?', account) === 1
  return gone ? { devices, blobs } : undefined
}

function seen(
  { sql }: OperationContext,
  { device, day }: { readonly device: DeviceId; readonly day: number },
): void {
  sql.run(
    'UPDATE device SET seen_day = ? WHERE id = ? AND seen_day < ?',
    day,
    idToBytes(device),
    day,
  )
}

/** A second restore of one backup must leap beyond the first: no log grows faster than this. */
const NUMBERS_PER_MS = 256

/** Entries that came after the backup had numbers that their readers remember: new ones begin
 *  behind all of them, or they would be taken for old (N11). Readers see a gap, as there is.
 *  One-time keys of a backup may have been handed out since: none of them is handed out again. */
function countRestore({ sql, now }: OperationContext, { mark, file }: Restore): number {
  const { count } = restoreRow(sql)
  sql.run('DELETE FROM one_time_prekey')
  sql.run('UPDATE log SET head = max(head + ?, ?)', RESTORE_LEAP, now * NUMBERS_PER_MS)
  sql.run('UPDATE restore SET count = ?, mark = ?, file = ?', count + 1, mark, file)
  return count + 1
}

/** True, and counted as a restore, where the database is not the file that it was: a copy knows
 *  nothing of what the original took since. */
function noteFile(context: OperationContext, restore: Restore): boolean {
  const { file } = restoreRow(context.sql)
  if (file === restore.file) return false
  if (file !== null) countRestore(context, restore)
  else context.sql.run('UPDATE restore SET file = ?', restore.file)
  return file !== null
}

interface RestoreRow {
  readonly count: number
  readonly file: string | null
}

const restoreRow = (sql: Sql): RestoreRow =>
  sql.get<RestoreRow>('SELECT count, file FROM restore') ?? { count: 0, file: null }

function addList(
  sql: Sql,
  account: Uint8Array,
  list: { readonly version: number; readonly body: Uint8Array; readonly signature: Uint8Array },
): void {
  sql.run(
    'INSERT INTO device_list (account, version, body, signature) VALUES (?, ?, ?, ?)',
    account,
    list.version,
    list.body,
    list.signature,
  )
}

function addDevice(
  sql: Sql,
  account: Uint8Array,
  device: NewDevice & { readonly day: number },
): void {
  sql.run(
    'INSERT INTO device (id, account, signing_key, seen_day) VALUES (?, ?, ?, ?)',
    idToBytes(device.device),
    account,
    device.signingKey,
    device.day,
  )
  createMailbox(sql, device.device)
}

function removeDevice(sql: Sql, device: DeviceId): void {
  const id = idToBytes(device)
  removeMailbox(sql, device)
  sql.run('DELETE FROM one_time_prekey WHERE device = ?', id)
  sql.run('DELETE FROM standing_prekey WHERE device = ?', id)
  sql.run('DELETE FROM spent_prekey WHERE device = ?', id)
  sql.run('DELETE FROM device WHERE id = ?', id)
}

const isNameTaken = (sql: Sql, { name, skeleton }: Registration): boolean =>
  sql.get('SELECT 1 FROM account WHERE name = ? OR skeleton = ?', name, skeleton) !== undefined

const isDevice = (sql: Sql, device: DeviceId): boolean =>
  sql.get('SELECT 1 FROM device WHERE id = ?', idToBytes(device)) !== undefined

const holdsList = (sql: Sql, account: Uint8Array, { version, list }: ListChange): boolean =>
  sql.get(
    'SELECT 1 FROM device_list WHERE account = ? AND version = ? AND body = ?',
    account,
    version,
    list.body,
  ) !== undefined

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0
