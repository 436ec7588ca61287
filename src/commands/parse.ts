// From argv to a command and its input. Commander knows the grammar of one command at a time; this
// file finds which one, lets the global options stand anywhere, and keeps what follows `--`.

import { Command, CommanderError, Option } from 'commander'
import { ClientError } from '../client/api.ts'
import { GLOBAL_OPTIONS } from './globals.ts'
import type { OptionValue } from './input.ts'
import { attributeOf, longOf, type OptionSpec } from './option-spec.ts'
import type { CommandSpec } from './spec.ts'
import { COMMANDS } from './table.ts'

export type Parsed =
  | {
      readonly kind: 'command'
      readonly spec: CommandSpec
      readonly words: readonly string[]
      readonly rest: readonly string[]
      readonly options: Readonly<Record<string, OptionValue>>
      readonly flags: Readonly<Record<string, string | boolean | undefined>>
    }
  | { readonly kind: 'help'; readonly topic: readonly string[] }
  | { readonly kind: 'version' }
  | { readonly kind: 'nothing'; readonly flags: Readonly<Record<string, string | boolean>> }

type Flags = Record<string, string | boolean>

const TAKES_VALUE = new Set(
  GLOBAL_OPTIONS.filter(({ flags }) => flags.includes('<')).map(({ flags }) => longOf(flags)),
)
const MAX_PATH_WORDS = 3

export function parse(argv: readonly string[]): Parsed {
  const end = argv.indexOf('--')
  const mine = end < 0 ? argv : argv.slice(0, end)
  const rest = end < 0 ? [] : argv.slice(end + 1)
  const { path, others } = splitPath(mine)
  if (path[0] === 'help') return { kind: 'help', topic: [...path.slice(1), ...wordsOf(others)] }
  if (others.includes('--help') || others.includes('-h')) return { kind: 'help', topic: path }
  if (path.length === 0) return withoutCommand(others, wordsOf(others)[0] ?? rest[0])
  const spec = COMMANDS.find((candidate) => candidate.path === path.join(' '))
  if (spec === undefined) throw incomplete(path, wordsOf(others.slice())[0])
  // What follows `--` is text like any other, save where the command runs a command of its own.
  const runs = spec.rest === true && (spec.hidden === true || others.includes('--run'))
  return parsedBy(spec, runs || end < 0 ? others : [...others, '--', ...rest], runs ? rest : [])
}

/** The command's words, wherever global options stand between them, and everything else. */
function splitPath(argv: readonly string[]): {
  readonly path: readonly string[]
  readonly others: readonly string[]
} {
  const path: string[] = []
  const others: string[] = []
  let at = 0
  while (at < argv.length && path.length < MAX_PATH_WORDS) {
    const word = argv[at] ?? ''
    if (word.startsWith('-') && word !== '-') {
      // An option of the command's own: what stands behind it is its value or the command's.
      if (!isGlobal(word)) break
      const width = TAKES_VALUE.has(word) ? 2 : 1
      others.push(...argv.slice(at, at + width))
      at += width
    } else if (beginsPath([...path, word])) {
      path.push(word)
      at += 1
    } else break
  }
  return { path, others: [...others, ...argv.slice(at)] }
}

const beginsPath = (words: readonly string[]): boolean => {
  if (words[0] === 'help') return words.length === 1
  const prefix = words.join(' ')
  return COMMANDS.some(({ path }) => path === prefix || path.startsWith(`${prefix} `))
}

const isGlobal = (word: string): boolean =>
  GLOBAL_OPTIONS.some(({ flags }) =>
    flags.split(/[ ,]+/).some((flag) => flag === word || word.startsWith(`${flag}=`)),
  ) ||
  word === '--help' ||
  word === '-h'

function withoutCommand(others: readonly string[], word: string | undefined): Parsed {
  if (word !== undefined) throw incomplete([], word)
  if (others.includes('--version') || others.includes('-V')) return { kind: 'version' }
  const { flags } = parsedBy(NOTHING, others, [])
  return { kind: 'nothing', flags: flags as Flags }
}

const NOTHING: CommandSpec = {
  path: '',
  args: '',
  summary: '',
  module: async () => {
    throw new ClientError('usage', 'A command is missing here.')
  },
}

function parsedBy(
  spec: CommandSpec,
  argv: readonly string[],
  rest: readonly string[],
): Extract<Parsed, { kind: 'command' }> {
  const command = new Command(spec.path === '' ? 'sotto' : `sotto ${spec.path}`)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} })
    .helpOption(false)
    .allowExcessArguments(false)
  if (spec.args !== '') command.arguments(spec.args)
  for (const option of [...(spec.options ?? []), ...GLOBAL_OPTIONS]) {
    command.addOption(optionOf(option))
  }
  command.action(() => {})
  try {
    command.parse(argv, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) throw usageOf(error, spec)
    throw error
  }
  const values: Record<string, OptionValue> = command.opts()
  const flags: Flags = {}
  const options: Record<string, OptionValue> = {}
  const globals = new Set(GLOBAL_OPTIONS.map(attributeOf))
  for (const [name, value] of Object.entries(values)) {
    if (!globals.has(name)) options[name] = value
    // `--no-color` makes commander say `color: true` where nobody said anything.
    else if (command.getOptionValueSource(name) === 'cli') flags[name] = value as string | boolean
  }
  return { kind: 'command', spec, words: command.args, rest, options, flags }
}

/** Twice the same option: the last counts, or both where it may be repeated. */
function optionOf({ flags, summary, repeat }: OptionSpec): Option {
  const option = new Option(flags, summary)
  if (repeat !== true) return option
  return option.argParser((value, before: readonly string[] = []) => [...before, value])
}

const wordsOf = (argv: readonly string[]): readonly string[] =>
  argv.filter((word, at) => !word.startsWith('-') && !TAKES_VALUE.has(argv[at - 1] ?? ''))

function usageOf(error: CommanderError, spec: CommandSpec): ClientError {
  const message = error.message.replace(/^error: /, '').split('\n')
  const suggestion = /\(Did you mean (.*)\?\)/.exec(error.message)?.[1]
  const dash = error.code === 'commander.unknownOption' && spec.path === 'send'
  const hint =
    suggestion !== undefined
      ? `did you mean ${suggestion}?`
      : dash
        ? 'put -- before a text that begins with a dash'
        : `sotto help ${spec.path}`.trimEnd()
  return new ClientError('usage', `${sentence(message[0] ?? '')}`, { hint })
}

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`

function incomplete(path: readonly string[], word: string | undefined): ClientError {
  const prefix = path.length === 0 ? '' : `${path.join(' ')} `
  const next = nextWords(path)
  if (word === undefined) {
    return new ClientError('usage', `‘${path.join(' ')}’ needs one of: ${next.join(', ')}.`, {
      hint: `sotto help ${path.join(' ')}`,
    })
  }
  const near = next.find((candidate) => distance(candidate, word) <= 2)
  return new ClientError('usage', `There is no command ‘${prefix}${word}’.`, {
    hint: near === undefined ? `sotto help ${prefix}`.trimEnd() : `did you mean ${prefix}${near}?`,
  })
}

/** The words that may follow these in a command's path. */
export function nextWords(path: readonly string[]): readonly string[] {
  const prefix = path.length === 0 ? '' : `${path.join(' ')} `
  const next = COMMANDS.filter((spec) => !spec.hidden && spec.path.startsWith(prefix)).map(
    (spec) => spec.path.slice(prefix.length).split(' ')[0] ?? '',
  )
  return [...new Set(next)].filter((word) => word !== '')
}

/** Levenshtein. Long words are no slips of ours. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
