// Accounts, signed device lists, prekeys, invites and the rows of blobs. Writes are refused by
// value (`kind`), never by exception; what the caller hands in was verified already.

import type { SignedDeviceList } from '../../src/protocol/device-list.ts'
import type { AccountId, BlobId, DeviceId } from '../../src/protocol/ids.ts'
import type { AccountName } from '../../src/protocol/names.ts'
import type { PrekeyBundle, PrekeyUpload } from '../../src/protocol/prekeys.ts'

export interface Restore {
  /** Random, so that no two restores look alike to clients; 0 means none. */
  readonly mark: number
  /** Which file the database is now. */
  readonly file: string
}

export interface DirectoryStorage {
  /** A device that may log in: it stands in its account's list, and the account is not disabled. */
  device(device: DeviceId): Promise<DirectoryDevice | undefined>
  /** A device of a disabled account, so that its owner can be told why. */
  disabledDevice(device: DeviceId): Promise<DirectoryDevice | undefined>
  account(account: AccountId): Promise<DirectoryAccount | undefined>
  accountNamed(name: AccountName): Promise<DirectoryAccount | undefined>
  /** By name, from `after` on. */
  accounts(after: string, limit: number): Promise<readonly DirectoryAccount[]>
  devicesOf(account: AccountId): Promise<readonly DeviceId[]>
  /** Lists with a version over `after`, ascending. */
  listsAfter(account: AccountId, after: number, limit: number): Promise<readonly SignedDeviceList[]>
  prekeyCounts(device: DeviceId): Promise<PrekeyCounts>
  /** How often this server was restored from a backup, and the mark of the last time. */
  restored(): Promise<{ readonly count: number; readonly mark: number }>
  stats(): Promise<DirectoryStats>

  register(registration: Registration): Promise<RegisterOutcome>
  appendList(change: ListChange): Promise<ListOutcome>
  setDisabled(account: AccountId, disabled: boolean): Promise<boolean>
  deleteAccount(account: AccountId): Promise<DeletedAccount | undefined>
  /** At most one write a day and device: `day` counts days since 1970. */
  seen(device: DeviceId, day: number): Promise<void>
  putPrekeys(request: PutPrekeys): Promise<PrekeyCounts | undefined>
  claimPrekeys(request: ClaimPrekeys): Promise<readonly Claimed[]>
  /** Forgets keys that were handed out so long ago that no upload of them is repeated. */
  sweepSpentPrekeys(): Promise<number>
  countRestore(restore: Restore): Promise<number>
  /** At each start. True, and counted, where the database is a copy of the file that it was. */
  noteFile(restore: Restore): Promise<boolean>

  createInvite(invite: NewInvite): Promise<void>
  invites(): Promise<readonly Invite[]>
  /** By its id, or by the hash of its code. */
  revokeInvite(id: string, hash: Uint8Array | undefined): Promise<boolean>
  /** Nobody has registered yet: whoever takes this one becomes the operator. */
  replaceFirstInvite(invite: NewInvite): Promise<boolean>

  createBlob(blob: NewBlob): Promise<BlobOutcome>
  blob(blob: BlobId): Promise<BlobRow | undefined>
  completeBlob(blob: BlobId, expiresAt: number): Promise<boolean>
  deleteBlob(blob: BlobId, owner: AccountId): Promise<boolean>
  /** Takes up to `limit` rows that are past their time. */
  takeExpiredBlobs(limit: number): Promise<readonly BlobId[]>
}

export interface DirectoryDevice {
  readonly account: AccountId
  readonly signingKey: Uint8Array
}

export interface DirectoryAccount {
  readonly account: AccountId
  readonly name: AccountName
  readonly identityKey: Uint8Array
  readonly disabled: boolean
  readonly operator: boolean
  readonly listVersion: number
  readonly createdDay: number
  /** The latest day on which one of its devices logged in. */
  readonly seenDay: number
}

export interface PrekeyCounts {
  readonly curve: number
  readonly kem: number
}

export interface DirectoryStats {
  readonly accounts: number
  readonly devices: number
  readonly blobs: number
  readonly blobBytes: number
  readonly invites: number
}

export interface NewDevice {
  readonly device: DeviceId
  readonly signingKey: Uint8Array
}

export interface Registration {
  readonly account: AccountId
  readonly name: AccountName
  readonly skeleton: string
  readonly identityKey: Uint8Array
  readonly list: SignedDeviceList
  readonly device: NewDevice
  readonly prekeys: PrekeyUpload
  readonly day: number
  readonly needsInvite: boolean
  /** SHA-256 of the code. */
  readonly inviteHash?: Uint8Array
}

export type RegisterRefusal = 'name_taken' | 'invite_required' | 'invite_invalid' | 'conflict'
export type RegisterOutcome =
  | { readonly kind: 'registered'; readonly operator: boolean }
  | { readonly kind: 'refused'; readonly reason: RegisterRefusal }

export interface ListChange {
  readonly account: AccountId
  readonly version: number
  readonly list: SignedDeviceList
  readonly add: readonly NewDevice[]
  readonly remove: readonly DeviceId[]
  readonly day: number
}

/** `repeated`: this very list is the newest already. */
export type ListOutcome = 'appended' | 'repeated' | 'conflict'

export interface DeletedAccount {
  readonly devices: readonly DeviceId[]
  readonly blobs: readonly BlobId[]
}

export interface PutPrekeys {
  readonly device: DeviceId
  readonly upload: PrekeyUpload
  readonly replace: boolean
}

export interface ClaimPrekeys {
  readonly account: AccountId
  readonly devices: readonly DeviceId[]
}

export interface Claimed {
  readonly bundle: PrekeyBundle
  /** What is left after this one. */
  readonly left: PrekeyCounts
}

export interface NewInvite {
  /** Names the invite for `list` and `revoke`; tells nothing about the code. */
  readonly id: string
  readonly hash: Uint8Array
  readonly uses: number
  readonly expiresAt: number
  readonly operator: boolean
}

export interface Invite {
  readonly id: string
  readonly usesLeft: number
  readonly createdAt: number
  readonly expiresAt: number
  readonly operator: boolean
}

export interface NewBlob {
  readonly blob: BlobId
  readonly owner: AccountId
  readonly size: number
  readonly expiresAt: number
  readonly quota: BlobQuota
}

interface BlobQuota {
  readonly bytes: number
  readonly count: number
}

export type BlobOutcome = 'created' | 'quota'

export interface BlobRow {
  readonly owner: AccountId
  readonly size: number
  readonly complete: boolean
  readonly expiresAt: number
}
