// The list of conversations: two rows each, name and last words.

import type { ChatListJson } from '../../client/api.ts'
import { nameOf } from '../../client/shown.ts'
import { type SafeText, safe } from '../../protocol/safe-text.ts'
import type { Main, Model } from '../model.ts'
import { fitted, type Line, line, type Span, spread } from '../text/line.ts'
import { wrappedLine } from '../text/wrap.ts'
import { shortTime } from '../times.ts'
import { listed, selectedChat } from '../update/chats.ts'
import { paneOf } from '../update/step.ts'
import { editorLines } from './composer.ts'
import { firstLine } from './message.ts'

const ENTRY_ROWS = 2
const TITLE_ROWS = 1

/** The part of the list that there is room for; what is selected is always in it. */
function listWindow(main: Main, rows: number): readonly ChatListJson[] {
  const shown = listed(main.chats)
  const selected = selectedChat(main.chats)
  const at = shown.findIndex(({ id }) => id === selected?.id)
  const room = Math.max(1, Math.floor((rows - TITLE_ROWS) / ENTRY_ROWS))
  const first = Math.min(Math.max(0, at - room + 1), Math.max(0, shown.length - room))
  return shown.slice(first, first + room)
}

/** What stands in a row of the list. */
export const chatInRow = (main: Main, rows: number, row: number): ChatListJson | undefined =>
  row < TITLE_ROWS ? undefined : listWindow(main, rows)[Math.floor((row - TITLE_ROWS) / ENTRY_ROWS)]

export function listLines(model: Model, main: Main, width: number, rows: number): readonly Line[] {
  const entries = listWindow(main, rows).flatMap((chat) => entryLines(model, main, chat, width))
  return [
    titleLine(model, main, width),
    ...(entries.length > 0 ? entries : emptyLines(model, main, width)),
  ]
}

function titleLine(model: Model, main: Main, width: number): Line {
  const { styles } = model.theme
  if (main.chats.filtering) {
    const [typed = []] = editorLines(main.chats.filter, model.theme, {
      width: width - 2,
      rows: 1,
      focused: main.focus === 'list' && main.overlays.length === 0,
      placeholder: safe`filter`,
    })
    return [{ text: safe`/ `, style: styles.accent }, ...typed]
  }
  const unread = (main.chats.all ?? []).reduce((sum, chat) => sum + chat.unread, 0)
  const title = main.chats.archived ? safe` Archive` : safe` sotto`
  const count = unread === 0 ? [] : line(safe` ${unread} unread `, styles.badge)
  return spread(line(title, styles.title), count, width)
}

function emptyLines(model: Model, main: Main, width: number): readonly Line[] {
  const { styles } = model.theme
  if (main.chats.all === undefined) return [line(safe` Reading…`, styles.muted)]
  return wrappedLine(line(emptyText(main), styles.muted), width, { hang: 1 })
}

function emptyText({ chats, known }: Main): SafeText {
  if (chats.filtering) return safe` Nothing fits.`
  if (chats.archived) return safe` Nothing is archived. /archived shows the others again.`
  const isArchived = [...known.values()].some(({ archived }) => archived)
  return isArchived
    ? safe` Nothing is here; /archived shows the archive.`
    : safe` No conversations yet.`
}

function entryLines(model: Model, main: Main, chat: ChatListJson, width: number): readonly Line[] {
  const { theme, now } = model
  const { styles } = theme
  const isOpen = main.panes.some((pane) => pane.chat === chat.id)
  const isHere = paneOf(main)?.chat === chat.id
  const isSelected = main.focus === 'list' && selectedChat(main.chats)?.id === chat.id
  const fill = isSelected ? styles.selection : undefined
  const contact = main.contacts.find(({ name }) => name === chat.name)
  const mark: Span = {
    text: isHere ? safe`▎` : isOpen ? safe`▏` : safe` `,
    style: { ...styles.accent, ...(fill?.bg === undefined ? {} : { bg: fill.bg }) },
  }
  const over = (span: Span): Span =>
    fill === undefined ? span : { ...span, style: { ...span.style, ...fill } }
  const name: Line = [
    mark,
    over({
      text: chat.kind === 'self' ? safe`Note to self` : nameOf(chat.name),
      style: chat.unread > 0 ? styles.unread : styles.text,
    }),
    ...(contact?.trust === 'verified' ? [over({ text: safe` ✓`, style: styles.success })] : []),
    ...(contact?.trust === 'changed' ? [over({ text: safe` !`, style: styles.danger })] : []),
    ...(chat.pinned ? [over({ text: safe` ⊤`, style: styles.faint })] : []),
    ...(chat.muted_until === null ? [] : [over({ text: safe` ∅`, style: styles.faint })]),
  ]
  const time: Line =
    chat.last === null
      ? []
      : [over({ text: safe` ${shortTime(chat.last.received_at, now)} `, style: styles.muted })]
  const badge: Line =
    chat.unread === 0
      ? []
      : [
          {
            text: safe` ${chat.unread} `,
            style: chat.muted_until === null ? styles.badge : styles.badgeMuted,
          },
        ]
  const words: Line = [over({ text: safe`  ` }), ...lastWords(model, main, chat).map(over)]
  return [
    fitted(spread(name, time, width, fill), width, { style: fill }),
    fitted(spread(words, badge, width, fill), width, { style: fill }),
  ]
}

function lastWords({ theme }: Model, main: Main, chat: ChatListJson): Line {
  const { styles } = theme
  const draft = main.composers.get(chat.id)?.editor.text.trim() ?? ''
  const isHere = paneOf(main)?.chat === chat.id
  if (chat.request) return line(safe`contact request`, styles.warning)
  if (draft !== '' && !isHere) return line(safe`draft`, styles.warning)
  if (chat.last === null) {
    const contact = main.contacts.find(({ name }) => name === chat.name)
    return contact?.relation === 'outgoing' ? line(safe`was asked`, styles.faint) : []
  }
  const own = chat.last.direction === 'out' && chat.kind !== 'self' ? safe`you: ` : safe``
  return line(safe`${own}${firstLine(chat.last)}` as SafeText, styles.muted)
}
