// What Tab offers while something is written: commands, people, emoji and paths.

import { nameOf } from '../../client/shown.ts'
import { type SafeText, safe, safeText } from '../../protocol/safe-text.ts'
import type { Action } from '../action.ts'
import { replace } from '../editor.ts'
import { emojiLike } from '../emoji.ts'
import type { Completion, CompletionItem, Composer, Main } from '../model.ts'

const MAX_ITEMS = 8
/** The word at the cursor, with the sign that says what it is. */
const WORD = /(?:^|\s)([@:/][^\s@:]*)$/

export function completionOf(
  main: Main,
  composer: Composer,
  actions: readonly Action[],
): Completion | undefined {
  const { text, at } = composer.editor
  const before = text.slice(0, at)
  const word = WORD.exec(before)?.[1]
  if (word === undefined) return undefined
  const items = itemsFor(main, composer, actions, word, before).slice(0, MAX_ITEMS)
  return items.length === 0 ? undefined : { from: at - word.length, items, selected: 0 }
}

function itemsFor(
  main: Main,
  composer: Composer,
  actions: readonly Action[],
  word: string,
  before: string,
): readonly CompletionItem[] {
  const rest = word.slice(1).toLowerCase()
  if (word.startsWith('/'))
    return before === word && !composer.literal ? commands(actions, rest) : []
  if (word.startsWith('@')) return people(main, rest)
  return rest.length < 2 ? [] : emoji(rest)
}

const commands = (actions: readonly Action[], rest: string): readonly CompletionItem[] =>
  actions.flatMap(({ slash, title }) =>
    slash?.startsWith(rest) === true ? [item(`/${slash} `, safeText(`/${slash}`), title)] : [],
  )

const people = (main: Main, rest: string): readonly CompletionItem[] =>
  main.contacts
    .filter(({ relation }) => relation !== 'blocked')
    .filter(({ name, alias }) =>
      [name, alias ?? ''].some((one) => one.toLowerCase().startsWith(rest)),
    )
    .map(({ name, alias }) =>
      item(`@${name} `, safe`@${nameOf(name)}`, alias === null ? safe`` : nameOf(alias)),
    )

const emoji = (rest: string): readonly CompletionItem[] =>
  emojiLike(rest).map(({ glyph, name }) =>
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
