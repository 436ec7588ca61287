// Façade objects as lines for people. Everything that came from somebody else is SafeText here,
// names are isolated, and no line of a body can pass for a line of ours.

import type { ChatListJson, ContactJson, EventJson, MessageJson } from '../client/api.ts'
import { formatDuration } from '../client/duration.ts'
import { bytesOf, nameOf, shortId } from '../client/shown.ts'
import { isolated, type SafeText, safe, safeFileName, safeText } from '../protocol/safe-text.ts'
import type { Style } from './style.ts'

const BODY_MARGIN = safe`    │ `

/** Local time without seconds. */
export function clockOf(time: string): SafeText {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return safeText(time)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return safeText(`${day} ${two(date.getHours())}:${two(date.getMinutes())}`)
}

/** The head and the first line of the body; further lines are indented behind a bar. */
export function messageLines(message: MessageJson, style: Style): readonly SafeText[] {
  const [first = safe``, ...more] = bodyLines(message)
  const chat =
    message.chat.kind === 'direct' && message.direction === 'in' ? safe`` : whereOf(message)
  const head = safe`${style.dim(clockOf(message.sent_at))}  ${style.dim(shortId(message.id))}  ${style.bold(nameOf(message.from.name))}${chat}: ${first}${marksOf(message, style)}`
  return [head, ...more.map((line) => safe`${BODY_MARGIN}${line}`)]
}

/** The same on exactly one line. */
export function messageLine(message: MessageJson, style: Style): SafeText {
  const [head = safe``, ...more] = messageLines(message, style)
  return more.length === 0 ? head : safe`${head} ${style.dim(safe`(+${more.length} lines)`)}`
}

const whereOf = ({ chat }: MessageJson): SafeText => safe` → ${nameOf(chat.name)}`

function bodyLines(message: MessageJson): readonly SafeText[] {
  const body = safeText(message.body, { multiline: true }).split('\n') as SafeText[]
  const lines = body.map((line) => isolated(line))
  const files = message.attachments.map(
    (file) => safe`[${isolated(safeFileName(file.name))}, ${bytesOf(file.size)}]`,
  )
  if (message.kind === 'deleted') return [safe`(deleted)`]
  if (message.kind === 'unsupported')
    return [safe`(a kind of message that this version does not know)`]
  if (message.body === '') return files
  return [...lines, ...files]
}

function marksOf(message: MessageJson, style: Style): SafeText {
  const marks: SafeText[] = []
  if (message.request === true) marks.push(safe`request`)
  if (message.edited_at !== null) marks.push(safe`edited`)
  if (message.pinned === true) marks.push(safe`pinned`)
  if (message.reply_to !== null) marks.push(safe`reply to ${shortId(message.reply_to)}`)
  if (message.due_at !== undefined) marks.push(safe`due ${clockOf(message.due_at)}`)
  if (message.expires_at !== null) marks.push(safe`until ${clockOf(message.expires_at)}`)
  for (const { emoji, from } of message.reactions)
    marks.push(safe`${isolated(safeText(emoji))} ${nameOf(from)}`)
  if (message.direction === 'out') marks.push(safeText(message.status))
  if (marks.length === 0) return safe``
  return safe`  ${style.dim(safe`[${marks.join(', ') as SafeText}]`)}`
}

export const isMessage = (event: MessageJson | EventJson): event is MessageJson =>
  event.type === 'message'

export function contactLine(contact: ContactJson, style: Style): SafeText {
  const alias = contact.alias === null ? safe`` : safe` (${nameOf(contact.alias)})`
  const trust = contact.trust === 'changed' ? style.bad(safe`changed`) : safeText(contact.trust)
  return safe`${style.bold(nameOf(contact.name))}${alias}  ${relationOf(contact)}  ${trust}`
}

const RELATIONS: Readonly<Record<ContactJson['relation'], SafeText>> = {
  none: safe`no contact`,
  outgoing: safe`asked`,
  incoming: safe`request`,
  accepted: safe`contact`,
  blocked: safe`blocked`,
}
const relationOf = ({ relation }: ContactJson): SafeText => RELATIONS[relation]

export function chatLine(chat: ChatListJson, style: Style): SafeText {
  const marks: SafeText[] = []
  if (chat.unread > 0) marks.push(safe`${chat.unread} unread`)
  if (chat.request) marks.push(safe`request`)
  if (chat.pinned) marks.push(safe`pinned`)
  if (chat.archived) marks.push(safe`archived`)
  if (chat.muted_until !== null) marks.push(safe`muted`)
  if (chat.expire_after !== null) {
    marks.push(safe`disappears after ${safeText(formatDuration(chat.expire_after))}`)
  }
  const state = marks.length === 0 ? safe`` : safe`  [${marks.join(', ') as SafeText}]`
  const last =
    chat.last === null
      ? safe``
      : safe`  ${style.dim(clockOf(chat.last.sent_at))}  ${bodyLines(chat.last)[0] ?? safe``}`
  return safe`${style.bold(nameOf(chat.name))}${state}${last}`
}
