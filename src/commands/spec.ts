// What a command is to the rest of the program: words for the help, options for the parser, and a
// module that is loaded when the command is called and not before.

import type { Context } from './context.ts'
import type { Input } from './input.ts'
import type { OptionSpec, WordKind } from './option-spec.ts'
import type { Elsewhere } from './world.ts'

interface CommandModule {
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
  readonly module: () => Promise<CommandModule | { readonly elsewhere: Elsewhere }>
  readonly hidden?: true
  /** What stands behind `--` is not for us. */
  readonly rest?: true
}
