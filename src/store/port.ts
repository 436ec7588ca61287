// What a profile keeps, as rows of bytes, ids and numbers. The store does not know what a key or
// a session means; it promises that a transaction is whole and durable when it returns.

import type {
  AccountId,
  BlobId,
  ChatId,
  ClientId,
  DeviceId,
  LogId,
  MessageId,
} from '../protocol/ids.ts'

export interface Store extends StoreReader {
  /** BEGIN IMMEDIATE … COMMIT with synchronous=FULL. If `work` throws, nothing happened. `work`
   *  must not wait: a promise is refused. */
  transaction<T>(work: (tx: StoreWriter) => T): T
  /** Takes what was deleted out of the write-ahead log too. A transaction that deletes a message
   *  or a chat, or empties a message, does so by itself after its commit. */
  scrub(): void
  /** Reads and authenticates every page and checks every index; what is wrong, as sentences. */
  integrity(): readonly string[]
  close(): void
}

/** In `meta`, where no key of this profile may be used until it is mended; and why. */
export const STOPPED_KEY = 'stopped'
export const STOPPED = { anotherCopy: 1, lostCommits: 2 } as const

export type StoreErrorCode =
  | 'wrong_key' // or the first page is damaged: the two cannot be told apart
  | 'corrupt' // a page does not authenticate, or the database contradicts itself
  | 'full' // no room on the disk
  | 'readonly' // the disk or the file does not let us write
  | 'busy' // another process writes for longer than the busy timeout
  | 'newer_schema' // written by a newer version of the program
  | 'missing' // nothing to open
  | 'exists' // something stands where a new profile was to be made
  | 'constraint' // a row breaks a rule of the schema, such as a second message of one id
  | 'misuse' // the caller's bug: closed, nested, or a write outside a transaction
  | 'io' // the operating system failed

/** Carries a code and numbers; never a row's content. */
export class StoreError extends Error {
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, detail: string) {
    super(`${code}: ${detail}`)
    this.name = 'StoreError'
    this.code = code
  }
}

export interface SelfRow {
  readonly account: AccountId
  readonly name: string
  readonly identityKey: Uint8Array
  readonly device: DeviceId
  readonly deviceName: string
  readonly server: string
  readonly serverKey: Uint8Array
  readonly createdAt: number
  /** `false` until the server confirmed the registration. */
  readonly registered: boolean
}

export type TrustName = 'unknown' | 'unverified' | 'verified' | 'changed'
export type Relation = 'none' | 'outgoing' | 'incoming' | 'accepted' | 'blocked'

export interface ContactRow {
  readonly account: AccountId
  readonly name: string
  readonly alias: string | undefined
  /** The pinned account identity key; absent only while `unknown`. */
  readonly identityKey: Uint8Array | undefined
  readonly trust: TrustName
  /** While `changed`: the key that the server shows now, and whether the old one was verified. */
  readonly offeredKey: Uint8Array | undefined
  readonly wasVerified: boolean
  readonly verifiedAt: number | undefined
  readonly relation: Relation
  readonly addedAt: number
}

/** The newest verified list of an account; one's own too. */
export interface DeviceListRow {
  readonly account: AccountId
  readonly version: number
  readonly hash: Uint8Array
  readonly body: Uint8Array
  readonly signature: Uint8Array
  readonly checkedAt: number
}

export interface SessionRow {
  readonly peer: DeviceId
  readonly session: Uint8Array
  readonly state: Uint8Array
  readonly active: boolean
  readonly updatedAt: number
}

export interface SkippedKeyRow {
  readonly peer: DeviceId
  readonly session: Uint8Array
  readonly ratchetKey: Uint8Array
  readonly index: number
  readonly messageKey: Uint8Array
  readonly createdAt: number
}

export type PrekeyKindName = 'curve-signed' | 'curve-one-time' | 'kem-last-resort' | 'kem-one-time'

export interface PrekeyRow {
  readonly kind: PrekeyKindName
  readonly id: number
  readonly publicKey: Uint8Array
  readonly privateKey: Uint8Array
  readonly signature: Uint8Array
  readonly createdAt: number
  readonly uploaded: boolean
  /** A rotated key is kept a while for messages under way, then deleted. */
  readonly retiredAt: number | undefined
}

export type ChatKind = 'direct' | 'group' | 'self'

export interface ChatRow {
  readonly id: ChatId
  readonly kind: ChatKind
  /** The peer of a direct chat; oneself for the note to self. */
  readonly account: AccountId | undefined
  readonly title: string | undefined
  readonly mutedUntil: number | undefined
  readonly archived: boolean
  readonly pinned: boolean
  readonly expireAfter: number | undefined
  readonly createdAt: number
  readonly lastAt: number
  /** Rows of the chat's messages up to here count as read. */
  readonly readRow: number
}

export type MessageStatus =
  | 'scheduled'
  | 'queued'
  | 'stored'
  | 'delivered'
  | 'read'
  | 'failed'
  | 'received'

export interface MessageRow {
  /** Arrival order in this profile; what pages and cursors count. 0 on insert. */
  readonly row: number
  readonly id: MessageId
  readonly chat: ChatId
  readonly account: AccountId
  readonly device: DeviceId
  readonly direction: 'in' | 'out'
  readonly kind: string
  /** Search text and display body. */
  readonly body: string
  /** The kind's encoded payload, as it was authenticated. */
  readonly payload: Uint8Array
  readonly sentAt: number
  readonly receivedAt: number
  readonly seq: number | undefined
  readonly status: MessageStatus
  readonly replyTo: MessageId | undefined
  readonly editedAt: number | undefined
  readonly expireAfter: number | undefined
  readonly expiresAt: number | undefined
  /** The sender asked for no notification. */
  readonly silent: boolean
  readonly pinned: boolean
  /** With `scheduled`: when to send. */
  readonly dueAt: number | undefined
  readonly failure: string | undefined
}

export interface ReactionRow {
  readonly message: MessageId
  readonly account: AccountId
  readonly emoji: string
  readonly at: number
}

export interface AttachmentRow {
  readonly id: string
  readonly message: MessageId
  readonly position: number
  readonly name: string
  readonly mime: string
  readonly size: number
  readonly blob: BlobId | undefined
  readonly key: Uint8Array
  readonly digest: Uint8Array | undefined
  /** Where it was sent from or saved to. */
  readonly path: string | undefined
  /** `uploading` rows hold their message back; `transferred` counts ciphertext bytes. */
  readonly state: 'uploading' | 'remote' | 'downloading' | 'saved' | 'failed'
  readonly transferred: number
}

/** One atomic append, with the exact bytes. What stands here is all the network may ever send. */
export interface OutboxRow {
  readonly row: number
  readonly message: MessageId | undefined
  readonly chat: ChatId | undefined
  readonly lists: readonly { readonly account: AccountId; readonly version: number }[]
  readonly items: readonly OutboxItem[]
  /** Receipts wait a random while; 0 for now. */
  readonly notBefore: number
  readonly createdAt: number
}

interface OutboxItem {
  readonly log: LogId
  readonly clientId: ClientId
  readonly body: Uint8Array
}

/** What `receive` hands out: a journal in order; its row number is the cursor. */
export interface EventRow {
  readonly cursor: number
  readonly type: string
  readonly chat: ChatId | undefined
  readonly message: MessageId | undefined
  /** Whatever the event has beyond its message, as JSON text. */
  readonly data: string
  readonly at: number
}

export interface QuarantineRow {
  readonly log: LogId
  readonly seq: number
  readonly account: AccountId
  readonly device: DeviceId
  readonly body: Uint8Array
  /** The server's time of the entry. */
  readonly storedAt: number
  readonly reason: string
  readonly at: number
}

export interface ReceiptRow {
  readonly account: AccountId
  readonly message: MessageId
  readonly kind: 'delivered' | 'read'
  readonly dueAt: number
}

export interface Page {
  readonly only?: 'pinned' | 'scheduled'
  readonly chat?: ChatId
  readonly beforeRow?: number
  readonly afterRow?: number
  readonly since?: number
  readonly account?: AccountId
  readonly limit: number
}

export interface StoreReader {
  self(): SelfRow | undefined
  meta(key: string): Uint8Array | undefined
  contact(account: AccountId): ContactRow | undefined
  /** By account name or by alias. */
  contactsNamed(name: string): readonly ContactRow[]
  contacts(): readonly ContactRow[]
  /** Accounts with which nothing was ever said here and to which nobody gave a name, the newest
   *  ones left out. */
  strangers(newest: number): readonly AccountId[]
  deviceList(account: AccountId): DeviceListRow | undefined
  deviceName(device: DeviceId): string | undefined
  /** The active one first, then the newest first. */
  sessions(peer: DeviceId): readonly SessionRow[]
  skippedKey(session: Uint8Array, ratchetKey: Uint8Array, index: number): SkippedKeyRow | undefined
  skippedCount(session: Uint8Array): number
  /** Devices with skipped keys that were made between two times, both included. */
  skippedFrom(from: number, to: number): readonly DeviceId[]
  prekey(kind: PrekeyKindName, id: number): PrekeyRow | undefined
  prekeys(kind: PrekeyKindName): readonly PrekeyRow[]
  /** Those that are not uploaded, the lowest id first. */
  unsentPrekeys(kind: PrekeyKindName): readonly PrekeyRow[]
  /** The highest ever put, deleted ones too: an id is never used twice. 0 if none. */
  highestPrekeyId(kind: PrekeyKindName): number
  handshakeSeen(hash: Uint8Array): boolean
  chat(id: ChatId): ChatRow | undefined
  chatWith(account: AccountId, kind: ChatKind): ChatRow | undefined
  chats(): readonly ChatRow[]
  /** Incoming messages behind the chat's `readRow`. */
  unread(chat: ChatId): number
  message(id: MessageId): MessageRow | undefined
  /** By a prefix of the id, at most `limit`. */
  messagesLike(prefix: string, limit: number): readonly MessageRow[]
  /** Oldest first with `afterRow`, else the newest `limit`, oldest first. */
  messages(page: Page): readonly MessageRow[]
  /** Plain text of a person: all words must occur, the last one may be unfinished. In the order
   *  of `messages`. */
  search(query: string, page: Page): readonly MessageRow[]
  dueScheduled(now: number): readonly MessageRow[]
  dueExpired(now: number, limit: number): readonly MessageRow[]
  /** When the next of scheduled, expiring, receipts and delayed outbox rows falls due. Outbox rows
   *  due by `now` do not count if it is given: they wait for a connection, not for the clock. */
  nextDue(now?: number): number | undefined
  reactions(message: MessageId): readonly ReactionRow[]
  attachments(message: MessageId): readonly AttachmentRow[]
  attachment(id: string): AttachmentRow | undefined
  uploads(): readonly AttachmentRow[]
  seen(device: DeviceId, id: MessageId): boolean
  outbox(now: number, limit: number): readonly OutboxRow[]
  outboxRow(row: number): OutboxRow | undefined
  outboxSize(): number
  cursor(log: LogId): number
  /** The digest of the entry that came under this number, as long as it is remembered. */
  arrived(log: LogId, seq: number): Uint8Array | undefined
  /** Whether an entry of this digest is remembered, under whatever number. Walks through them. */
  hasArrived(log: LogId, digest: Uint8Array): boolean
  /** The highest number that an entry of ours got in a log, as long as the server keeps to it. */
  appended(log: LogId): number | undefined
  events(after: number, limit: number): readonly EventRow[]
  lastEvent(): number
  consumer(name: string): number | undefined
  idempotent(key: string): string | undefined
  dueReceipts(now: number): readonly ReceiptRow[]
  /** Newest first. */
  quarantined(limit: number): readonly QuarantineRow[]
  /** Oldest first. */
  quarantinedOf(account: AccountId, reason: string): readonly QuarantineRow[]
}

export interface StoreWriter extends StoreReader {
  putSelf(row: SelfRow): void
  putMeta(key: string, value: Uint8Array): void
  deleteMeta(key: string): void
  putContact(row: ContactRow): void
  deleteContact(account: AccountId): void
  putDeviceList(row: DeviceListRow): void
  deleteDeviceList(account: AccountId): void
  putDeviceName(device: DeviceId, name: string): void
  putSession(row: SessionRow): void
  /** With its skipped keys. */
  deleteSession(session: Uint8Array): void
  /** With all skipped keys. */
  deleteAllSessions(): void
  addSkippedKey(row: SkippedKeyRow): void
  deleteSkippedKey(session: Uint8Array, ratchetKey: Uint8Array, index: number): void
  /** The oldest ones beyond `keep`, and all created before `before`. */
  trimSkippedKeys(session: Uint8Array, keep: number, before: number): void
  putPrekey(row: PrekeyRow): void
  deletePrekey(kind: PrekeyKindName, id: number): void
  deleteAllPrekeys(): void
  addHandshakeSeen(hash: Uint8Array, at: number): void
  forgetHandshakes(before: number): void
  putChat(row: ChatRow): void
  /** With its messages and all that hangs on them. Outbox rows stay: they are promises. */
  deleteChat(chat: ChatId): void
  /** Returns the new row number. */
  addMessage(row: MessageRow): number
  updateMessage(row: MessageRow): void
  /** Row, search entry, reactions, attachments, and the events about it so far. Of a message whose
   *  body is emptied by `updateMessage`, the events that carry data go. */
  deleteMessage(id: MessageId): void
  /** None expires later than its own span from now. */
  shortenExpiry(now: number): void
  putReaction(row: ReactionRow): void
  deleteReaction(message: MessageId, account: AccountId, emoji: string): void
  putAttachment(row: AttachmentRow): void
  addSeen(device: DeviceId, id: MessageId, at: number): void
  forgetSeen(before: number): void
  addOutbox(row: OutboxRow): number
  /** Not to be sent before then; its place in the order stays. */
  delayOutbox(row: number, notBefore: number): void
  /** None is held back beyond this moment. */
  hurryOutbox(now: number): void
  deleteOutbox(row: number): void
  putCursor(log: LogId, seq: number): void
  /** In place of what stood under its number. */
  putArrived(log: LogId, seq: number, digest: Uint8Array): void
  forgetArrived(log: LogId, upTo: number): void
  putAppended(log: LogId, seq: number): void
  forgetAppended(): void
  addEvent(row: EventRow): number
  forgetEvents(before: number): void
  /** Of one type and about no message: the newest `keep` stay. */
  trimEvents(type: string, keep: number): void
  putConsumer(name: string, cursor: number): void
  putIdempotent(key: string, result: string, at: number): void
  forgetIdempotent(before: number): void
  addReceipt(row: ReceiptRow): void
  deleteReceipt(account: AccountId, message: MessageId, kind: ReceiptRow['kind']): void
  addQuarantine(row: QuarantineRow): void
  deleteQuarantine(log: LogId, seq: number): void
  forgetQuarantine(before: number): void
  /** Of one reason: the newest `keep` stay, and of those what fits into `bytes`. */
  trimQuarantine(reason: string, keep: number, bytes: number): void
}
