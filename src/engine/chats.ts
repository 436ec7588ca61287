// Conversations: found or made, their settings, what was read in them.

import { type AccountId, type ChatId, uuidV4 } from '../protocol/ids.ts'
import type { Draft } from './draft.ts'
import { expiryOf } from './expiry.ts'
import type { ChatChange, Target } from './intent.ts'
import { oweReceipt } from './receipts.ts'
import type { Chat, Message } from './state.ts'
import type { Step } from './step.ts'
import { refuse } from './stop.ts'

/** Rows looked at in one go when a long chat is marked as read. */
const READ_PAGE = 500

export function openChat(draft: Draft, to: Target): Step {
  return draft.done({ kind: 'chat', chat: chatFor(draft, to).id })
}

/** The chat of a target; a new one is part of the step. */
export function chatFor(draft: Draft, to: Target): Chat {
  const { view } = draft.context
  switch (to.kind) {
    case 'chat':
      return draft.chat(to.chat) ?? refuse('not_found', 'no such chat')
    case 'self': {
      const self = view.self().account
      return draft.chatWith(self, 'self') ?? newChat(draft, 'self', self)
    }
    case 'account': {
      if (to.account === view.self().account) return chatFor(draft, { kind: 'self' })
      if (draft.contact(to.account) === undefined) return refuse('not_found', 'no such contact')
      return directChat(draft, to.account)
    }
  }
}

export const directChat = (draft: Draft, account: AccountId): Chat =>
  draft.chatWith(account, 'direct') ?? newChat(draft, 'direct', account)

function newChat(draft: Draft, kind: 'direct' | 'self', account: AccountId): Chat {
  const chat: Chat = {
    id: uuidV4<ChatId>(draft.context.env.random(16)),
    kind,
    account,
    title: undefined,
    mutedUntil: undefined,
    archived: false,
    pinned: false,
    expireAfter: undefined,
    createdAt: draft.now,
    lastAt: draft.now,
    readRow: 0,
  }
  draft.putChat(chat)
  return chat
}

/** Something was said: the chat moves up, and out of the archive. */
export function stir(draft: Draft, chat: Chat): void {
  draft.putChat({ ...chat, lastAt: draft.now, archived: false })
}

export function setChat(draft: Draft, id: ChatId, change: ChatChange): Step {
  const chat = draft.chat(id) ?? refuse('not_found', 'no such chat')
  const { mutedUntil, expireAfter } = change
  if (typeof expireAfter === 'number' && !(Number.isSafeInteger(expireAfter) && expireAfter > 0)) {
    return refuse('bad_input', 'an expiry is a positive number of milliseconds')
  }
  draft.putChat({
    ...chat,
    mutedUntil: mutedUntil === undefined ? chat.mutedUntil : (mutedUntil ?? undefined),
    expireAfter: expireAfter === undefined ? chat.expireAfter : (expireAfter ?? undefined),
    archived: change.archived ?? chat.archived,
    pinned: change.pinned ?? chat.pinned,
  })
  return draft.done({ kind: 'chat', chat: id })
}

/** The conversation goes from here; the contact, the pinned key and the sessions stay. */
export function deleteChat(draft: Draft, id: ChatId): Step {
  if (draft.chat(id) === undefined) return refuse('not_found', 'no such chat')
  let after = 0
  for (;;) {
    const page = draft.context.view.messagesAfter(id, after, READ_PAGE)
    for (const message of page) {
      draft.deleteMessage(message)
      after = message.row
    }
    if (page.length < READ_PAGE) break
  }
  draft.write({ kind: 'deleteChat', chat: id })
  draft.notify({ kind: 'chat', chat: id })
  return draft.done({ kind: 'chat', chat: id })
}

export function markRead(draft: Draft, id: ChatId, upTo: number | undefined): Step {
  const chat = draft.chat(id) ?? refuse('not_found', 'no such chat')
  let row = chat.readRow
  for (;;) {
    const page = draft.context.view.messagesAfter(id, row, READ_PAGE)
    const wanted = page.filter((message) => upTo === undefined || message.row <= upTo)
    for (const message of wanted) {
      noteRead(draft, message)
      row = message.row
    }
    if (wanted.length < READ_PAGE) break
  }
  if (row > chat.readRow) draft.putChat({ ...chat, readRow: row })
  return draft.done({ kind: 'chat', chat: id })
}

/** The clock of a disappearing message starts here when it is seen, not when it came. */
function noteRead(draft: Draft, message: Message): void {
  if (message.direction !== 'in') return
  oweReceipt(draft, message.account, message.id, 'read')
  if (message.expireAfter !== undefined && message.expiresAt === undefined) {
    draft.updateMessage({ ...message, expiresAt: expiryOf(draft.now, message.expireAfter) })
    draft.notify({ kind: 'due' })
  }
}
