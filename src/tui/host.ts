// What the screen needs of the world beside the façade; whoever starts the screen brings it. The
// screen itself touches no file, no program, no keychain and no clock.

import type { AccountJson, Client } from '../client/api.ts'
import type { SettingName, Settings } from './settings.ts'

export interface ScreenHost {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly profile: string
  readonly settings: Settings
  /** Roles of the theme in a style of one's own: `mention = "bold #ffcc00"`. */
  readonly ownTheme: Readonly<Record<string, string>>
  readonly door: Door
  readonly founding: Founding
  readonly machine: Machine
  now(): number
  /** A new idempotency key. */
  newKey(): string
  saveSetting(name: SettingName, value: string | number | boolean): Promise<void>
  /** Proves that its owner sits here: the passphrase of a sealed file, or the keychain itself.
   *  Rejects with `passphrase_wrong` and its like. */
  unlock(passphrase: string | undefined): Promise<void>
}

/** How one comes in. */
export type Door =
  /** Opened already: the demo. */
  | { readonly kind: 'open'; readonly client: Client; readonly chat: string | undefined }
  /** A profile that is there; `ask` is called where its passphrase is wanted. */
  | {
      readonly kind: 'profile'
      readonly chat: string | undefined
      open(ask: (fresh: boolean) => Promise<string>): Promise<Client>
    }
  /** Nobody yet: the first run, which ends with `open`. */
  | { readonly kind: 'new'; open(ask: (fresh: boolean) => Promise<string>): Promise<Client> }

export type KeychainState =
  | { readonly kind: 'works' }
  | { readonly kind: 'missing'; readonly why: string }

export interface ServerFound {
  readonly url: string
  readonly registration: readonly string[]
}

/** The steps of a first run that touch the world. Each may be repeated. */
export interface Founding {
  keychain(): Promise<KeychainState>
  /** Rejects with the reason why this is no server of ours. */
  findServer(address: string): Promise<ServerFound>
  /** A server of one's own on this machine, in a process that stays. */
  startServer(): Promise<{ readonly url: string; readonly invite: string | undefined }>
  register(registration: {
    readonly name: string
    readonly server: string
    readonly invite: string | undefined
    readonly keychain: 'os' | 'file'
    readonly passphrase: string | undefined
  }): Promise<AccountJson>
}

export interface FileEntry {
  readonly name: string
  readonly kind: 'file' | 'folder'
  readonly size: number
}

export interface Folders {
  readonly home: string
  /** Where the screen was started. */
  readonly here: string
  /** Where a download goes unless somebody says otherwise. */
  readonly downloads: string
}

export interface NotificationText {
  readonly title: string
  readonly body: string
}

export interface Machine {
  readonly folders: Folders
  /** Rejects where there is no such file. Every path is absolute. */
  findFile(path: string): Promise<void>
  listFolder(path: string): Promise<readonly FileEntry[]>
  /** A large paste as a file of its owner's alone, to be sent and then removed. */
  writeScratch(name: string, text: string): Promise<string>
  /** `$VISUAL` or `$EDITOR` on a private file that is gone afterwards; undefined: nothing changed. */
  editText(text: string): Promise<string | undefined>
  /** Opens a saved file with the desktop's own program, where there is one. Never by itself. */
  openFile(path: string): Promise<void>
  /** The desktop's notification program and the hook of the settings; without a shell. */
  notify(text: NotificationText): void
  /** Words that a dictionary does not know; undefined where no speller is found. */
  misspelled(words: readonly string[]): Promise<ReadonlySet<string> | undefined>
  /** A picture's pixels, scaled to at most so many, decoded in a process of its own. */
  readPicture(path: string, wish: PictureWish): Promise<Picture>
}

export interface PictureWish {
  /** At most so many pixels. */
  readonly width: number
  readonly height: number
  /** What is seen where the picture lets see through: red, green, blue. */
  readonly ground: readonly [number, number, number]
}

export interface Picture {
  readonly width: number
  readonly height: number
  /** RGBA, row by row. */
  readonly pixels: Uint8Array
}
