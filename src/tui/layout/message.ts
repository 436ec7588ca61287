// A message as lines: who and when, what it answers, what it says, its files, its reactions. Peer
// text comes in here as text and goes out as safe text in a style.

import type { AttachmentJson, MessageJson } from '../../client/api.ts'
import { bytesOf, nameOf } from '../../client/shown.ts'
import { isolated, type SafeText, safe, safeFileName, safeText } from '../../protocol/safe-text.ts'
import { asShortcodes } from '../emoji.ts'
import { plainLine } from '../markdown/plain.ts'
import type { Drawn } from '../model.ts'
import type { Settings } from '../settings.ts'
import {
  type Line,
  line,
  lineWidth,
  type Span,
  spread,
  truncated,
  truncatedLine,
} from '../text/line.ts'
import { wrappedLine } from '../text/wrap.ts'
import type { Role } from '../theme/roles.ts'
import { nameStyle, type Theme } from '../theme/theme.ts'
import { clock, remaining, shortTime } from '../times.ts'
import { bodyLines } from './body.ts'

export interface MessageLook {
  readonly width: number
  readonly theme: Theme
  readonly settings: Pick<Settings, 'shortcodes' | 'screenReader'>
  /** One's own name. */
  readonly account: string
  /** Under one of the same person within minutes: the name is not said again. */
  readonly grouped: boolean
  /** Whoever wrote it asks, and was not answered yet. */
  readonly asking: boolean
  readonly selected: boolean
  readonly now: number
  /** What it answers, where it is known. */
  readonly answered: MessageJson | undefined
  readonly transfers: ReadonlyMap<string, number>
  readonly pictures: ReadonlyMap<string, Drawn>
}

/** Columns in front of the text of every line. */
const MARGIN = 2
const QUOTE_LENGTH = 200

export function messageLines(message: MessageJson, look: MessageLook): readonly Line[] {
  const width = Math.max(1, look.width - MARGIN)
  const inner: Line[] = [
    ...(look.grouped ? [] : [headLine(message, look, width)]),
    ...quoteLines(message, look, width),
    ...contentLines(message, look, width),
    ...message.attachments.flatMap((file) => fileLines(file, message, look, width)),
    ...reactionLines(message, look, width),
  ]
  const marked = look.grouped ? withMarks(inner, message, look, width) : inner
  const edge: Span = look.selected
    ? { text: safe`▌ `, style: look.theme.styles.borderFocus }
    : { text: safe`  ` }
  return marked.map((one) => [edge, ...one])
}

function headLine(message: MessageJson, look: MessageLook, width: number): Line {
  const { styles } = look.theme
  const own = message.direction === 'out'
  const name: Line = [
    {
      text: nameOf(message.from.name),
      style: own ? styles.ownName : nameStyle(look.theme, message.from.name),
    },
    ...(!own && message.from.verified ? line(safe` ✓`, styles.success) : []),
    ...(message.request === true && look.asking
      ? line(safe` asks to be a contact`, styles.warning)
      : []),
  ]
  return spread(name, marksOf(message, look), width)
}

/** Grouped messages have their time and marks at the end of their last line, where there is room. */
function withMarks(
  lines: readonly Line[],
  message: MessageJson,
  look: MessageLook,
  width: number,
): readonly Line[] {
  const last = lines.at(-1) ?? []
  const joined = spread(last, marksOf(message, look), width)
  return [...lines.slice(0, -1), joined]
}

/** Edited, pinned, what is left of its life, the time, and how far it came. */
function marksOf(message: MessageJson, { theme, now }: MessageLook): Line {
  const { styles } = theme
  const parts: Span[] = []
  const put = (text: SafeText, role: Role): void =>
    void parts.push({ text: safe` ${text}`, style: styles[role] })
  if (message.edited_at !== null) put(safe`edited`, 'faint')
  if (message.pinned === true) put(safe`pinned`, 'accent')
  if (message.silent === true) put(safe`silent`, 'faint')
  if (message.expires_at !== null) put(safe`⏳${remaining(message.expires_at, now)}`, 'warning')
  if (message.due_at === undefined) put(clock(message.sent_at), 'muted')
  else put(safe`goes out ${shortTime(message.due_at, now)}`, 'warning')
  if (message.direction === 'out') {
    const [text, role] = STATUS[message.status] ?? ([safeText(message.status), 'muted'] as const)
    put(text, role)
  }
  return parts
}

const STATUS: Readonly<Record<string, readonly [SafeText, Role]>> = {
  scheduled: [safe`⏲`, 'warning'],
  queued: [safe`…`, 'muted'],
  stored: [safe`✓`, 'stored'],
  delivered: [safe`✓✓`, 'delivered'],
  read: [safe`✓✓`, 'read'],
  failed: [safe`✗ not sent`, 'danger'],
}

function quoteLines(message: MessageJson, look: MessageLook, width: number): readonly Line[] {
  if (message.reply_to === null) return []
  const { styles } = look.theme
  const { answered } = look
  const said: Line =
    answered === undefined
      ? line(safe`an earlier message`, styles.quote)
      : [
          {
            text: safe`${nameOf(answered.from.name)}: `,
            style: nameStyle(look.theme, answered.from.name),
          },
          { text: firstLine(answered), style: styles.quote },
        ]
  return [truncatedLine([{ text: safe`┃ `, style: styles.border }, ...said], width)]
}

/** One line of what was said. */
export function firstLine({ kind, body, attachments }: MessageJson): SafeText {
  if (kind === 'deleted') return safe`(deleted)`
  if (kind === 'unsupported') return safe`(a kind of message that this version does not know)`
  const [file] = attachments
  if (body === '' && file !== undefined) return isolated(safeFileName(file.name))
  return isolated(plainLine(body.slice(0, QUOTE_LENGTH)))
}

function contentLines(message: MessageJson, look: MessageLook, width: number): readonly Line[] {
  const { styles } = look.theme
  if (message.kind === 'deleted' || message.kind === 'unsupported') {
    return wrappedLine(line(firstLine(message), styles.muted), width)
  }
  if (message.body === '') return []
  const body = look.settings.shortcodes ? asShortcodes(message.body) : message.body
  return bodyLines(body, {
    width,
    theme: look.theme,
    screenReader: look.settings.screenReader,
  })
}

const MAX_BAR = 20
const CLIP = safe`📎 `
/** Where there is no room for a name and what stands behind it, that gives way. */
const MIN_FILE_NAME = 12

function fileLines(
  file: AttachmentJson,
  { direction }: MessageJson,
  look: MessageLook,
  width: number,
): readonly Line[] {
  const { styles } = look.theme
  const done = look.transfers.get(file.id)
  const state: Line =
    done !== undefined
      ? progressBar(done, look.theme, Math.min(MAX_BAR, Math.floor(width / 5)))
      : file.path !== null && direction === 'in'
        ? line(safe`  saved`, styles.success)
        : []
  const rest: Line = [{ text: safe`  ${bytesOf(file.size)}`, style: styles.muted }, ...state]
  const room = Math.max(MIN_FILE_NAME, width - lineWidth([{ text: CLIP }, ...rest]))
  const name: Line = [
    { text: CLIP, style: styles.accent },
    // Its end says what it is.
    { text: isolated(truncated(safeFileName(file.name), room, 'middle')), style: styles.accent },
    ...rest,
  ]
  const drawn = look.pictures.get(file.id)
  return [truncatedLine(name, width), ...(drawn?.kind === 'drawn' ? drawn.lines : [])]
}

function progressBar(share: number, { styles }: Theme, length: number): Line {
  const full = Math.round(Math.min(1, Math.max(0, share)) * length)
  return [
    { text: safe`  ` },
    { text: '█'.repeat(full) as SafeText, style: styles.progress },
    { text: '░'.repeat(length - full) as SafeText, style: styles.faint },
    { text: safe` ${Math.floor(share * 100)} %`, style: styles.muted },
  ]
}

function reactionLines(
  { reactions }: MessageJson,
  look: MessageLook,
  width: number,
): readonly Line[] {
  if (reactions.length === 0) return []
  const { styles } = look.theme
  const counted = new Map<string, readonly string[]>()
  for (const { emoji, from } of reactions) counted.set(emoji, [...(counted.get(emoji) ?? []), from])
  const spans = [...counted].flatMap(([emoji, from]): readonly Span[] => {
    const shown = isolated(safeText(look.settings.shortcodes ? asShortcodes(emoji) : emoji))
    const mine = from.includes(look.account)
    return [
      {
        text: from.length === 1 ? safe` ${shown} ` : safe` ${shown} ${from.length} `,
        style: mine ? styles.badge : styles.badgeMuted,
      },
      { text: safe` ` },
    ]
  })
  return wrappedLine(spans, width)
}
