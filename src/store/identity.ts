// Who this profile is, what it remembers under a plain name, and which devices accounts have.

import { type AccountId, type DeviceId, idFromBytes, idToBytes } from '../protocol/ids.ts'
import type { Connection } from './connection.ts'
import type { DeviceListRow, SelfRow, StoreWriter } from './port.ts'
import { bytesOf, flag } from './values.ts'

type Methods = Pick<
  StoreWriter,
  | 'self'
  | 'putSelf'
  | 'meta'
  | 'putMeta'
  | 'deleteMeta'
  | 'deviceList'
  | 'putDeviceList'
  | 'deleteDeviceList'
  | 'deviceName'
  | 'putDeviceName'
>

interface SelfColumns {
  readonly account: Uint8Array
  readonly name: string
  readonly identity_key: Uint8Array
  readonly device: Uint8Array
  readonly device_name: string
  readonly server: string
  readonly server_key: Uint8Array
  readonly created_at: number
  readonly registered: number
}

interface DeviceListColumns {
  readonly account: Uint8Array
  readonly version: number
  readonly hash: Uint8Array
  readonly body: Uint8Array
  readonly signature: Uint8Array
  readonly checked_at: number
}

const selfRow = (columns: SelfColumns): SelfRow => ({
  account: idFromBytes<AccountId>(columns.account),
  name: columns.name,
  identityKey: bytesOf(columns.identity_key),
  device: idFromBytes<DeviceId>(columns.device),
  deviceName: columns.device_name,
  server: columns.server,
  serverKey: bytesOf(columns.server_key),
  createdAt: columns.created_at,
  registered: flag(columns.registered),
})

const deviceListRow = (columns: DeviceListColumns): DeviceListRow => ({
  account: idFromBytes<AccountId>(columns.account),
  version: columns.version,
  hash: bytesOf(columns.hash),
  body: bytesOf(columns.body),
  signature: bytesOf(columns.signature),
  checkedAt: columns.checked_at,
})

const PUT_SELF = `
INSERT INTO self (one, account, name, identity_key, device, device_name, server, server_key,
  created_at, registered)
VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (one) DO UPDATE SET account = excluded.account, name = excluded.name,
  identity_key = excluded.identity_key, device = excluded.device,
  device_name = excluded.device_name, server = excluded.server,
  server_key = excluded.server_key, created_at = excluded.created_at,
  registered = excluded.registered`

const PUT_META = `
INSERT INTO meta (key, value) VALUES (?, ?)
ON CONFLICT (key) DO UPDATE SET value = excluded.value`

const PUT_DEVICE_LIST = `
INSERT INTO device_lists (account, version, hash, body, signature, checked_at)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (account) DO UPDATE SET version = excluded.version, hash = excluded.hash,
  body = excluded.body, signature = excluded.signature, checked_at = excluded.checked_at`

const PUT_DEVICE_NAME = `
INSERT INTO device_names (device, name) VALUES (?, ?)
ON CONFLICT (device) DO UPDATE SET name = excluded.name`

export function identityRows(connection: Connection): Methods {
  return {
    self() {
      const found = connection.one<SelfColumns>('SELECT * FROM self WHERE one = 1')
      return found && selfRow(found)
    },
    putSelf(row) {
      connection.change(
        PUT_SELF,
        idToBytes(row.account),
        row.name,
        row.identityKey,
        idToBytes(row.device),
        row.deviceName,
        row.server,
        row.serverKey,
        row.createdAt,
        row.registered,
      )
    },
    meta(key) {
      const found = connection.one<{ value: Uint8Array }>(
        'SELECT value FROM meta WHERE key = ?',
        key,
      )
      return found && bytesOf(found.value)
    },
    putMeta: (key, value) => void connection.change(PUT_META, key, value),
    deleteMeta: (key) => void connection.change('DELETE FROM meta WHERE key = ?', key),
    deviceList(account) {
      const found = connection.one<DeviceListColumns>(
        'SELECT * FROM device_lists WHERE account = ?',
        idToBytes(account),
      )
      return found && deviceListRow(found)
    },
    putDeviceList(row) {
      connection.change(
        PUT_DEVICE_LIST,
        idToBytes(row.account),
        row.version,
        row.hash,
        row.body,
        row.signature,
        row.checkedAt,
      )
    },
    deleteDeviceList: (account) =>
      void connection.change('DELETE FROM device_lists WHERE account = ?', idToBytes(account)),
    deviceName(device) {
      const sql = 'SELECT name FROM device_names WHERE device = ?'
      return connection.one<{ name: string }>(sql, idToBytes(device))?.name
    },
    putDeviceName: (device, name) =>
      void connection.change(PUT_DEVICE_NAME, idToBytes(device), name),
  }
}
