// What one does to a message that stands: edit, delete, react. The same rules hold for what comes
// from a peer (P12): one's own text, within the window, a message that is there.

import type { AccountId, MessageId } from '../protocol/ids.ts'
import { type Body, bodyNamed, encodeBody, searchText } from './content/kinds.ts'
import { isEmoji } from './content/reaction.ts'
import type { TextBody } from './content/text.ts'
import { decodeUnsupported } from './content/unsupported.ts'
import type { Draft } from './draft.ts'
import { control, post } from './seal.ts'
import { checkedPayload } from './send.ts'
import type { Attachment, Message } from './state.ts'
import type { Step } from './step.ts'
import { refuse } from './stop.ts'

/** A day: time to mend a mistake, not to rewrite what was agreed. */
export const EDIT_WINDOW_MS = 24 * 3_600_000
/** Of one account on one message: enough for a person, no flood. */
const MAX_REACTIONS = 8

const DELETED = 'deleted'

const theMessage = (draft: Draft, id: MessageId): Message => {
  const message = draft.context.view.message(id)
  if (message === undefined) return refuse('not_found', 'no such message')
  return message
}

/** Of a text of one's own that went out; a held one is changed where it stands. */
export function editMessage(draft: Draft, id: MessageId, text: string): Step {
  const message = theMessage(draft, id)
  if (message.direction !== 'out' || message.kind !== 'text' || message.status === 'failed') {
    return refuse('not_allowed', 'only a text of one’s own can be edited')
  }
  if (text === '') return refuse('bad_input', 'an empty text')
  if (draft.now - message.receivedAt > EDIT_WINDOW_MS) {
    return refuse('not_allowed', 'too old to be edited')
  }
  const body: Body = { kind: 'text', text, mentions: [] }
  checkedPayload(body)
  if (message.status === 'scheduled') {
    draft.updateMessage({ ...message, payload: encodeBody(body), body: text })
  } else {
    tell(draft, message, { kind: 'edit', message: id, text: body })
    rewrite(draft, message, body, draft.now)
  }
  return draft.done({ kind: 'message', message: id, chat: message.chat })
}

export function deleteForEveryone(draft: Draft, id: MessageId): Step {
  const message = theMessage(draft, id)
  if (message.direction !== 'out') return refuse('not_allowed', 'not a message of one’s own')
  if (message.kind !== DELETED) {
    const left = message.status !== 'scheduled' && message.status !== 'failed'
    if (left) tell(draft, message, { kind: 'delete', message: id })
    blank(draft, message)
  }
  return draft.done({ kind: 'message', message: id, chat: message.chat })
}

export function deleteLocal(draft: Draft, id: MessageId): Step {
  const message = theMessage(draft, id)
  draft.deleteMessage(message)
  return draft.done({ kind: 'message', message: id, chat: message.chat })
}

export function react(draft: Draft, id: MessageId, emoji: string, removed: boolean): Step {
  const message = theMessage(draft, id)
  const account = draft.context.view.self().account
  if (!isEmoji(emoji)) return refuse('bad_input', 'not one emoji')
  if (message.kind === DELETED) return refuse('not_allowed', 'the message was deleted')
  if (message.status === 'scheduled' || message.status === 'failed') {
    return refuse('not_allowed', 'the message was not sent')
  }
  const changed = setReaction(draft, message, { account, emoji, removed })
  if (changed) tell(draft, message, { kind: 'reaction', message: id, emoji, removed })
  return draft.done({ kind: 'message', message: id, chat: message.chat })
}

export function pinMessage(draft: Draft, id: MessageId, pinned: boolean): Step {
  const message = theMessage(draft, id)
  draft.updateMessage({ ...message, pinned })
  return draft.done({ kind: 'message', message: id, chat: message.chat })
}

function tell(draft: Draft, message: Message, body: Body): void {
  const chat = draft.chat(message.chat)
  if (chat?.kind !== 'direct' || chat.account === undefined) return
  const contact = draft.contact(chat.account)
  if (contact?.relation === 'blocked') refuse('blocked', 'the contact is blocked')
  post(draft, chat.account, control(draft, body), { message: undefined, chat: chat.id })
}

export function rewrite(draft: Draft, message: Message, body: TextBody, at: number): void {
  const whole: Body = { ...body, kind: 'text' }
  const payload = encodeBody(whole)
  draft.updateMessage({ ...message, payload, body: searchText(whole), editedAt: at })
}

/** The row stays as a mark; text, reactions and the keys of its files go (L5). */
export function blank(draft: Draft, message: Message): void {
  const { view } = draft.context
  for (const reaction of view.reactions(message.id)) {
    draft.write({ kind: 'deleteReaction', reaction })
  }
  for (const attachment of view.attachments(message.id)) {
    draft.write({ kind: 'putAttachment', attachment: emptied(attachment) })
  }
  const payload = new Uint8Array()
  const status = message.status === 'scheduled' ? 'failed' : message.status
  const dueAt = undefined
  draft.updateMessage({
    ...message,
    kind: DELETED,
    body: '',
    payload,
    pinned: false,
    status,
    dueAt,
  })
}

const emptied = (attachment: Attachment): Attachment => ({
  ...attachment,
  name: '',
  mime: '',
  size: 0,
  blob: undefined,
  key: new Uint8Array(),
  digest: undefined,
  path: undefined,
  state: 'failed',
  transferred: 0,
})

/** False when nothing changes by it. */
export function setReaction(
  draft: Draft,
  message: Message,
  reaction: { readonly account: AccountId; readonly emoji: string; readonly removed: boolean },
): boolean {
  const { account, emoji, removed } = reaction
  const own = draft.context.view.reactions(message.id).filter((one) => one.account === account)
  const stands = own.some((one) => one.emoji === emoji)
  if (stands !== removed || (!removed && own.length >= MAX_REACTIONS)) return false
  draft.write(
    removed
      ? { kind: 'deleteReaction', reaction: { message: message.id, account, emoji } }
      : { kind: 'putReaction', reaction: { message: message.id, account, emoji, at: draft.now } },
  )
  const { id, chat } = message
  draft.notify({ kind: 'message', message: id, chat, change: 'updated' })
  return true
}

/** For whoever shows a row: its content again, or nothing when it has none. */
export function bodyOf(message: Message): Body | undefined {
  return message.kind === 'unsupported'
    ? decodeUnsupported(message.payload)
    : bodyNamed(message.kind, message.payload)
}
