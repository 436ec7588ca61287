// What a step answers. A step is pure: it reads a View, and says what must be fetched first, what
// is to be written in one transaction, and what to tell afterwards. Nothing here happens by itself.

import type { CryptoEnv } from '../crypto/primitives.ts'
import type { LocalDevice } from '../crypto/session.ts'
import type { DeviceListHead } from '../protocol/device-list.ts'
import type { AccountId, ChatId, DeviceId, LogId, MessageId } from '../protocol/ids.ts'
import type { AccountName } from '../protocol/names.ts'
import type { PrekeyBundle, PrekeyKind } from '../protocol/prekeys.ts'
import type {
  Attachment,
  Chat,
  Contact,
  KeptSession,
  KeptSkippedKey,
  KnownDevices,
  Message,
  Outgoing,
  OwnPrekey,
  Quarantined,
  Reaction,
  Receipt,
  View,
} from './state.ts'

/** What is handed to every step. */
export interface Context {
  readonly view: View
  readonly env: CryptoEnv
  readonly local: LocalDevice
  readonly facts: Facts
}

/** What was fetched for this one step so far. Lists and identities are stored as they come in. */
export interface Facts {
  /** Accounts whose identity and devices were asked for, whatever came back. */
  readonly asked: ReadonlySet<AccountId>
  /** Accounts that the directory does not know. */
  readonly gone: ReadonlySet<AccountId>
  readonly names: ReadonlyMap<AccountName, AccountId | undefined>
  /** `undefined`: claimed, and the directory had none. */
  readonly bundles: ReadonlyMap<DeviceId, PrekeyBundle | undefined>
  /** The network failed: what can wait is kept in the clear row until it is back. */
  readonly offline: boolean
}

export type Need =
  | { readonly kind: 'name'; readonly name: AccountName }
  | { readonly kind: 'devices'; readonly account: AccountId }
  | {
      readonly kind: 'bundles'
      readonly account: AccountId
      readonly devices: readonly DeviceId[]
    }

export type RefusalCode =
  | 'untrusted_identity'
  | 'blocked'
  | 'not_found'
  | 'not_allowed'
  | 'bad_input'
  | 'server'
  | 'network'

export type StepResult =
  | { readonly kind: 'chat'; readonly chat: ChatId }
  | { readonly kind: 'message'; readonly message: MessageId; readonly chat: ChatId }
  | { readonly kind: 'contact'; readonly account: AccountId }
  | { readonly kind: 'nothing' }

export type Step =
  | { readonly kind: 'need'; readonly needs: readonly Need[] }
  | {
      readonly kind: 'done'
      readonly writes: readonly Write[]
      readonly notices: readonly Notice[]
      readonly result: StepResult
    }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly detail: string }

/** One row changed. The driver applies a step's writes in order, in one transaction. */
export type Write =
  | { readonly kind: 'putMeta'; readonly key: string; readonly value: Uint8Array }
  | { readonly kind: 'deleteMeta'; readonly key: string }
  | { readonly kind: 'putContact'; readonly contact: Contact }
  | { readonly kind: 'deleteContact'; readonly account: AccountId }
  | { readonly kind: 'putDevices'; readonly devices: KnownDevices }
  /** What was signed by a key that is not the account's any more. */
  | { readonly kind: 'dropDevices'; readonly account: AccountId }
  | { readonly kind: 'forgetDevices'; readonly account: AccountId }
  | { readonly kind: 'putDeviceName'; readonly device: DeviceId; readonly name: string }
  | { readonly kind: 'putSession'; readonly session: KeptSession }
  | { readonly kind: 'deleteSession'; readonly session: Uint8Array }
  | { readonly kind: 'deleteAllSessions' }
  | { readonly kind: 'addSkippedKey'; readonly key: KeptSkippedKey }
  | {
      readonly kind: 'deleteSkippedKey'
      readonly session: Uint8Array
      readonly ratchetKey: Uint8Array
      readonly index: number
    }
  | {
      readonly kind: 'trimSkippedKeys'
      readonly session: Uint8Array
      readonly keep: number
      readonly before: number
    }
  | { readonly kind: 'putPrekey'; readonly prekey: OwnPrekey }
  | { readonly kind: 'deletePrekey'; readonly prekey: PrekeyKind; readonly id: number }
  | { readonly kind: 'deleteAllPrekeys' }
  | { readonly kind: 'addHandshakeSeen'; readonly hash: Uint8Array; readonly at: number }
  | { readonly kind: 'forgetHandshakes'; readonly before: number }
  | { readonly kind: 'putChat'; readonly chat: Chat }
  | { readonly kind: 'deleteChat'; readonly chat: ChatId }
  | { readonly kind: 'addMessage'; readonly message: Message }
  | { readonly kind: 'updateMessage'; readonly message: Message }
  | { readonly kind: 'deleteMessage'; readonly message: MessageId }
  | { readonly kind: 'putReaction'; readonly reaction: Reaction }
  | { readonly kind: 'deleteReaction'; readonly reaction: Omit<Reaction, 'at'> }
  | { readonly kind: 'putAttachment'; readonly attachment: Attachment }
  | {
      readonly kind: 'addSeen'
      readonly device: DeviceId
      readonly message: MessageId
      readonly at: number
    }
  | { readonly kind: 'forgetSeen'; readonly before: number }
  | { readonly kind: 'addOutbox'; readonly outgoing: Outgoing }
  | { readonly kind: 'delayOutbox'; readonly row: number; readonly notBefore: number }
  | { readonly kind: 'deleteOutbox'; readonly row: number }
  | { readonly kind: 'putCursor'; readonly log: LogId; readonly seq: number }
  | {
      readonly kind: 'putArrived'
      readonly log: LogId
      readonly seq: number
      readonly digest: Uint8Array
    }
  | { readonly kind: 'forgetArrived'; readonly log: LogId; readonly upTo: number }
  /** No row waits beyond now. */
  | { readonly kind: 'hurryOutbox'; readonly now: number }
  /** No message lives longer from now on than it was given. */
  | { readonly kind: 'shortenExpiry'; readonly now: number }
  | { readonly kind: 'putAppended'; readonly log: LogId; readonly seq: number }
  | { readonly kind: 'forgetAppended' }
  | { readonly kind: 'addEvent'; readonly event: JournalEvent }
  | { readonly kind: 'forgetEvents'; readonly before: number }
  | { readonly kind: 'trimEvents'; readonly type: string; readonly keep: number }
  | { readonly kind: 'putConsumer'; readonly name: string; readonly cursor: number }
  | {
      readonly kind: 'putIdempotent'
      readonly key: string
      readonly result: string
      readonly at: number
    }
  | { readonly kind: 'forgetIdempotent'; readonly before: number }
  | { readonly kind: 'addReceipt'; readonly receipt: Receipt }
  | { readonly kind: 'deleteReceipt'; readonly receipt: Omit<Receipt, 'dueAt'> }
  | { readonly kind: 'forgetQuarantine'; readonly before: number }
  | {
      readonly kind: 'trimQuarantine'
      readonly reason: string
      readonly keep: number
      readonly bytes: number
    }
  | { readonly kind: 'addQuarantine'; readonly entry: Quarantined }
  | { readonly kind: 'deleteQuarantine'; readonly log: LogId; readonly seq: number }

/** What `receive` shows. A message's own fields are read from its row, not kept twice. */
export type JournalEvent = {
  readonly chat: ChatId | undefined
  readonly message: MessageId | undefined
  readonly at: number
} & EventData

export type EventData =
  | { readonly type: 'message'; readonly data: Record<never, never> }
  | { readonly type: 'edit'; readonly data: { readonly account: AccountId; readonly body: string } }
  | { readonly type: 'delete'; readonly data: { readonly account: AccountId | null } }
  | {
      readonly type: 'reaction'
      readonly data: {
        readonly account: AccountId
        readonly emoji: string
        readonly removed: boolean
      }
    }
  | {
      readonly type: 'receipt'
      readonly data: { readonly account: AccountId; readonly status: 'delivered' | 'read' }
    }
  | { readonly type: 'contact_request'; readonly data: { readonly account: AccountId } }
  | { readonly type: 'contact_accepted'; readonly data: { readonly account: AccountId } }
  | {
      readonly type: 'identity_changed'
      readonly data: { readonly account: AccountId; readonly was_verified: boolean }
    }
  | {
      readonly type: 'device_added' | 'device_removed'
      readonly data: { readonly account: AccountId; readonly device: DeviceId }
    }
  | {
      readonly type: 'gap'
      readonly data: { readonly log: LogId; readonly from: number; readonly to: number }
    }
  | { readonly type: 'error'; readonly data: ErrorData }

/** Codes and numbers only: whose entry, where it stands, and what was wrong with it. */
interface ErrorData {
  readonly code: ErrorCode
  readonly account: AccountId | null
  readonly device: DeviceId | null
  readonly seq: number | null
}

export type ErrorCode =
  | 'undecryptable' // the reason stands in the quarantined row
  | 'malformed' // decrypted, and not a content
  | 'unknown_device' // not in its account's signed list (A1)
  | 'untrusted_identity' // a message from an account whose key changed and was not accepted
  | 'device_list_refused' // unsigned, rolled back or forked (A1)
  | 'device_list_fork' // the peer sees another list than we do (A1)
  | 'session_reset'
  | 'server_rolled_back' // the server forgot what it had said or taken (N11)
  | 'send_failed'
  | 'messages_missing' // the peer's device sealed something that did not come
  | 'name_reused' // the server calls an account as another one that is known
  | 'internal' // our own fault: the entry is kept, what comes after goes on

/** Told after the commit, to whoever listens. */
export type Notice =
  /** A line of the journal; its cursor is known after the commit. */
  | { readonly kind: 'event'; readonly event: JournalEvent; readonly cursor: number }
  /** A message's row came, went or changed (status too). */
  | {
      readonly kind: 'message'
      readonly message: MessageId
      readonly chat: ChatId
      readonly change: 'added' | 'updated' | 'removed'
    }
  | { readonly kind: 'chat'; readonly chat: ChatId }
  | { readonly kind: 'contact'; readonly account: AccountId }
  /** The outbox has something to send. */
  | { readonly kind: 'outbox' }
  /** An attachment waits to be uploaded. */
  | { readonly kind: 'upload'; readonly attachment: string }
  /** Something new is due in time: ask `tick` again. */
  | { readonly kind: 'due' }
  /** The clock leapt ahead: what the server says of the time is asked again. */
  | { readonly kind: 'doubt' }
  /** For the driver itself: a peer knows a newer list than we do, or one beside ours. */
  | { readonly kind: 'look'; readonly account: AccountId; readonly seen?: DeviceListHead }
  /** For the driver itself: this device's session is broken, make it a new one. */
  | { readonly kind: 'reset'; readonly account: AccountId; readonly device: DeviceId }
