// What the screen asks of the façade, and what comes back. A request is a value, so that a test of
// the reducer sees exactly what was asked.

import type {
  AccountJson,
  ChatListJson,
  CheckJson,
  ContactJson,
  EventJson,
  MessageJson,
  MethodName,
  Params,
  VerificationJson,
} from '../client/api.ts'
import type { SafeText } from '../protocol/safe-text.ts'
import type { Failure } from './model.ts'

/** Methods whose result nobody looks at: what changed comes back as an event. */
type DeedName = Exclude<
  MethodName,
  'chats' | 'history' | 'search' | 'receive' | 'ack' | 'send' | 'doctor' | 'stop' | 'status'
>
export type Deed = { [M in DeedName]: { readonly method: M; readonly params: Params<M> } }[DeedName]

type Place = 'end' | 'older' | 'newer' | 'around'

export type Request =
  | { readonly kind: 'account' }
  | { readonly kind: 'chats'; readonly archived: boolean }
  | { readonly kind: 'chat'; readonly chat: string }
  | { readonly kind: 'contacts' }
  | {
      readonly kind: 'history'
      readonly chat: string
      readonly place: Place
      readonly from?: string
    }
  | {
      readonly kind: 'search'
      readonly number: number
      readonly query: string
      readonly within?: string
    }
  | { readonly kind: 'pinned'; readonly chat: string }
  | { readonly kind: 'scheduled'; readonly chat: string }
  /** Between two times; without the second one, up to now. */
  | {
      readonly kind: 'notes'
      readonly chat: string
      readonly since: string
      readonly until?: string
    }
  | {
      readonly kind: 'send'
      readonly to: string
      readonly text: string
      readonly files: readonly string[]
      readonly reply?: string
      readonly at?: string
      readonly expire?: number
      readonly silent?: true
      readonly key: string
    }
  | { readonly kind: 'forward'; readonly id: string; readonly to: string; readonly key: string }
  /** In which conversation a message is, to go there. */
  | { readonly kind: 'locate'; readonly id: string }
  | { readonly kind: 'verify'; readonly params: Params<'verify'> }
  | { readonly kind: 'recoveryKey' }
  | { readonly kind: 'doctor'; readonly mend: boolean }
  | { readonly kind: 'server' }
  | { readonly kind: 'loadState' }
  | {
      readonly kind: 'do'
      readonly deed: Deed
      readonly done?: SafeText
      /** Whose conversation is opened when it is done. */
      readonly person?: string
    }

export type Answer =
  | { readonly kind: 'account'; readonly account: AccountJson }
  | { readonly kind: 'chats'; readonly archived: boolean; readonly chats: readonly ChatListJson[] }
  | { readonly kind: 'chat'; readonly chat: ChatListJson }
  | { readonly kind: 'contacts'; readonly contacts: readonly ContactJson[] }
  | {
      readonly kind: 'history'
      readonly chat: string
      readonly place: Place
      readonly from?: string
      readonly messages: readonly MessageJson[]
      readonly older: boolean
      readonly newer: boolean
    }
  | { readonly kind: 'search'; readonly number: number; readonly messages: readonly MessageJson[] }
  | { readonly kind: 'notes'; readonly chat: string; readonly events: readonly EventJson[] }
  | { readonly kind: 'pinned' | 'scheduled'; readonly messages: readonly MessageJson[] }
  | { readonly kind: 'located'; readonly message: MessageJson }
  | { readonly kind: 'sent'; readonly to: string; readonly message: MessageJson }
  | { readonly kind: 'verify'; readonly verification: VerificationJson }
  | { readonly kind: 'recoveryKey'; readonly key: string }
  | { readonly kind: 'doctor'; readonly checks: readonly CheckJson[] }
  | {
      readonly kind: 'server'
      readonly account: AccountJson
      readonly holder: { readonly pid: number; readonly daemon: boolean; readonly clients: number }
    }
  | { readonly kind: 'state'; readonly state: string | undefined }
  | { readonly kind: 'done'; readonly text: SafeText | undefined; readonly person?: string }

/** What became of a request. */
export type Outcome =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'refused'; readonly request: Request; readonly failure: Failure }
