// What an option is to the parser, the help and the completion.

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

/** `-f, --file <path>` → `--file` */
export const longOf = (flags: string): string => /--[a-z][a-z-]*/.exec(flags)?.[0] ?? flags

/** `--idempotency-key <key>` → `idempotencyKey`, as in the RPC; `--no-color` is a `color`. */
export const attributeOf = ({ flags }: OptionSpec): string =>
  longOf(flags)
    .replace(/^--(no-)?/, '')
    .replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** Of each command that sends. */
export const KEY: OptionSpec = {
  flags: '--idempotency-key <key>',
  summary: 'calls with the same key are one message',
}
