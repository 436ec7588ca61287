// What comes from the terminal, as values. A key has one name, in which its modifiers stand in a
// fixed order: `ctrl+k`, `alt+enter`, `ctrl+alt+shift+x`, `shift+tab`, `f1`, `g`, `G`, `?`. Where a
// character says by itself that Shift was held, its name does not say it again.

import type { Rgb } from '../theme/colour.ts'

export interface Modifiers {
  readonly ctrl: boolean
  readonly alt: boolean
  readonly shift: boolean
}

export interface KeyEvent extends Modifiers {
  readonly kind: 'key'
  readonly key: string
  /** What it puts into a text; empty for a key that puts nothing. */
  readonly text: string
}

/** Line breaks are `\n`; there are no other control characters in it but tabs. */
interface PasteEvent {
  readonly kind: 'paste'
  readonly text: string
}

export interface MouseEvent extends Modifiers {
  readonly kind: 'mouse'
  readonly action: 'press' | 'release' | 'drag' | 'move' | 'wheelUp' | 'wheelDown'
  readonly button: 'left' | 'middle' | 'right' | 'none'
  /** From 0. */
  readonly column: number
  readonly row: number
}

interface FocusEvent {
  readonly kind: 'focus'
  readonly focused: boolean
}

/** The screen has another size. */
interface ResizeEvent {
  readonly kind: 'resize'
  readonly columns: number
  readonly rows: number
}

/** What the terminal answers to our questions about it. */
export type Reply =
  | { readonly of: 'attributes'; readonly codes: readonly number[] }
  | { readonly of: 'mode'; readonly mode: number; readonly known: boolean }
  | { readonly of: 'kittyKeyboard'; readonly flags: number }
  | { readonly of: 'kittyGraphics'; readonly ok: boolean }
  | { readonly of: 'background'; readonly colour: Rgb }
  | { readonly of: 'cellSize'; readonly width: number; readonly height: number }
  | { readonly of: 'version'; readonly name: string }

interface ReplyEvent {
  readonly kind: 'reply'
  readonly reply: Reply
}

export type InputEvent = KeyEvent | PasteEvent | MouseEvent | FocusEvent | ResizeEvent | ReplyEvent
