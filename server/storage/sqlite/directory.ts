// The directory over SQLite: writes go to the worker as named operations, reads to a connection
// of their own that cannot write.

import type { SignedDeviceList } from '../../../src/protocol/device-list.ts'
import { type AccountId, type DeviceId, idFromBytes, idToBytes } from '../../../src/protocol/ids.ts'
import type { AccountName } from '../../../src/protocol/names.ts'
import type {
  BlobRow,
  DirectoryAccount,
  DirectoryDevice,
  DirectoryStats,
  DirectoryStorage,
  Invite,
} from '../directory-port.ts'
import type { Sql } from './open.ts'
import type { Calls } from './operations.ts'
import { countsOf } from './prekeys.ts'

/** `reader` stays the caller's to close. */
export function sqliteDirectory(calls: Calls, reader: Sql): DirectoryStorage {
  return {
    ...readsOf(reader),
    register: (registration) => calls.call('register', registration),
    appendList: (change) => calls.call('appendList', change),
    setDisabled: (account, disabled) => calls.call('setDisabled', { account, disabled }),
    deleteAccount: (account) => calls.call('deleteAccount', account),
    seen: (device, day) => calls.call('seen', { device, day }),
    putPrekeys: (request) => calls.call('putPrekeys', request),
    claimPrekeys: (request) => calls.call('claimPrekeys', request),
    sweepSpentPrekeys: () => calls.call('sweepSpentPrekeys', undefined),
    countRestore: (restore) => calls.call('countRestore', restore),
    noteFile: (restore) => calls.call('noteFile', restore),
    createInvite: (invite) => calls.call('createInvite', invite),
    revokeInvite: (id, hash) => calls.call('revokeInvite', { id, hash }),
    replaceFirstInvite: (invite) => calls.call('replaceFirstInvite', invite),
    createBlob: (blob) => calls.call('createBlob', blob),
    completeBlob: (blob, expiresAt) => calls.call('completeBlob', { blob, expiresAt }),
    deleteBlob: (blob, owner) => calls.call('deleteBlob', { blob, owner }),
    takeExpiredBlobs: (limit) => calls.call('takeExpiredBlobs', limit),
  }
}

type Reads = Pick<
  DirectoryStorage,
  | 'device'
  | 'disabledDevice'
  | 'account'
  | 'accountNamed'
  | 'accounts'
  | 'devicesOf'
  | 'listsAfter'
  | 'prekeyCounts'
  | 'restored'
  | 'stats'
  | 'invites'
  | 'blob'
>

const readsOf = (sql: Sql): Reads => ({
  device: async (device) => deviceRow(sql, device, false),
  disabledDevice: async (device) => deviceRow(sql, device, true),
  account: async (account) =>
    accountOf(sql.get<AccountRow>(`${ACCOUNT} WHERE a.id = ?`, idToBytes(account))),
  accountNamed: async (name) => accountOf(sql.get<AccountRow>(`${ACCOUNT} WHERE a.name = ?`, name)),
  accounts: async (after, limit) =>
    sql
      .all<AccountRow>(`${ACCOUNT} WHERE a.name > ? ORDER BY a.name LIMIT ?`, after, limit)
      .map(accountFrom),
  devicesOf: async (account) =>
    sql
      .all<{ id: Uint8Array }>('SELECT id FROM device WHERE account = ?', idToBytes(account))
      .map((row) => idFromBytes<DeviceId>(row.id)),
  listsAfter: async (account, after, limit) =>
    sql.all<SignedDeviceList>(
      `SELECT body, signature FROM device_list WHERE account = ? AND version > ?
       ORDER BY version LIMIT ?`,
      idToBytes(account),
      after,
      limit,
    ),
  prekeyCounts: async (device) => countsOf(sql, device),
  restored: async () =>
    sql.get<{ count: number; mark: number }>('SELECT count, mark FROM restore') ?? NEVER,
  stats: async () => sql.get<DirectoryStats>(STATS) ?? NO_STATS,
  invites: async () => sql.all<InviteRow>(INVITES).map(inviteFrom),
  blob: async (blob) => {
    const row = sql.get<BlobSql>(
      'SELECT owner, size, complete, expires_at FROM blob WHERE id = ?',
      idToBytes(blob),
    )
    return row && blobFrom(row)
  },
})

const ACCOUNT = `SELECT a.id, a.name, a.identity_key, a.disabled, a.operator, a.list_version,
  a.created_day, (SELECT max(seen_day) FROM device d WHERE d.account = a.id) AS seen_day
  FROM account a`

const NEVER = { count: 0, mark: 0 }

const STATS = `SELECT (SELECT count(*) FROM account) AS accounts,
  (SELECT count(*) FROM device) AS devices,
  (SELECT count(*) FROM blob) AS blobs,
  (SELECT coalesce(sum(size), 0) FROM blob) AS blobBytes,
  (SELECT count(*) FROM invite) AS invites`
const NO_STATS: DirectoryStats = { accounts: 0, devices: 0, blobs: 0, blobBytes: 0, invites: 0 }

const INVITES = `SELECT id, uses_left, created_at, expires_at, operator FROM invite
  ORDER BY created_at, id`

interface AccountRow {
  readonly id: Uint8Array
  readonly name: AccountName
  readonly identity_key: Uint8Array
  readonly disabled: number
  readonly operator: number
  readonly list_version: number
  readonly created_day: number
  readonly seen_day: number | null
}

interface InviteRow {
  readonly id: string
  readonly uses_left: number
  readonly created_at: number
  readonly expires_at: number
  readonly operator: number
}

interface BlobSql {
  readonly owner: Uint8Array
  readonly size: number
  readonly complete: number
  readonly expires_at: number
}

const accountOf = (row: AccountRow | undefined): DirectoryAccount | undefined =>
  row && accountFrom(row)

const accountFrom = (row: AccountRow): DirectoryAccount => ({
  account: idFromBytes<AccountId>(row.id),
  name: row.name,
  identityKey: row.identity_key,
  disabled: row.disabled === 1,
  operator: row.operator === 1,
  listVersion: row.list_version,
  createdDay: row.created_day,
  seenDay: row.seen_day ?? row.created_day,
})

function deviceRow(sql: Sql, device: DeviceId, disabled: boolean): DirectoryDevice | undefined {
  const row = sql.get<{ account: Uint8Array; signing_key: Uint8Array }>(
    `SELECT d.account, d.signing_key FROM device d JOIN account a ON a.id = d.account
     WHERE d.id = ? AND a.disabled = ?`,
    idToBytes(device),
    disabled ? 1 : 0,
  )
  return row && { account: idFromBytes<AccountId>(row.account), signingKey: row.signing_key }
}

const inviteFrom = (row: InviteRow): Invite => ({
  id: row.id,
  usesLeft: row.uses_left,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  operator: row.operator === 1,
})

const blobFrom = (row: BlobSql): BlobRow => ({
  owner: idFromBytes<AccountId>(row.owner),
  size: row.size,
  complete: row.complete === 1,
  expiresAt: row.expires_at,
})
