// Accounts, devices, prekeys: see directory-operations.ts.

import type { AccountId, DeviceId } from '../../src/protocol/ids.ts'

export interface DirectoryStorage {
  device(device: DeviceId): Promise<DirectoryDevice | undefined>
}

export interface DirectoryDevice {
  readonly account: AccountId
  readonly signingKey: Uint8Array
}
