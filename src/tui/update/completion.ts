// What is offered while something is written: commands and their words, people, emoji. From the one
// table of actions: whatever an action takes is offered behind its name.

import { nameOf } from '../../client/shown.ts'
import { type SafeText, safe, safeText } from '../../protocol/safe-text.ts'
import type { Action } from '../action.ts'
import { replace } from '../editor.ts'
import { emojiLike } from '../emoji.ts'
import type { Completion, CompletionItem, Composer, Main, Model } from '../model.ts'
import { SETTINGS } from '../setting-table.ts'

/** More than anybody goes through by arrows. */
const MAX_ITEMS = 80
/** The word at the cursor, with the sign that says what it is. */
const WORD = /(?:^|\s)([@:/][^\s@:]*)$/
/** A command with the beginning of its words. */
const COMMAND = /^\/([a-z]+) +(.*)$/
/** From so many letters on an emoji is meant, and not a time of day. */
const MIN_EMOJI = 2

interface Written {
  readonly model: Model
  readonly main: Main
  readonly composer: Composer
}

export function completionOf(written: Written, actions: readonly Action[]): Completion | undefined {
  const { text, at } = written.composer.editor
  const before = text.slice(0, at)
  const { word, items } = wordsOf(written, actions, before) ?? itemsAt(written, actions, before)
  return items.length === 0
    ? undefined
    : { from: at - word.length, items: items.slice(0, MAX_ITEMS), selected: 0 }
}

interface Offered {
  /** What the chosen one takes the place of. */
  readonly word: string
  readonly items: readonly CompletionItem[]
}
const NOTHING: Offered = { word: '', items: [] }

/** The action whose words are being written. */
export function commandAt(
  composer: Composer,
  actions: readonly Action[],
): { readonly action: Action; readonly words: string } | undefined {
  const [, slash, words = ''] = COMMAND.exec(composer.editor.text) ?? []
  const action = slash === undefined ? undefined : actions.find((one) => one.slash === slash)
  return action === undefined || composer.literal ? undefined : { action, words }
}

/** Undefined: nothing fits there, as what an action takes. */
function wordsOf(
  written: Written,
  actions: readonly Action[],
  before: string,
): Offered | undefined {
  const { composer } = written
  const { action } = commandAt(composer, actions) ?? {}
  const [, , words = ''] = COMMAND.exec(before) ?? []
  if (action === undefined || !before.startsWith(`/${action.slash} `)) return undefined
  const items = argumentsOf(written, action, words)
  if (items === undefined || items.length === 0) return undefined
  return { word: action.args === 'time' ? words : (/\S*$/.exec(words)?.[0] ?? ''), items }
}

const DURATIONS = ['1h', '8h', '1d', '7d', '30d']
const TIMES = ['+1h', '+3h', 'tomorrow 9:00']

function argumentsOf(
  written: Written,
  action: Action,
  words: string,
): readonly CompletionItem[] | undefined {
  const { args } = action
  const isFirst = !words.includes(' ')
  if (args === 'time') return valuesLike(TIMES, words)
  if (args === 'setting') return settingsLike(written.model, words)
  if (args === undefined || !isFirst) return undefined
  switch (args) {
    case 'chat':
      return chatsLike(written.main, words)
    case 'contact':
      return contactsLike(written, action, words)
    case 'emoji':
      return emojiItems(words.replace(/^:/, '').toLowerCase())
    case 'duration':
      return valuesLike(DURATIONS, words)
    // A path is looked for in its folder, which takes a while: Tab opens that.
    case 'path':
    case 'text':
      return undefined
    default:
      return valuesLike(args, words)
  }
}

function itemsAt(
  { model, main, composer }: Written,
  actions: readonly Action[],
  before: string,
): Offered {
  const word = WORD.exec(before)?.[1]
  if (word === undefined) return NOTHING
  const rest = word.slice(1).toLowerCase()
  if (word.startsWith('/')) {
    const isCommand = before === word && !composer.literal
    return isCommand ? { word, items: commands({ model, main, args: '' }, actions, rest) } : NOTHING
  }
  if (word.startsWith('@')) return { word, items: people(main, rest) }
  return rest.length < MIN_EMOJI ? NOTHING : { word, items: emojiItems(rest) }
}

/** The shortest first: a name that is typed in full is what Enter runs. */
const commands = (
  context: Parameters<NonNullable<Action['available']>>[0],
  actions: readonly Action[],
  rest: string,
): readonly CompletionItem[] =>
  actions
    .flatMap((action) => (action.slash?.startsWith(rest) === true ? [action] : []))
    .filter(({ available, slash }) => slash === rest || (available?.(context) ?? true))
    .toSorted((a, b) => (rest === '' ? 0 : (a.slash?.length ?? 0) - (b.slash?.length ?? 0)))
    .map(({ slash, title }) => item(`/${slash} `, safeText(`/${slash}`), title))

const people = (main: Main, rest: string): readonly CompletionItem[] =>
  main.contacts
    .filter(({ relation }) => relation !== 'blocked')
    .filter((one) => isLike(one, rest))
    .map(({ name, alias }) => item(`@${name} `, safe`@${nameOf(name)}`, aliasOf(alias)))

const aliasOf = (alias: string | null): SafeText => (alias === null ? safe`` : nameOf(alias))

const isLike = (
  { name, alias }: { readonly name: string; readonly alias: string | null },
  part: string,
): boolean => [name, alias ?? ''].some((one) => one.toLowerCase().startsWith(part))

/** Those with whom the action can do something. */
const contactsLike = (
  { model, main }: Written,
  { available }: Action,
  words: string,
): readonly CompletionItem[] =>
  main.contacts
    .filter((one) => isLike(one, words.replace(/^@/, '').toLowerCase()))
    .filter(({ name }) => available?.({ model, main, args: name }) ?? true)
    .map(({ name, alias }) => item(`${name} `, nameOf(name), aliasOf(alias)))

function chatsLike(main: Main, words: string): readonly CompletionItem[] {
  const part = words.replace(/^@/, '').toLowerCase()
  const known = main.contacts.filter(({ relation }) => relation !== 'blocked')
  const names = (main.chats.all ?? [])
    .filter(({ kind }) => kind !== 'self')
    .map(({ name }) => known.find((one) => one.name === name) ?? { name, alias: null })
  const others = known.filter(({ name }) => !names.some((one) => one.name === name))
  return [...names, ...others, { name: 'me', alias: null }]
    .filter((one) => isLike(one, part))
    .map(({ name, alias }) => item(`${name} `, nameOf(name), aliasOf(alias)))
}

const valuesLike = (values: readonly string[], words: string): readonly CompletionItem[] =>
  values
    .filter((value) => value.startsWith(words))
    .map((value) => item(`${value} `, safeText(value), safe``))

/** The setting, then what it may be. */
function settingsLike(model: Model, words: string): readonly CompletionItem[] {
  const [name = '', value, more] = words.split(/ +/)
  if (more !== undefined) return []
  if (value !== undefined) {
    return valuesLike(SETTINGS.find((one) => one.name === name)?.choices ?? [], value)
  }
  return SETTINGS.filter((one) => one.name.toLowerCase().startsWith(name.toLowerCase())).map(
    ({ name: one, label, shown }) =>
      item(`${one} `, safeText(one), safe`${label}: ${shown(model.settings)}`),
  )
}

const emojiItems = (part: string): readonly CompletionItem[] =>
  emojiLike(part).map(({ glyph, name }) =>
    item(`${glyph} `, safeText(glyph), safeText(`:${name}:`)),
  )

const item = (text: string, label: SafeText, hint: SafeText): CompletionItem => ({
  text,
  label,
  hint,
})

/** The one that is chosen takes the place of the word. */
export function completed(composer: Composer, index: number): Composer {
  const { completion, editor } = composer
  const chosen = completion?.items[index]
  if (completion === undefined || chosen === undefined) return composer
  return {
    ...composer,
    editor: replace(editor, completion.from, editor.at, chosen.text),
    completion: undefined,
  }
}
