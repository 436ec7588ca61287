// One conversation: its title, its messages, the composer. The same measure serves the views and
// the reducer, which scrolls by it.

import type { ChatListJson, ContactJson, MessageJson } from '../../client/api.ts'
import { nameOf } from '../../client/shown.ts'
import { type SafeText, safe } from '../../protocol/safe-text.ts'
import type { Composer, Main, Model, Note, Pane, Thread } from '../model.ts'
import { fitted, type Line, line, spread, truncatedLine } from '../text/line.ts'
import { Recent } from '../text/recent.ts'
import { wrappedLine } from '../text/wrap.ts'
import type { Theme } from '../theme/theme.ts'
import { dayName, sameDay } from '../times.ts'
import { chatNamed } from '../update/chats.ts'
import { composerKey, EMPTY_COMPOSER } from '../update/composer.ts'
import { durationOf } from '../update/pages.ts'
import { columnsOf, firstPane } from './columns.ts'
import { composerLines } from './composer.ts'
import { type MessageLook, messageLines } from './message.ts'
import { type Viewport, visible } from './thread.ts'

/** Messages of one person so close together have their name once. */
const GROUP_MS = 5 * 60_000
const TITLE_ROWS = 2
const EMPTY_THREAD: Thread = {
  chat: '',
  state: 'read',
  messages: [],
  older: 'end',
  newer: 'end',
  newFrom: undefined,
  notes: [],
}

interface PaneLook {
  readonly width: number
  readonly rows: number
}

/** Where a pane is; one that is folded away is as wide as the one with the focus. */
function paneLook(model: Model, main: Main, index: number): PaneLook {
  const columns = columnsOf(model, main)
  const first = firstPane(main, columns.panes.length)
  const width = columns.panes[index - first] ?? columns.panes[0] ?? model.size.columns
  return { width, rows: columns.rows }
}

export function paneViewport(model: Model, main: Main, index: number): Viewport {
  const pane = main.panes[index]
  const look = paneLook(model, main, index)
  const writing = pane === undefined ? [] : writingLines(model, main, pane, look)
  return viewportOf(model, main, pane, look, writing.length)
}

function viewportOf(
  model: Model,
  main: Main,
  pane: Pane | undefined,
  look: PaneLook,
  writing: number,
): Viewport {
  const thread =
    (pane?.chat === undefined ? undefined : main.threads.get(pane.chat)) ?? EMPTY_THREAD
  return {
    thread,
    anchor: pane?.anchor ?? { kind: 'end' },
    height: Math.max(1, look.rows - TITLE_ROWS - writing),
    blocks: blocksOf(model, main, thread, look.width, pane?.selected),
  }
}

function composerAt(main: Main, pane: Pane): Composer {
  const key = composerKey(pane)
  return (key === undefined ? undefined : main.composers.get(key)) ?? EMPTY_COMPOSER
}

/** A rule and the composer. */
function writingLines(model: Model, main: Main, pane: Pane, look: PaneLook): readonly Line[] {
  if (pane.chat === undefined && pane.to === undefined) return []
  const focused =
    main.focus === 'composer' && main.panes[main.pane] === pane && main.overlays.length === 0
  const rule = ruleOf(model, look.width, focused)
  const lines = [
    ...noticeLines(model, main, pane, look.width),
    rule,
    ...composerLines(model, composerAt(main, pane), { ...look, focused }),
  ]
  return lines.slice(-Math.max(1, look.rows - TITLE_ROWS - 1))
}

/** What stands between the two of you, and what to do about it. */
function noticeLines(model: Model, main: Main, pane: Pane, width: number): readonly Line[] {
  const { styles } = model.theme
  const chat = chatNamed(main, pane.chat)
  const name = chat?.name ?? pane.to ?? ''
  const contact = main.contacts.find((one) => one.name === name)
  const said = noticeOf(nameOf(name), contact, chat?.request === true)
  return said === undefined
    ? []
    : wrappedLine([{ text: safe` ${said}`, style: styles.warning }], width)
}

function noticeOf(
  name: SafeText,
  contact: ContactJson | undefined,
  isRequest: boolean,
): SafeText | undefined {
  if (isRequest || contact?.relation === 'incoming') {
    return safe`${name} asks to be a contact: /accept, /decline or /block. Nobody is told that you read this.`
  }
  if (contact?.trust === 'changed') {
    return safe`The identity of ${name} has changed: compare it by /verify, then /acceptchange.`
  }
  if (contact?.relation === 'outgoing') return safe`${name} was asked, and has not answered yet.`
  if (contact?.relation === 'blocked') return safe`You blocked ${name}: /unblock.`
  return undefined
}

/** All rows of a pane, from top to bottom. */
export function paneLines(model: Model, main: Main, index: number): readonly Line[] {
  const pane = main.panes[index]
  const look = paneLook(model, main, index)
  if (pane === undefined) return []
  const writing = writingLines(model, main, pane, look)
  const viewport = viewportOf(model, main, pane, look, writing.length)
  const blocks = visible(viewport)
  const said = blocks.flatMap(({ lines }) => lines)
  const empty = said.length === 0 ? emptyLines(model, main, pane, look.width) : []
  const room = Math.max(0, viewport.height - said.length - empty.length)
  const blank = Array.from({ length: room }, (): Line => [])
  const body = said.length > 0 ? [...blank, ...said] : [...empty, ...blank]
  return [
    ...titleLines(model, main, pane, look.width),
    ...body.slice(0, viewport.height),
    ...writing,
  ]
}

function titleLines(model: Model, main: Main, pane: Pane, width: number): readonly Line[] {
  const { styles } = model.theme
  const active = main.panes[main.pane] === pane
  const chat = chatNamed(main, pane.chat)
  const name = isSelf(main, pane) ? 'Note to self' : (chat?.name ?? pane.to ?? '')
  if (name === '') return [[], []]
  const contact = main.contacts.find((one) => one.name === (chat?.name ?? pane.to))
  const title: Line = [
    { text: safe` ` },
    { text: nameOf(name), style: styles.title },
    ...(contact?.trust === 'verified' ? line(safe` ✓ verified`, styles.success) : []),
    ...(contact?.trust === 'changed' ? line(safe` ! identity changed`, styles.danger) : []),
    ...(contact?.alias == null ? [] : line(safe` (${nameOf(contact.alias)})`, styles.muted)),
  ]
  const rule = ruleOf(model, width, active)
  return [spread(title, stateOf(chat, model.theme), width), rule]
}

/** Also before the first note: nobody else can be called so. */
const isSelf = (main: Main, { chat, to }: Pane): boolean =>
  chat === undefined ? to === 'me' : chatNamed(main, chat)?.kind === 'self'

/** Nothing is drawn for who has the screen read aloud. */
function ruleOf({ settings, theme }: Model, width: number, active: boolean): Line {
  const { border, borderFocus } = theme.styles
  return settings.screenReader
    ? []
    : line('─'.repeat(width) as SafeText, active ? borderFocus : border)
}

function stateOf(chat: ChatListJson | undefined, { styles }: Theme): Line {
  if (chat === undefined) return []
  const said: SafeText[] = []
  if (chat.expire_after !== null) said.push(safe`⏳${durationOf(chat.expire_after)}`)
  if (chat.muted_until !== null) said.push(safe`muted`)
  if (chat.archived) said.push(safe`archived`)
  return said.length === 0 ? [] : line(safe`${said.join(' ') as SafeText} `, styles.muted)
}

function emptyLines(model: Model, main: Main, pane: Pane, width: number): readonly Line[] {
  const { styles } = model.theme
  const state = pane.chat === undefined ? 'read' : main.threads.get(pane.chat)?.state
  if (state === 'failed') {
    const failed = safe` This conversation could not be read. Whoever opens it again tries again.`
    return wrappedLine(line(failed, styles.danger), width)
  }
  if (state !== 'read') return [line(safe` Reading…`, styles.muted)]
  const whom = pane.to ?? chatNamed(main, pane.chat)?.name
  const text = isSelf(main, pane)
    ? safe` Nothing was noted yet. What you write here only you can read.`
    : whom === undefined
      ? safe` Ctrl+T goes to a conversation, /add NAME asks somebody, F1 helps.`
      : safe` Nothing was said here yet. What you send to ${nameOf(whom)} can only be read by the two of you.`
  return wrappedLine(line(text, styles.muted), width)
}

// Blocks -----------------------------------------------------------------------------------------

interface Made {
  readonly key: readonly unknown[]
  readonly lines: readonly Line[]
}

/**
 * Lines are made once for as long as a message and what they depend on stay the same; those of
 * messages that were not near the screen for a while are made again.
 */
const made = new Recent<MessageJson, Made>(1_000)

function blocksOf(
  model: Model,
  main: Main,
  thread: Thread,
  width: number,
  selected: string | undefined,
): Viewport['blocks'] {
  const byId = new Map<string, MessageJson>()
  const answered = (id: string | null): MessageJson | undefined => {
    if (id === null) return undefined
    if (byId.size === 0) for (const message of thread.messages) byId.set(message.id, message)
    return byId.get(id)
  }
  return (index) => {
    const message = thread.messages[index]
    if (message === undefined) return []
    const before = thread.messages[index - 1]
    const next = thread.messages[index + 1]
    const notes = notesBetween(thread.notes, before, message)
    const after = next === undefined ? notesBehind(thread.notes, message) : []
    const quoted = answered(message.reply_to)
    const isSelected = message.id === selected
    const isNew = message.id === thread.newFrom
    // What counts down with the clock is made anew each minute.
    const minute = message.expires_at === null ? 0 : Math.floor(model.now / 60_000)
    const progress = message.attachments.map(({ id }) => main.transfers.get(id)).join()
    const day = Math.floor(model.now / 3_600_000)
    const asking = chatNamed(main, thread.chat)?.request === true
    const key = [
      width,
      model.theme,
      before,
      quoted,
      isSelected,
      isNew,
      notes.length,
      after.length,
      asking,
      minute,
      progress,
      ...message.attachments.map(({ id }) => main.pictures.get(id)),
      day,
      model.settings,
    ]
    const known = made.get(message)
    if (known !== undefined && same(known.key, key)) return known.lines
    const look: MessageLook = {
      width,
      theme: model.theme,
      settings: model.settings,
      account: main.account?.name ?? '',
      grouped: !isNew && notes.length === 0 && isGrouped(before, message),
      asking,
      selected: isSelected,
      now: model.now,
      answered: quoted,
      transfers: main.transfers,
      pictures: main.pictures,
    }
    const lines = [
      ...headLines(model, { before, message, isNew, width, notes }),
      ...messageLines(message, look),
      ...after.flatMap((note) => noteLines(note, model.theme, width)),
    ]
    made.set(message, { key, lines })
    return lines
  }
}

const same = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.every((value, at) => value === b[at])

function isGrouped(before: MessageJson | undefined, message: MessageJson): boolean {
  if (before === undefined || message.reply_to !== null) return false
  const gap = Date.parse(message.received_at) - Date.parse(before.received_at)
  return (
    before.from.name === message.from.name &&
    before.direction === message.direction &&
    gap >= 0 &&
    gap < GROUP_MS &&
    sameDay(before.received_at, message.received_at)
  )
}

const notesBetween = (
  notes: readonly Note[],
  before: MessageJson | undefined,
  message: MessageJson,
): readonly Note[] =>
  notes.filter(
    ({ at }) => at <= message.received_at && (before === undefined || at > before.received_at),
  )

const notesBehind = (notes: readonly Note[], last: MessageJson): readonly Note[] =>
  notes.filter(({ at }) => at > last.received_at)

const noteLines = ({ text, mood }: Note, { styles }: Theme, width: number): readonly Line[] =>
  wrappedLine(line(safe`  ∙ ${text}`, mood === 'bad' ? styles.danger : styles.system), width, {
    hang: 4,
  })

interface Head {
  readonly before: MessageJson | undefined
  readonly message: MessageJson
  readonly isNew: boolean
  readonly width: number
  readonly notes: readonly Note[]
}

/** What stands above a message: another day, what happened between, what is new from here. */
function headLines(model: Model, { before, message, isNew, width, notes }: Head): readonly Line[] {
  const { styles } = model.theme
  const lines: Line[] = []
  if (before === undefined || !sameDay(before.received_at, message.received_at)) {
    lines.push(ruled(safe` ${dayName(message.received_at, model.now)} `, width, model.theme, 'day'))
  }
  for (const note of notes) lines.push(...noteLines(note, model.theme, width))
  if (isNew) lines.push(ruled(safe` New `, width, model.theme, 'newLine'))
  const isApart = before !== undefined && lines.length === 0 && !isGrouped(before, message)
  return isApart ? [line(safe``, styles.text), ...lines] : lines
}

function ruled(text: SafeText, width: number, { styles }: Theme, role: 'day' | 'newLine'): Line {
  const side = Math.max(0, Math.floor((width - text.length) / 2))
  const rule = '─'.repeat(side) as SafeText
  return truncatedLine(
    fitted(
      [
        { text: rule, style: styles[role] },
        { text, style: styles[role] },
        {
          text: '─'.repeat(Math.max(0, width - side - text.length)) as SafeText,
          style: styles[role],
        },
      ],
      width,
    ),
    width,
  )
}
