// What the reducer wants done. Only `use-client.ts` does it.

import type { SafeText } from '../protocol/safe-text.ts'
import type { Tick } from './event.ts'
import type { PictureWish } from './host.ts'
import type { Model } from './model.ts'
import type { Request } from './request.ts'
import type { SettingName } from './settings.ts'

export type Effect =
  | { readonly kind: 'ask'; readonly request: Request }
  /** One tick of each kind is under way at most, the earliest: one that would come later is dropped.
   *  Who is woken looks at the state then, and may want to be woken again. */
  | { readonly kind: 'wake'; readonly in: number; readonly tick: Tick }
  | { readonly kind: 'passphrase'; readonly text: string }
  | { readonly kind: 'open' }
  | { readonly kind: 'unlock'; readonly passphrase: string | undefined }
  | { readonly kind: 'founding'; readonly what: FoundingEffect }
  | { readonly kind: 'listFolder'; readonly folder: string }
  | { readonly kind: 'editText'; readonly chat: string; readonly text: string }
  /** To be attached: where it is, if it is there. */
  | {
      readonly kind: 'findFile'
      readonly chat: string
      readonly path: string
      readonly typed: string
    }
  | {
      readonly kind: 'scratch'
      readonly chat: string
      readonly name: string
      readonly text: string
    }
  | { readonly kind: 'openFile'; readonly path: string }
  | { readonly kind: 'spell'; readonly chat: string; readonly words: readonly string[] }
  | {
      readonly kind: 'picture'
      readonly attachment: string
      readonly place: 'thread' | 'viewer'
      readonly path: string
      readonly wish: PictureWish
    }
  /** A picture's pixels, before its lines are painted. */
  | { readonly kind: 'transmit'; readonly id: number; readonly sequence: string }
  | { readonly kind: 'notify'; readonly title: SafeText; readonly body: SafeText }
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'bell' }
  | { readonly kind: 'title'; readonly text: SafeText }
  | {
      readonly kind: 'setting'
      readonly name: SettingName
      readonly value: string | number | boolean
    }
  | { readonly kind: 'mouse'; readonly on: boolean }
  | { readonly kind: 'repaint' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'quit' }

export type FoundingEffect =
  | { readonly kind: 'keychain' }
  | { readonly kind: 'findServer'; readonly address: string }
  | { readonly kind: 'startServer' }
  | {
      readonly kind: 'register'
      readonly name: string
      readonly server: string
      readonly invite: string | undefined
      readonly keychain: 'os' | 'file'
      readonly passphrase: string | undefined
    }
  | { readonly kind: 'recoveryKey' }

export interface Step<M = Model> {
  readonly model: M
  readonly effects: readonly Effect[]
}
