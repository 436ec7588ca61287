// What could stand where the cursor is, one line each. Never asks, never complains, never dials.

import type { Client } from '../client/api.ts'
import { isAccountName } from '../protocol/names.ts'
import { safeText } from '../protocol/safe-text.ts'
import type { Context } from './context.ts'
import { GLOBAL_OPTIONS } from './globals.ts'
import { TOPICS } from './help/topics.ts'
import type { Input } from './input.ts'
import { longOf, type OptionSpec, type WordKind } from './option-spec.ts'
import { nextWords } from './parse.ts'
import type { CommandSpec } from './spec.ts'
import { COMMANDS } from './table.ts'

/** Tells the shell's script to offer files instead. */
export const FILES = ':files'
const RECENT_MESSAGES = 10

export async function run(context: Context, input: Input): Promise<undefined> {
  const current = input.rest.at(-1) ?? ''
  const { words, kinds } = possible(input.rest.slice(0, -1), current)
  const names = (await Promise.all(kinds.map((kind) => named(kind, context)))).flat()
  const all = [...new Set([...words, ...names])]
  for (const word of all.filter(
    (candidate) => candidate === FILES || candidate.startsWith(current),
  )) {
    context.out.text(safeText(word))
  }
}

interface Possible {
  readonly words: readonly string[]
  readonly kinds: readonly WordKind[]
}

export function possible(before: readonly string[], current: string): Possible {
  const { path, others, spec } = whereIn(before)
  const options = [...(spec?.options ?? []), ...GLOBAL_OPTIONS]
  const last = before.at(-1)
  const open = options.find(
    (option) => option.flags.includes('<') && flagsOf(option).includes(last ?? ''),
  )
  if (open !== undefined) return { words: [], kinds: open.words === undefined ? [] : [open.words] }
  if (current.startsWith('-'))
    return { words: [...options.map(({ flags }) => longOf(flags)), '--help'], kinds: [] }
  if (path[0] === 'help')
    return { words: [...TOPICS.keys(), ...nextWords(path.slice(1))], kinds: [] }
  const words =
    others.length === 0 ? [...nextWords(path), ...(path.length === 0 ? ['help'] : [])] : []
  const kind = spec === undefined ? undefined : wordKind(spec, others.length)
  return { words, kinds: kind === undefined ? [] : [kind] }
}

function whereIn(before: readonly string[]): {
  readonly path: readonly string[]
  readonly others: readonly string[]
  readonly spec: CommandSpec | undefined
} {
  const path: string[] = []
  const others: string[] = []
  const find = (): CommandSpec | undefined =>
    COMMANDS.find((candidate) => candidate.path === path.join(' '))
  for (let at = 0; at < before.length; at += 1) {
    const word = before[at] ?? ''
    if (word.startsWith('-')) {
      const options = [...(find()?.options ?? []), ...GLOBAL_OPTIONS]
      const option = options.find((candidate) => flagsOf(candidate).includes(word))
      if (option?.flags.includes('<') === true) at += 1
    } else if (
      others.length === 0 &&
      (nextWords(path).includes(word) || path[0] === 'help' || word === 'help')
    ) {
      path.push(word)
    } else others.push(word)
  }
  return { path, others, spec: find() }
}

const flagsOf = ({ flags }: OptionSpec): readonly string[] => flags.match(/-[-a-z]+/g) ?? []

function wordKind(spec: CommandSpec, index: number): WordKind | undefined {
  return spec.words?.[spec.args.startsWith('<to...>') ? 0 : index]
}

async function named(kind: WordKind, context: Context): Promise<readonly string[]> {
  if (typeof kind !== 'string') return kind
  if (kind === 'file') return [FILES]
  try {
    const client = await context.client({ network: 'offline', silent: true })
    return await (kind === 'message' ? messageIds(client) : peopleAndChats(client, kind))
  } catch {
    // No profile, no passphrase: then there are no names to offer, and nobody asked for a reason.
    return []
  }
}

async function peopleAndChats(
  client: Client,
  kind: 'chat' | 'contact',
): Promise<readonly string[]> {
  const { contacts } = await client.call('contact.list', {})
  const people = contacts.flatMap(({ name, alias }) => (alias === null ? [name] : [name, alias]))
  // Only what a shell needs no quotes for.
  return (kind === 'chat' ? ['me', ...people] : people).filter(
    (name) => name === 'me' || isAccountName(name),
  )
}

async function messageIds(client: Client): Promise<readonly string[]> {
  const { chats } = await client.call('chats', {})
  return chats.flatMap(({ last }) => (last === null ? [] : [last.id])).slice(0, RECENT_MESSAGES)
}
