// What a command is to the rest of the program: words for the help, options for the parser, and a
// module that is loaded when the command is called and not before.

import type { Context } from './context.ts'
import type { Input } from './input.ts'

export interface OptionSpec {
  /** As in the help: `-f, --file <path>`; `<name...>` takes all the words that follow. */
  readonly flags: string
  readonly summary: string
  /** One value each time, as often as one likes. */
  readonly repeat?: true
  /** Understood, and not spoken of. */
  readonly hidden?: true
  /** What completion offers for its value. */
  readonly words?: WordKind
}

/** What a word of a command names, for completion. */
export type WordKind = 'chat' | 'contact' | 'message' | 'file' | readonly string[]

export interface CommandModule {
  /** Returns the exit code; nothing is 0. Failures are thrown as ClientError. */
  run(context: Context, input: Input): Promise<number | undefined>
}

export interface CommandSpec {
  /** `send`, `msg edit`, `server user list`. */
  readonly path: string
  /** `<chat> [text]` */
  readonly args: string
  readonly summary: string
  readonly options?: readonly OptionSpec[]
  readonly words?: readonly WordKind[]
  readonly module: () => Promise<CommandModule>
  readonly hidden?: true
  /** What stands behind `--` is not for us. */
  readonly rest?: true
}

/** `-f, --file <path>` → `--file` */
export const longOf = (flags: string): string => /--[a-z][a-z-]*/.exec(flags)?.[0] ?? flags

/** `--idempotency-key <key>` → `idempotencyKey`, as in the RPC; `--no-color` is a `color`. */
export const attributeOf = ({ flags }: OptionSpec): string =>
  longOf(flags)
    .replace(/^--(no-)?/, '')
    .replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
