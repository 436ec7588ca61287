// Rows as the objects that scripts see (docs/scripting.md). A message is the same object wherever
// it appears. Names are shown, never used as ids.

import { bodyOf } from '../engine/amend.ts'
import type { Body } from '../engine/content/kinds.ts'
import { shownStatus } from '../engine/send.ts'
import { ProtocolError } from '../protocol/errors.ts'
import type { AccountId, ChatId } from '../protocol/ids.ts'
import {
  type AttachmentRow,
  type ChatRow,
  type ContactRow,
  type EventRow,
  type MessageRow,
  StoreError,
  type StoreReader,
} from '../store/port.ts'
import type {
  AttachmentJson,
  ChatJson,
  ChatListJson,
  ContactJson,
  EventJson,
  MessageJson,
  SenderJson,
} from './api.ts'

export const timeJson = (time: number): string => new Date(time).toISOString()
const timeOrNull = (time: number | undefined): string | null =>
  time === undefined ? null : timeJson(time)

/** What a name is where an account was never heard of: enough of its id to tell two apart. */
const NAMELESS = 8

export function accountName(store: StoreReader, account: AccountId): string {
  const self = store.self()
  if (self?.account === account) return self.name
  return store.contact(account)?.name ?? account.slice(0, NAMELESS)
}

function chatJson(store: StoreReader, chat: ChatRow): ChatJson {
  return { id: chat.id, kind: chat.kind, name: chatName(store, chat) }
}

function chatName(store: StoreReader, chat: ChatRow): string {
  if (chat.kind === 'self') return 'me'
  if (chat.title !== undefined) return chat.title
  return chat.account === undefined ? '' : accountName(store, chat.account)
}

const goneChat = (id: ChatId): ChatJson => ({ id, kind: 'direct', name: '' })

function senderJson(store: StoreReader, message: MessageRow): SenderJson {
  const own = store.self()?.account === message.account
  return {
    name: accountName(store, message.account),
    device: store.deviceName(message.device) ?? '',
    verified: own || store.contact(message.account)?.trust === 'verified',
  }
}

export const attachmentJson = (row: AttachmentRow): AttachmentJson => ({
  id: row.id,
  name: row.name,
  mime: row.mime,
  size: row.size,
  path: row.path ?? null,
})

export function messageJson(store: StoreReader, row: MessageRow, cursor?: number): MessageJson {
  const chat = store.chat(row.chat)
  const stranger = row.direction === 'in' && !isFriend(store.contact(row.account))
  return {
    v: 1,
    type: 'message',
    id: row.id,
    cursor: String(cursor ?? row.row),
    account: store.self()?.name ?? '',
    chat: chat === undefined ? goneChat(row.chat) : chatJson(store, chat),
    from: senderJson(store, row),
    direction: row.direction,
    sent_at: timeJson(row.sentAt),
    received_at: timeJson(row.receivedAt),
    status: shownStatus(row),
    kind: row.kind,
    body: saidIn(row),
    mentions: mentionsOf(store, row),
    reply_to: row.replyTo ?? null,
    edited_at: timeOrNull(row.editedAt),
    expires_at: timeOrNull(row.expiresAt),
    attachments: store.attachments(row.id).map(attachmentJson),
    reactions: store
      .reactions(row.id)
      .map(({ emoji, account }) => ({ emoji, from: accountName(store, account) })),
    ...(stranger ? { request: true } : {}),
    ...(row.pinned ? { pinned: true } : {}),
    ...(row.silent ? { silent: true } : {}),
    ...(row.dueAt === undefined || row.failure !== undefined
      ? {}
      : { due_at: timeJson(row.dueAt) }),
  }
}

const isFriend = (contact: ContactRow | undefined): boolean =>
  contact?.relation === 'accepted' || contact?.relation === 'outgoing'

/** What we stored ourselves and cannot read is damage here, and no fault of the server's. */
export function storedBody(row: MessageRow): Body | undefined {
  try {
    return bodyOf(row)
  } catch (error) {
    if (error instanceof ProtocolError) throw new StoreError('corrupt', 'the content of a message')
    throw error
  }
}

/** A file's row also holds its names, for the search; what was said of it is its caption. */
function saidIn(row: MessageRow): string {
  const body = row.kind === 'file' ? storedBody(row) : undefined
  return body?.kind === 'file' ? body.caption : row.body
}

function mentionsOf(store: StoreReader, row: MessageRow): readonly string[] {
  if (row.kind !== 'text') return []
  const body = storedBody(row)
  return body?.kind === 'text' ? body.mentions.map((account) => accountName(store, account)) : []
}

export const contactJson = (row: ContactRow): ContactJson => ({
  v: 1,
  type: 'contact',
  id: row.account,
  name: row.name,
  alias: row.alias ?? null,
  trust: row.trust,
  relation: row.relation,
  added_at: timeJson(row.addedAt),
})

export function chatListJson(store: StoreReader, chat: ChatRow): ChatListJson {
  const [last] = store.messages({ chat: chat.id, limit: 1 })
  const contact = chat.account === undefined ? undefined : store.contact(chat.account)
  return {
    v: 1,
    type: 'chat',
    ...chatJson(store, chat),
    unread: store.unread(chat.id),
    muted_until: timeOrNull(chat.mutedUntil),
    archived: chat.archived,
    pinned: chat.pinned,
    expire_after: chat.expireAfter ?? null,
    request: chat.kind === 'direct' && contact?.relation === 'incoming',
    last: last === undefined ? null : messageJson(store, last),
  }
}

/** A line of the journal. Undefined when it was about a message that is no more. */
export function eventJson(
  store: StoreReader,
  event: EventRow,
): MessageJson | EventJson | undefined {
  const message = event.message === undefined ? undefined : store.message(event.message)
  if (event.type === 'message') {
    return message === undefined ? undefined : messageJson(store, message, event.cursor)
  }
  const { account, ...data } = JSON.parse(event.data) as { readonly account?: AccountId | null }
  const chat = event.chat === undefined ? undefined : store.chat(event.chat)
  return {
    v: 1,
    type: event.type,
    cursor: String(event.cursor),
    account: store.self()?.name ?? '',
    at: timeJson(event.at),
    chat: chat === undefined ? null : chatJson(store, chat),
    id: event.message ?? null,
    from: account === undefined || account === null ? null : fromJson(store, account),
    ...data,
  }
}

const fromJson = (store: StoreReader, account: AccountId): object => ({
  id: account,
  name: accountName(store, account),
  verified: store.contact(account)?.trust === 'verified',
})
