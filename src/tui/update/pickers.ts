// Pickers: the palette, jumping to a conversation, emoji, pins, themes. Each is a list of calls of
// actions, made here and nowhere else.

import type { MessageJson } from '../../client/api.ts'
import { nameOf } from '../../client/shown.ts'
import { type SafeText, safe, safeText } from '../../protocol/safe-text.ts'
import type { Action, ActionContext } from '../action.ts'
import { EMPTY_EDITOR } from '../editor.ts'
import { EMOJI } from '../emoji.ts'
import type { Keymap, KeyPlace } from '../keymap.ts'
import { keyOf } from '../keymap.ts'
import { firstLine } from '../layout/message.ts'
import type { Main, Picker, PickerItem } from '../model.ts'
import { shortTime } from '../times.ts'
import { listed } from './chats.ts'

export const picker = (
  title: SafeText,
  items: readonly PickerItem[],
  empty: SafeText = safe`Nothing fits.`,
): Picker => ({ kind: 'picker', title, query: EMPTY_EDITOR, items, selected: 0, empty })

/** All words of the query, in any order; what begins with it comes first. */
export function matching({ items, query }: Picker): readonly PickerItem[] {
  const wanted = query.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  if (wanted.length === 0) return items
  const textOf = (item: PickerItem): string => `${item.label} ${item.words}`.toLowerCase()
  const found = items.filter((item) => wanted.every((word) => textOf(item).includes(word)))
  const first = wanted[0] ?? ''
  const begins = found.filter((item) => textOf(item).startsWith(first))
  return [...begins, ...found.filter((item) => !begins.includes(item))]
}

const PALETTE_KEYS: readonly KeyPlace[] = ['composer', 'thread', 'list', 'global']

export function palette(
  actions: readonly Action[],
  context: ActionContext,
  keymap: Keymap,
): Picker {
  const items = actions
    .filter(({ id, available }) => id !== 'palette' && (available?.(context) ?? true))
    // What has no words beside its summary is a key's alone: nobody looks for it by name.
    .filter(({ slash, summary, title }) => slash !== undefined || title !== summary)
    .map(({ id, title, slash, summary }): PickerItem => {
      const key = keyOf(keymap, PALETTE_KEYS, id)
      const hints = [slash === undefined ? '' : `/${slash}`, key ?? ''].filter(
        (hint) => hint !== '',
      )
      return {
        label: title,
        hint: safeText(hints.join('  ')),
        words: `${id} ${slash ?? ''} ${summary}`,
        call: { action: id, args: '' },
      }
    })
  return picker(safe`What shall be done?`, items)
}

/** Conversations by their last activity, then people without one. */
export function chatPicker(main: Main, action: string, title: SafeText, before = ''): Picker {
  const chats = listed({ ...main.chats, filtering: false }).map(
    ({ id, name, unread, request, kind }): PickerItem => ({
      label: kind === 'self' ? safe`me` : nameOf(name),
      hint: request ? safe`request` : unread > 0 ? safe`${unread} unread` : safe``,
      words: kind === 'self' ? 'me note to self' : name,
      call: { action, args: `${before}${id}` },
    }),
  )
  const known = new Set(main.chats.all?.map(({ name }) => name))
  const people = main.contacts
    .filter(({ name, relation }) => !known.has(name) && relation !== 'blocked')
    .map(
      ({ name, alias }): PickerItem => ({
        label: nameOf(name),
        hint: alias === null ? safe`contact` : nameOf(alias),
        words: `${name} ${alias ?? ''}`,
        call: { action, args: `${before}@${name}` },
      }),
    )
  return picker(title, [...chats, ...people], safe`Nobody by this name. /add NAME asks somebody.`)
}

const RELATIONS = {
  none: safe`no contact`,
  outgoing: safe`asked`,
  incoming: safe`request`,
  accepted: safe`contact`,
  blocked: safe`blocked`,
} as const

export const contactPicker = (main: Main, action: string, title: SafeText): Picker =>
  picker(
    title,
    main.contacts.map(({ name, alias, relation, trust }) => ({
      label: alias === null ? nameOf(name) : safe`${nameOf(name)} (${nameOf(alias)})`,
      hint: safe`${RELATIONS[relation]}${trust === 'verified' ? safe` ✓ verified` : trust === 'changed' ? safe` ! identity changed` : safe``}`,
      words: `${relation} ${trust}`,
      call: { action, args: name },
    })),
    safe`No contacts yet. /add NAME asks somebody.`,
  )

export const messagePicker = (
  title: SafeText,
  messages: readonly MessageJson[],
  action: string,
  now: number,
): Picker =>
  picker(
    title,
    messages.toReversed().map((message) => ({
      label: firstLine(message),
      hint: safe`${nameOf(message.from.name)}  ${shortTime(message.due_at ?? message.sent_at, now)}`,
      words: message.body,
      call: { action, args: message.id },
    })),
    safe`There is none.`,
  )

export const emojiPicker = (action: string, title: SafeText): Picker =>
  picker(
    title,
    EMOJI.map(({ glyph, name }) => ({
      label: safeText(`${glyph}  ${name}`),
      hint: safe``,
      words: name,
      call: { action, args: glyph },
    })),
  )

export const choices = (
  title: SafeText,
  action: string,
  values: readonly (readonly [value: string, label: SafeText, hint: SafeText])[],
): Picker =>
  picker(
    title,
    values.map(([value, label, hint]) => ({
      label,
      hint,
      words: value,
      call: { action, args: value },
    })),
  )
