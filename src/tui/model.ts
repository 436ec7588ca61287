// Everything that the screen knows, as values. A screen is what one sees; in the main screen an
// overlay may lie over the columns. What can be derived is not kept.

import type {
  AccountJson,
  ChatListJson,
  ContactJson,
  MessageJson,
  VerificationJson,
} from '../client/api.ts'
import type { SafeText } from '../protocol/safe-text.ts'
import type { Editor } from './editor.ts'
import type { FileEntry, Folders, KeychainState, ServerFound } from './host.ts'
import type { Means } from './images/means.ts'
import type { Settings } from './settings.ts'
import type { Line } from './text/line.ts'
import type { Theme } from './theme/theme.ts'

export interface Model {
  readonly size: Size
  readonly settings: Settings
  readonly theme: Theme
  /** How the terminal is shown pictures. */
  readonly means: Means
  /** The terminal has the focus, as far as it tells. */
  readonly focused: boolean
  readonly now: number
  readonly lastKeyAt: number
  /** With a count, names what this screen sends: a call that is repeated is one message. */
  readonly session: string
  readonly sends: number
  readonly folders: Folders
  /** Where the file picker begins. */
  readonly filesFolder: string
  /** The keys of a sequence so far: `g` of `g g`. */
  readonly pending: readonly string[]
  readonly toast: Toast | undefined
  readonly screen: Screen
}

interface Size {
  readonly columns: number
  readonly rows: number
}

/** One line that says how something went; it goes by itself. */
export interface Toast {
  readonly number: number
  readonly mood: 'good' | 'bad' | 'plain'
  readonly text: SafeText
}

type Screen =
  | OpeningScreen
  | { readonly kind: 'founding'; readonly founding: FoundingState }
  | { readonly kind: 'main'; readonly main: Main }
  | LockedScreen

/** The profile is being opened; perhaps its passphrase is wanted. */
interface OpeningScreen {
  readonly kind: 'opening'
  readonly ask: Secret | undefined
  readonly failure: Failure | undefined
}

/** Nothing of what lies behind is drawn. */
interface LockedScreen {
  readonly kind: 'locked'
  /** Somebody locked it; or whoever held the profile is gone, and it is to be opened here. */
  readonly why: 'lock' | 'holder'
  readonly main: Main
  readonly ask: Secret
  readonly failure: SafeText | undefined
}

/** A passphrase being typed: shown as so many dots. */
export interface Secret {
  readonly editor: Editor
  readonly state: 'typing' | 'checking'
  readonly wrong: boolean
}

export interface Failure {
  readonly code: string
  readonly message: SafeText
  readonly hint: SafeText | undefined
}

// The first run ------------------------------------------------------------------------------

export interface FoundingState {
  readonly step: FoundingStep
  /** What was answered so far; a step back keeps it, and what was only typed as well. */
  readonly address: string
  readonly server: ServerFound | undefined
  /** It was started here, a moment ago. */
  readonly hosted: boolean
  readonly invite: string
  readonly name: string
  readonly keychain: 'os' | 'file'
  readonly osKeychain: KeychainState | undefined
  readonly failure: Failure | undefined
}

export type FoundingStep =
  | { readonly kind: 'welcome'; readonly choice: 'join' | 'host' }
  | { readonly kind: 'server'; readonly editor: Editor; readonly busy: boolean }
  | { readonly kind: 'starting' }
  | { readonly kind: 'invite'; readonly editor: Editor }
  | { readonly kind: 'name'; readonly editor: Editor }
  | { readonly kind: 'keychain' }
  | {
      readonly kind: 'passphrase'
      readonly first: Editor
      readonly second: Editor
      readonly field: 'first' | 'second'
    }
  /** `made`: the account is there, its recovery key is still to come. */
  | { readonly kind: 'registering'; readonly made: boolean }
  | { readonly kind: 'recovery'; readonly key: string }
  | { readonly kind: 'contact'; readonly editor: Editor }

// The main screen ------------------------------------------------------------------------------

export interface Main {
  readonly account: AccountJson | undefined
  readonly link: Link
  readonly outbox: number
  readonly chats: ChatList
  readonly contacts: readonly ContactJson[]
  /** What was last heard of each, shown in the list or not: by their ids. */
  readonly known: ReadonlyMap<string, ChatListJson>
  /** What was read of conversations, by their ids. */
  readonly threads: ReadonlyMap<string, Thread>
  readonly composers: ReadonlyMap<string, Composer>
  /** Side by side; at least one. */
  readonly panes: readonly Pane[]
  /** Where one was in conversations that are not on the screen now. */
  readonly anchors: ReadonlyMap<string, Anchor>
  readonly pane: number
  readonly focus: Focus
  /** The vim profile's. Others are always in `insert`. */
  readonly mode: 'normal' | 'insert'
  readonly details: boolean
  /** The topmost is the last; what lies below comes back when it is closed. */
  readonly overlays: readonly Overlay[]
  /** Transfers under way, by the attachment's id: a share of 1. */
  readonly transfers: ReadonlyMap<string, number>
  /** Pictures in conversations, by the attachment's id. */
  readonly pictures: ReadonlyMap<string, Drawn>
  /** Trouble that a person should see in the status line until it is looked at. */
  readonly alerts: readonly SafeText[]
}

/** A picture on its way to the screen. */
export type Drawn =
  | { readonly kind: 'reading' }
  | { readonly kind: 'drawn'; readonly lines: readonly Line[] }
  | { readonly kind: 'failed' }

type Link =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'online' }
  | { readonly kind: 'offline'; readonly reason: SafeText }

export type Focus = 'list' | 'thread' | 'composer'

export interface ChatList {
  /** In the order of the façade: pinned, then by last activity. Undefined until read. */
  readonly all: readonly ChatListJson[] | undefined
  readonly readAt: number
  /** Conversations that changed since, or so much that the whole list is due. */
  readonly changed: readonly string[] | 'all'
  readonly archived: boolean
  readonly filter: Editor
  readonly filtering: boolean
  readonly selected: string | undefined
}

/** A part of a conversation's history without gaps, oldest first. */
export interface Thread {
  readonly chat: string
  /** While it is being read, only what came meanwhile is in it. */
  readonly state: 'reading' | 'read' | 'failed'
  readonly messages: readonly MessageJson[]
  readonly older: Edge
  readonly newer: Edge
  /** Above this message stands the line of what is new. */
  readonly newFrom: string | undefined
  /** What happened in it that is no message, in order: a changed identity, a new device, a gap. */
  readonly notes: readonly Note[]
}

export interface Note {
  readonly cursor: string
  readonly at: string
  readonly text: SafeText
  readonly mood: 'plain' | 'bad'
}

type Edge = 'end' | 'more' | 'loading'

/** One conversation on the screen. */
export interface Pane {
  /** A chat's id, or undefined where none is open. */
  readonly chat: string | undefined
  /** A person to whom nothing was said yet has no chat: what is sent goes to this name. */
  readonly to: string | undefined
  readonly anchor: Anchor
  readonly selected: string | undefined
}

export type Anchor =
  /** The newest message stands at the bottom, whatever comes. */
  | { readonly kind: 'end' }
  /** So many lines of this message are below the bottom edge. */
  | { readonly kind: 'at'; readonly message: string; readonly below: number }
  /** This message is to be seen, wherever: the next layout makes it a place. */
  | { readonly kind: 'reveal'; readonly message: string }

export interface Composer {
  readonly editor: Editor
  readonly mode: ComposerMode
  readonly files: readonly string[]
  /** Of the next message only. */
  readonly options: { readonly expire?: number; readonly at?: string; readonly silent?: true }
  readonly completion: Completion | undefined
  /** What begins with a slash was pasted: it is text, whatever it says (P10). */
  readonly literal: boolean
  /** Sent texts that Up brings back; the index counts from the newest, -1 is the draft. */
  readonly recalled: number
  readonly draft: { readonly text: string; readonly literal: boolean }
  readonly misspelled: ReadonlySet<string>
}

type ComposerMode =
  | { readonly kind: 'new' }
  | { readonly kind: 'reply'; readonly to: MessageJson }
  /** What was being written before comes back afterwards. */
  | { readonly kind: 'edit'; readonly message: MessageJson; readonly before: Composer }

export interface Completion {
  /** From where in the text on it replaces. */
  readonly from: number
  readonly items: readonly CompletionItem[]
  readonly selected: number
}

export interface CompletionItem {
  readonly text: string
  readonly label: SafeText
  readonly hint: SafeText
}

// Overlays ---------------------------------------------------------------------------------------

export type Overlay = Picker | Page | Prompt | Confirm | Search | Files | Verify | PictureView

/** An action by its name, with its words as they would be typed behind `/name`. */
export interface ActionCall {
  readonly action: string
  readonly args: string
}

/** Choose one of many by typing: palette, contacts, emoji, pins, themes, forwarding. */
export interface Picker {
  readonly kind: 'picker'
  readonly title: SafeText
  readonly query: Editor
  readonly items: readonly PickerItem[]
  readonly selected: number
  readonly empty: SafeText
}

export interface PickerItem {
  readonly label: SafeText
  readonly hint: SafeText
  /** What the query is matched with, beside the label. */
  readonly words: string
  readonly call: ActionCall
}

/** Lines to read: help, doctor, a message's details, the server, the key dump. */
export interface Page {
  readonly kind: 'page'
  readonly name: 'help' | 'doctor' | 'server' | 'message' | 'recovery' | 'keys' | 'account'
  readonly title: SafeText
  readonly lines: readonly PageLine[]
  readonly top: number
  readonly busy: boolean
}

export interface PageLine {
  /** A column of its own: a key, a check's name. */
  readonly head?: SafeText
  readonly text: SafeText
  readonly mood?: 'strong' | 'muted' | 'good' | 'bad'
}

/** A value for an action that needs one. */
export interface Prompt {
  readonly kind: 'prompt'
  readonly title: SafeText
  readonly help: SafeText
  readonly editor: Editor
  readonly action: string
  /** Words that stand before what is typed. */
  readonly before: string
}

export interface Confirm {
  readonly kind: 'confirm'
  readonly question: SafeText
  readonly yes: ActionCall
  readonly danger: boolean
}

export interface Search {
  readonly kind: 'search'
  readonly query: Editor
  /** A chat's id; undefined: all. */
  readonly within: string | undefined
  readonly results: readonly MessageJson[]
  readonly selected: number
  /** The number of the newest question; answers to older ones are dropped. */
  readonly number: number
  readonly busy: boolean
}

export interface Files {
  readonly kind: 'files'
  readonly purpose:
    | { readonly kind: 'attach' }
    | { readonly kind: 'save'; readonly attachment: string }
    /** For a command that is being written: the folder, and what stands behind it. */
    | { readonly kind: 'folder'; readonly slash: string; readonly name: string }
  readonly folder: string
  readonly entries: readonly FileEntry[] | undefined
  readonly filter: Editor
  readonly selected: number
  readonly failure: SafeText | undefined
}

export interface Verify {
  readonly kind: 'verify'
  readonly name: string
  readonly verification: VerificationJson | undefined
  /** Digits typed for comparison. */
  readonly editor: Editor
  readonly show: 'digits' | 'qr'
  readonly failure: SafeText | undefined
}

export interface PictureView {
  readonly kind: 'picture'
  readonly name: SafeText
  readonly attachment: string
  readonly lines: readonly Line[] | undefined
  readonly failure: SafeText | undefined
}
