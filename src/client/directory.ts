// What the driver may ask of the network: the server's directory, as values. The shell implements
// it over HTTP. Nothing that comes back is believed before the engine verified it.

import type { SignedDeviceList } from '../protocol/device-list.ts'
import type { AccountId, DeviceId } from '../protocol/ids.ts'
import type { AccountName } from '../protocol/names.ts'
import type { PrekeyBundle, PrekeyUpload } from '../protocol/prekeys.ts'

export interface DirectoryAccount {
  readonly account: AccountId
  readonly name: AccountName
  readonly identityKey: Uint8Array
}

/** Every method rejects with DirectoryError and nothing else. */
export interface Directory {
  lookup(name: AccountName): Promise<DirectoryAccount>
  account(account: AccountId): Promise<DirectoryAccount>
  /** The chain after a version; 0 is all of it. */
  deviceLists(account: AccountId, after: number): Promise<readonly SignedDeviceList[]>
  claimPrekeys(account: AccountId, devices: readonly DeviceId[]): Promise<readonly PrekeyBundle[]>
  /** `replace` drops what the server still has of one-time keys. */
  uploadPrekeys(upload: PrekeyUpload, replace: boolean): Promise<void>
}

export type DirectoryErrorCode =
  | 'not_found' // for good: no such account or name
  | 'rate_limited'
  | 'network' // no answer: try again when the connection is back
  | 'server' // an answer that is no use

export class DirectoryError extends Error {
  readonly code: DirectoryErrorCode
  /** Milliseconds since 1970. */
  readonly retryAfter: number | undefined

  /** `cause`: what the server said, for whoever tells it to a person. */
  constructor(code: DirectoryErrorCode, retryAfter?: number, cause?: Error) {
    super(code, cause === undefined ? {} : { cause })
    this.name = 'DirectoryError'
    this.code = code
    this.retryAfter = retryAfter
  }
}

/** Nobody is left waiting longer than this by what a server says. */
const MAX_RETRY_MS = 3_600_000

/** When to ask again: as the server said, or after `least`. */
export function retryTime({ retryAfter = 0 }: DirectoryError, now: number, least: number): number {
  return Math.min(Math.max(now + least, retryAfter), now + MAX_RETRY_MS)
}
