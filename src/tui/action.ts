// What an action is. One table of them feeds the palette, slash commands, keys, help, completion.

import type { SafeText } from '../protocol/safe-text.ts'
import type { Step } from './effect.ts'
import type { Main, Model } from './model.ts'

/** What the words behind an action name, for completion and for the prompt that asks for them. */
type ArgKind =
  | 'chat'
  | 'contact'
  | 'text'
  | 'duration'
  | 'time'
  | 'path'
  | 'emoji'
  | 'setting'
  | readonly string[]

/** What it acts on; help and palette group by it. */
export type ActionGroup =
  | 'conversations'
  | 'message'
  | 'writing'
  | 'people'
  | 'moving'
  | 'window'
  | 'settings'
  | 'sotto'

export interface ActionContext {
  readonly model: Model
  readonly main: Main
  readonly args: string
}

/** `/name words`; undefined: there is no such command. `before`: with the line as it was typed. */
export type RunLine = (model: Model, line: string, before?: Model) => Step | undefined

export interface Action {
  /** `message.reply`; what a key or the config binds. */
  readonly id: string
  readonly group: ActionGroup
  /** `/reply`; also the name in completion. Absent: moving about, which nobody types. */
  readonly slash?: string
  readonly title: SafeText
  /** A sentence for the help. */
  readonly summary: SafeText
  readonly args?: ArgKind
  /** The action does nothing without its words: ask for them under this title. */
  readonly prompt?: SafeText
  /** Commands of `sotto` that this does the work of, by their paths; a test finds the missing. */
  readonly commands?: readonly string[]
  /** Undefined: always. */
  readonly available?: (context: ActionContext) => boolean
  readonly run: (context: ActionContext) => Step
}
