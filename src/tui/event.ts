// What happens to the screen: keys, what the façade tells, what became of requests, the clock.

import type { AccountJson, EventJson, MessageJson } from '../client/api.ts'
import type { FileEntry, KeychainState, Picture, ServerFound } from './host.ts'
import type { Means } from './images/means.ts'
import type { InputEvent } from './input/event.ts'
import type { Failure } from './model.ts'
import type { Outcome } from './request.ts'
import type { Theme } from './theme/theme.ts'

export type TuiEvent =
  | { readonly kind: 'input'; readonly input: InputEvent; readonly now: number }
  /** The terminal said what its background is. */
  | { readonly kind: 'themed'; readonly theme: Theme }
  /** The terminal said how it is shown pictures, or forgot those that it had. */
  | { readonly kind: 'means'; readonly means: Means }
  | { readonly kind: 'told'; readonly event: MessageJson | EventJson; readonly now: number }
  | { readonly kind: 'outcome'; readonly outcome: Outcome; readonly now: number }
  | { readonly kind: 'tick'; readonly tick: Tick; readonly now: number }
  /** The program has to end. */
  | { readonly kind: 'ending' }
  /** The profile is open. */
  | { readonly kind: 'opened'; readonly chat: string | undefined }
  | { readonly kind: 'passphraseWanted'; readonly again: boolean }
  | { readonly kind: 'openFailed'; readonly failure: Failure }
  | { readonly kind: 'unlocked' }
  | { readonly kind: 'unlockFailed'; readonly failure: Failure }
  | { readonly kind: 'founding'; readonly what: FoundingEvent }
  | { readonly kind: 'folder'; readonly folder: string; readonly entries: readonly FileEntry[] }
  | { readonly kind: 'folderFailed'; readonly folder: string; readonly failure: Failure }
  | { readonly kind: 'edited'; readonly chat: string; readonly text: string | undefined }
  | { readonly kind: 'fileFound'; readonly chat: string; readonly path: string }
  | {
      readonly kind: 'fileMissing'
      readonly chat: string
      readonly typed: string
      readonly failure: Failure
    }
  | { readonly kind: 'misspelled'; readonly chat: string; readonly words: ReadonlySet<string> }
  | {
      readonly kind: 'picture'
      readonly attachment: string
      readonly place: 'thread' | 'viewer'
      readonly picture: Picture
    }
  | {
      readonly kind: 'pictureFailed'
      readonly attachment: string
      readonly place: 'thread' | 'viewer'
      readonly failure: Failure
    }
  | { readonly kind: 'worldFailed'; readonly failure: Failure }

export type FoundingEvent =
  | { readonly kind: 'keychain'; readonly state: KeychainState }
  | { readonly kind: 'server'; readonly server: ServerFound }
  | { readonly kind: 'started'; readonly url: string; readonly invite: string | undefined }
  | { readonly kind: 'registered'; readonly account: AccountJson }
  | { readonly kind: 'recoveryKey'; readonly key: string }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** Why somebody wanted to be woken. */
export type Tick =
  | { readonly kind: 'toast'; readonly number: number }
  | { readonly kind: 'idle' }
  | { readonly kind: 'chats' }
  | { readonly kind: 'search'; readonly number: number }
  | { readonly kind: 'keep' }
  | { readonly kind: 'read' }
  | { readonly kind: 'clock' }
  | { readonly kind: 'spelling'; readonly chat: string }
