// Everything that a person or a script may want of a profile, as values. The façade resolves
// names and prefixes to ids first; the engine decides.

import type { AccountId, BlobId, ChatId, MessageId } from '../protocol/ids.ts'
import type { AccountName } from '../protocol/names.ts'
import type { Attachment } from './state.ts'

export type Target =
  | { readonly kind: 'account'; readonly account: AccountId }
  | { readonly kind: 'chat'; readonly chat: ChatId }
  /** Note to self. */
  | { readonly kind: 'self' }

/** A file on its way: `blob` and `digest` are known already only when one is forwarded. */
export interface OutgoingFile {
  /** A random UUID: names the attachment's row and its transfer. */
  readonly id: string
  readonly name: string
  readonly mime: string
  readonly size: number
  readonly path: string | undefined
  readonly key: Uint8Array
  readonly uploaded?: Uploaded
}

export interface Uploaded {
  readonly blob: BlobId
  /** As in content/file.ts. */
  readonly digest: Uint8Array
  readonly sealedSize: number
}

export type OutgoingBody =
  | { readonly kind: 'text'; readonly text: string; readonly mentions: readonly AccountId[] }
  | { readonly kind: 'file'; readonly caption: string; readonly files: readonly OutgoingFile[] }

export interface SendMessage {
  readonly kind: 'sendMessage'
  readonly to: Target
  readonly body: OutgoingBody
  readonly replyTo?: MessageId
  /** Milliseconds; absent: what the chat says. */
  readonly expireAfter?: number
  /** Without a notification at the other end. */
  readonly silent?: boolean
  /** Send not before this time. */
  readonly dueAt?: number
  /** One key is one message per target; sending again under it returns the first. */
  readonly idempotencyKey: string
}

export type Intent =
  | SendMessage
  | ({ readonly kind: 'attachmentUploaded'; readonly id: string } & Uploaded)
  | { readonly kind: 'uploadFailed'; readonly id: string; readonly reason: string }
  | {
      readonly kind: 'attachmentChanged'
      readonly id: string
      readonly state: Attachment['state']
      readonly transferred: number
      readonly path?: string
    }
  | { readonly kind: 'editMessage'; readonly message: MessageId; readonly text: string }
  | { readonly kind: 'deleteForEveryone'; readonly message: MessageId }
  | { readonly kind: 'deleteLocal'; readonly message: MessageId }
  | { readonly kind: 'react'; readonly message: MessageId; readonly emoji: string }
  | { readonly kind: 'unreact'; readonly message: MessageId; readonly emoji: string }
  | { readonly kind: 'pinMessage'; readonly message: MessageId; readonly pinned: boolean }
  /** Looks the name up, pins the key, and asks to be accepted. */
  | { readonly kind: 'addContact'; readonly name: AccountName; readonly text?: string }
  | { readonly kind: 'acceptContact'; readonly account: AccountId }
  | { readonly kind: 'blockContact'; readonly account: AccountId }
  | { readonly kind: 'unblockContact'; readonly account: AccountId }
  | { readonly kind: 'removeContact'; readonly account: AccountId }
  | {
      readonly kind: 'aliasContact'
      readonly account: AccountId
      readonly alias: string | undefined
    }
  /** `key` is the one that was compared: if another is pinned by now, nothing is verified (A3). */
  | { readonly kind: 'markVerified'; readonly account: AccountId; readonly key: Uint8Array }
  | { readonly kind: 'acceptChange'; readonly account: AccountId }
  /** Up to a row, or all that is there. */
  | { readonly kind: 'markRead'; readonly chat: ChatId; readonly upTo?: number }
  | { readonly kind: 'setChat'; readonly chat: ChatId; readonly change: ChatChange }
  | { readonly kind: 'deleteChat'; readonly chat: ChatId }
  /** Find or make the chat with an account, or the note to self. */
  | { readonly kind: 'openChat'; readonly to: Target }
  | { readonly kind: 'setConsumer'; readonly name: string; readonly cursor: number }
  /** The database was found older than the keychain: no session or prekey in it is safe to use. */
  | { readonly kind: 'mendRollback' }

export interface ChatChange {
  /** `null` takes a setting away. */
  readonly mutedUntil?: number | null
  readonly archived?: boolean
  readonly pinned?: boolean
  readonly expireAfter?: number | null
}
