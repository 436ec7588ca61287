// What the engine knows of a profile: domain values, and the reader it asks. It never learns how
// they are kept; client/view.ts shows it the store in these terms.

import type { PrivatePrekey } from '../crypto/session.ts'
import type { DeviceListHead, DeviceRecord } from '../protocol/device-list.ts'
import type {
  AccountId,
  BlobId,
  ChatId,
  ClientId,
  DeviceId,
  LogId,
  MessageId,
} from '../protocol/ids.ts'
import type { PrekeyKind } from '../protocol/prekeys.ts'

export interface Self {
  readonly account: AccountId
  readonly name: string
  readonly identityKey: Uint8Array
  readonly device: DeviceId
  readonly deviceName: string
}

/** What we know of an account's identity key. First contact pins it; `changed` stops sending. */
export type Trust =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unverified'; readonly key: Uint8Array }
  | { readonly kind: 'verified'; readonly key: Uint8Array; readonly at: number }
  | {
      readonly kind: 'changed'
      readonly was: Uint8Array
      readonly now: Uint8Array
      readonly wasVerified: boolean
    }

/** `outgoing`: we asked; `incoming`: they asked. */
export type Relation = 'none' | 'outgoing' | 'incoming' | 'accepted' | 'blocked'

export interface Contact {
  readonly account: AccountId
  readonly name: string
  readonly alias: string | undefined
  readonly trust: Trust
  readonly relation: Relation
  readonly addedAt: number
}

/** The newest verified device list of an account. */
export interface KnownDevices {
  readonly account: AccountId
  readonly head: DeviceListHead
  readonly devices: readonly DeviceRecord[]
  readonly body: Uint8Array
  readonly signature: Uint8Array
  readonly checkedAt: number
}

export interface KeptSession {
  readonly peer: DeviceId
  readonly session: Uint8Array
  readonly state: Uint8Array
  readonly active: boolean
  readonly updatedAt: number
}

export interface KeptSkippedKey {
  readonly peer: DeviceId
  readonly session: Uint8Array
  readonly ratchetKey: Uint8Array
  readonly index: number
  readonly messageKey: Uint8Array
  readonly createdAt: number
}

export interface OwnPrekey extends PrivatePrekey {
  readonly kind: PrekeyKind
  readonly id: number
  readonly signature: Uint8Array
  readonly createdAt: number
  readonly uploaded: boolean
  readonly retiredAt: number | undefined
}

export interface Chat {
  readonly id: ChatId
  readonly kind: 'direct' | 'group' | 'self'
  readonly account: AccountId | undefined
  readonly title: string | undefined
  readonly mutedUntil: number | undefined
  readonly archived: boolean
  readonly pinned: boolean
  readonly expireAfter: number | undefined
  readonly createdAt: number
  readonly lastAt: number
  readonly readRow: number
}

/** `scheduled` also holds what waits for its devices or its attachments: it is not encrypted yet. */
export type MessageStatus =
  | 'scheduled'
  | 'queued'
  | 'stored'
  | 'delivered'
  | 'read'
  | 'failed'
  | 'received'

export interface Message {
  readonly row: number
  readonly id: MessageId
  readonly chat: ChatId
  readonly account: AccountId
  readonly device: DeviceId
  readonly direction: 'in' | 'out'
  /** A kind of content/kinds.ts, `deleted` or `unsupported`. */
  readonly kind: string
  readonly body: string
  readonly payload: Uint8Array
  readonly sentAt: number
  readonly receivedAt: number
  readonly seq: number | undefined
  readonly status: MessageStatus
  readonly replyTo: MessageId | undefined
  readonly editedAt: number | undefined
  readonly expireAfter: number | undefined
  readonly expiresAt: number | undefined
  readonly silent: boolean
  readonly pinned: boolean
  readonly dueAt: number | undefined
  readonly failure: string | undefined
}

export interface Reaction {
  readonly message: MessageId
  readonly account: AccountId
  readonly emoji: string
  readonly at: number
}

export interface Attachment {
  readonly id: string
  readonly message: MessageId
  readonly position: number
  readonly name: string
  readonly mime: string
  readonly size: number
  readonly blob: BlobId | undefined
  readonly key: Uint8Array
  readonly digest: Uint8Array | undefined
  readonly path: string | undefined
  readonly state: 'uploading' | 'remote' | 'downloading' | 'saved' | 'failed'
  readonly transferred: number
}

export interface Outgoing {
  readonly row: number
  readonly message: MessageId | undefined
  readonly chat: ChatId | undefined
  readonly lists: readonly { readonly account: AccountId; readonly version: number }[]
  readonly items: readonly OutgoingItem[]
  readonly notBefore: number
  readonly createdAt: number
}

export interface OutgoingItem {
  readonly log: LogId
  readonly clientId: ClientId
  readonly body: Uint8Array
}

export interface Receipt {
  readonly account: AccountId
  readonly message: MessageId
  readonly kind: 'delivered' | 'read'
  readonly dueAt: number
}

/** An entry that was not taken, as it came, and why. */
export interface Quarantined {
  readonly log: LogId
  readonly seq: number
  readonly account: AccountId
  readonly device: DeviceId
  readonly body: Uint8Array
  /** The server's time of the entry; `at` is when it was kept aside. */
  readonly storedAt: number
  readonly reason: string
  readonly at: number
}

/** What a step may ask of the profile, synchronously. */
export interface View {
  self(): Self
  meta(key: string): Uint8Array | undefined
  contact(account: AccountId): Contact | undefined
  contactsNamed(name: string): readonly Contact[]
  contacts(): readonly Contact[]
  /** Accounts with which nothing was ever said, but for the newest. */
  strangers(newest: number): readonly AccountId[]
  devices(account: AccountId): KnownDevices | undefined
  deviceName(device: DeviceId): string | undefined
  sessions(peer: DeviceId): readonly KeptSession[]
  skippedKey(session: Uint8Array, ratchetKey: Uint8Array, index: number): Uint8Array | undefined
  skippedCount(session: Uint8Array): number
  /** Devices whose messages left keys for others before them, between two times. */
  skippedFrom(from: number, to: number): readonly DeviceId[]
  prekey(kind: PrekeyKind, id: number): OwnPrekey | undefined
  prekeys(kind: PrekeyKind): readonly OwnPrekey[]
  /** Those that the server does not have yet. */
  unsentPrekeys(kind: PrekeyKind): readonly OwnPrekey[]
  highestPrekeyId(kind: PrekeyKind): number
  handshakeSeen(hash: Uint8Array): boolean
  chat(id: ChatId): Chat | undefined
  chatWith(account: AccountId, kind: Chat['kind']): Chat | undefined
  message(id: MessageId): Message | undefined
  /** Of one chat, after a row, oldest first. */
  messagesAfter(chat: ChatId, row: number, limit: number): readonly Message[]
  dueScheduled(now: number): readonly Message[]
  /** The newest of all chats since a time, oldest first. */
  recent(since: number, limit: number): readonly Message[]
  dueExpired(now: number, limit: number): readonly Message[]
  reactions(message: MessageId): readonly Reaction[]
  attachments(message: MessageId): readonly Attachment[]
  attachment(id: string): Attachment | undefined
  seen(device: DeviceId, id: MessageId): boolean
  cursor(log: LogId): number
  /** The digest of what came under this number, while it is remembered. */
  arrived(log: LogId, seq: number): Uint8Array | undefined
  appended(log: LogId): number | undefined
  hasArrived(log: LogId, digest: Uint8Array): boolean
  idempotent(key: string): string | undefined
  dueReceipts(now: number): readonly Receipt[]
  /** Of one account and for one reason, oldest first. */
  quarantinedOf(account: AccountId, reason: string): readonly Quarantined[]
  /** The whole outbox, oldest first. */
  outgoing(): readonly Outgoing[]
}
