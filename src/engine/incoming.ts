// What an authenticated content does here, kind by kind. Whatever refers to something that is not
// there, or is not the author's to change, is dropped without a trace: no error, no receipt (M1).

import type { Entry } from '../protocol/frames.ts'
import { blank, EDIT_WINDOW_MS, rewrite, setReaction } from './amend.ts'
import { directChat, stir } from './chats.ts'
import type { Content } from './content/content.ts'
import type { FileBody } from './content/file.ts'
import { encodeBody, isVisible, searchText } from './content/kinds.ts'
import type { ReceiptBody } from './content/receipt.ts'
import { encodeUnsupported } from './content/unsupported.ts'
import type { Draft } from './draft.ts'
import { clampTime, MAX_TIME } from './expiry.ts'
import { oweReceipt } from './receipts.ts'
import type { Contact, Message, MessageStatus } from './state.ts'

/** The client's id of an entry is between its sender and the server. */
export type Arrived = Omit<Entry, 'clientId'>

interface Incoming {
  readonly entry: Arrived
  readonly contact: Contact
  readonly content: Content
}

export function take(draft: Draft, incoming: Incoming): 'taken' | 'malformed' {
  const { contact, content } = incoming
  const { body } = content
  if (isVisible(body)) return takeMessage(draft, incoming)
  switch (body.kind) {
    case 'text':
    case 'file':
    case 'unsupported':
      break
    case 'edit':
      takeEdit(draft, incoming, body)
      break
    case 'delete':
      takeDelete(draft, incoming, body.message)
      break
    case 'reaction':
      takeReaction(draft, incoming, body)
      break
    case 'receipt':
      takeReceipts(draft, contact, body)
      break
    case 'contact_request':
      directChat(draft, contact.account)
      approach(draft, contact)
      break
    case 'contact_accept':
      if (contact.relation === 'outgoing') befriended(draft, contact)
      break
    case 'session_reset':
      sayReset(draft, incoming)
      break
    default:
      body satisfies never
  }
  return 'taken'
}

function takeMessage(draft: Draft, incoming: Incoming): 'taken' | 'malformed' {
  const { entry, contact, content } = incoming
  // The id is the sender's to choose: one that stands already must not touch that row.
  if (draft.context.view.message(content.id) !== undefined) return 'malformed'
  approach(draft, contact)
  const chat = directChat(draft, contact.account)
  const message = rowOf(incoming, chat.id)
  draft.addMessage(message)
  if (content.body.kind === 'file') addAttachments(draft, message, content.body)
  stir(draft, draft.chat(chat.id) ?? chat)
  draft.event({ chat: chat.id, message: message.id }, { type: 'message', data: {} })
  oweReceipt(draft, entry.account, message.id, 'delivered')
  return 'taken'
}

function rowOf({ entry, content }: Incoming, chat: Message['chat']): Message {
  const { body, expireAfter, silent } = content
  return {
    row: 0,
    id: content.id,
    chat,
    account: entry.account,
    device: entry.device,
    direction: 'in',
    kind: body.kind,
    body: searchText(body),
    payload: body.kind === 'unsupported' ? encodeUnsupported(body) : encodeBody(body),
    sentAt: clampTime(content.sentAt),
    receivedAt: clampTime(entry.at),
    seq: entry.seq,
    status: 'received',
    replyTo: content.replyTo,
    editedAt: undefined,
    expireAfter: expireAfter === undefined ? undefined : Math.min(expireAfter, MAX_TIME),
    expiresAt: undefined,
    silent,
    pinned: false,
    dueAt: undefined,
    failure: undefined,
  }
}

function addAttachments(draft: Draft, message: Message, body: FileBody): void {
  for (const [position, sent] of body.attachments.entries()) {
    const { name, mime, size, blob, key, digest } = sent
    draft.write({
      kind: 'putAttachment',
      attachment: {
        // Ours, not the sender's: two messages may name one blob.
        id: draft.newId(),
        message: message.id,
        position,
        name,
        mime,
        size,
        blob,
        key,
        digest,
        path: undefined,
        state: 'remote',
        transferred: 0,
      },
    })
  }
}

/** A stranger's first word is a request; the answer of somebody whom we asked is a yes. */
function approach(draft: Draft, contact: Contact): void {
  if (contact.relation === 'none') {
    draft.putContact({ ...contact, relation: 'incoming', addedAt: draft.now })
    const { account } = contact
    const chat = directChat(draft, account).id
    draft.event({ chat }, { type: 'contact_request', data: { account } })
  } else if (contact.relation === 'outgoing') befriended(draft, contact)
}

function befriended(draft: Draft, contact: Contact): void {
  const { account } = contact
  draft.putContact({ ...contact, relation: 'accepted' })
  const chat = directChat(draft, account).id
  draft.event({ chat }, { type: 'contact_accepted', data: { account } })
}

/** A message of the sender's own, in the conversation with the sender. */
function ownOf({ entry }: Incoming, message: Message | undefined): Message | undefined {
  const own = message?.direction === 'in' && message.account === entry.account
  return own && message.kind !== 'deleted' ? message : undefined
}

function takeEdit(
  draft: Draft,
  incoming: Incoming,
  edit: Extract<Content['body'], { kind: 'edit' }>,
): void {
  const message = ownOf(incoming, draft.context.view.message(edit.message))
  if (message?.kind !== 'text' || edit.text.text === '') return
  const { entry, content } = incoming
  // Both times are the server's: the sender's clock opens no window.
  if (entry.at - message.receivedAt > EDIT_WINDOW_MS) return
  rewrite(draft, message, edit.text, clampTime(content.sentAt))
  const data = { account: entry.account, body: edit.text.text }
  draft.event({ chat: message.chat, message: message.id }, { type: 'edit', data })
}

function takeDelete(draft: Draft, incoming: Incoming, id: Message['id']): void {
  const message = ownOf(incoming, draft.context.view.message(id))
  if (message === undefined) return
  blank(draft, message)
  const data = { account: incoming.entry.account }
  draft.event({ chat: message.chat, message: message.id }, { type: 'delete', data })
}

function takeReaction(
  draft: Draft,
  { contact }: Incoming,
  reaction: Extract<Content['body'], { kind: 'reaction' }>,
): void {
  const message = draft.context.view.message(reaction.message)
  if (message === undefined || message.kind === 'deleted') return
  if (!isTheirs(draft, contact, message)) return
  const { emoji, removed } = reaction
  const { account } = contact
  if (!setReaction(draft, message, { account, emoji, removed })) return
  const data = { account, emoji, removed }
  draft.event({ chat: message.chat, message: message.id }, { type: 'reaction', data })
}

/** The message stands in the conversation with this contact, and was sent. */
const isTheirs = (draft: Draft, contact: Contact, message: Message): boolean =>
  draft.chat(message.chat)?.account === contact.account &&
  draft.chat(message.chat)?.kind === 'direct' &&
  message.status !== 'scheduled' &&
  message.status !== 'failed'

const RANK: Readonly<Record<MessageStatus, number>> = {
  scheduled: -1,
  failed: -1,
  received: -1,
  queued: 0,
  stored: 1,
  delivered: 2,
  read: 3,
}

/** Only forwards: a late `delivered` takes no `read` back. */
export const isAdvance = (from: MessageStatus, to: MessageStatus): boolean =>
  RANK[from] >= 0 && RANK[to] > RANK[from]

function takeReceipts(draft: Draft, contact: Contact, body: ReceiptBody): void {
  const read = new Set(body.read)
  for (const id of new Set([...body.delivered, ...body.read])) {
    const status = read.has(id) ? 'read' : 'delivered'
    const message = draft.context.view.message(id)
    if (message?.direction !== 'out' || !isTheirs(draft, contact, message)) continue
    if (!isAdvance(message.status, status)) continue
    draft.updateMessage({ ...message, status })
    const data = { account: contact.account, status } as const
    draft.event({ chat: message.chat, message: id }, { type: 'receipt', data })
  }
}

/** They could not open something of ours; the session that said so is whole. */
function sayReset(draft: Draft, { entry, contact }: Incoming): void {
  if (contact.relation !== 'accepted' && contact.relation !== 'outgoing') return
  const { account, device, seq } = entry
  const data = { code: 'session_reset', account, device, seq } as const
  draft.event({ chat: directChat(draft, account).id }, { type: 'error', data })
}
