// A message of one's own: at once, later, or when its files are up. Until it can be encrypted it
// stands in the clear in its row (the database is encrypted), as `scheduled`.

import { ProtocolError } from '../protocol/errors.ts'
import type { ChatId, MessageId } from '../protocol/ids.ts'
import { chatFor, stir } from './chats.ts'
import { MAX_ATTACHMENTS } from './content/file.ts'
import { type Body, bodyNamed, encodeBody, searchText } from './content/kinds.ts'
import type { Draft } from './draft.ts'
import { expiryOf } from './expiry.ts'
import { grant } from './friendship.ts'
import type { OutgoingFile, SendMessage, Uploaded } from './intent.ts'
import { type Letter, newMessageId, post } from './seal.ts'
import type { Attachment, Chat, Message } from './state.ts'
import type { RefusalCode, Step } from './step.ts'
import { refuse, Stop } from './stop.ts'

/** Why a `scheduled` row waits, in its `failure`: for the network, or for a changed key. */
const WAITING = 'waiting'
const HELD_FOR_IDENTITY = 'untrusted_identity'
/** Due when its hold ends, which nobody knows. A number, so that it can be found by time. */
const NEVER = 8.64e15
/** After a server that answered with nothing usable. */
const RETRY_MS = 60_000

export function sendMessage(draft: Draft, intent: SendMessage): Step {
  const chat = chatFor(draft, intent.to)
  const key = `${intent.idempotencyKey} ${chat.id}`
  const before = draft.context.view.idempotent(key)
  if (before !== undefined) return sent(draft, before as MessageId, chat)
  refuseIfForbidden(draft, chat)
  const message = draftMessage(draft, intent, chat)
  draft.write({ kind: 'putIdempotent', key, result: message.id, at: draft.now })
  const files = intent.body.kind === 'file' ? intent.body.files : []
  const attachments = files.map((file, position) => attachmentOf(message.id, file, position))
  const uploading = attachments.filter((attachment) => attachment.state === 'uploading')
  // First in, first out: what comes after a message that waits, waits behind it.
  const behind = waitingTime(draft, chat.id, Number.MAX_SAFE_INTEGER)
  if (uploading.length > 0) hold(draft, message, intent.dueAt, WAITING)
  else if (intent.dueAt !== undefined && intent.dueAt > draft.now) {
    hold(draft, message, intent.dueAt, undefined)
  } else if (behind !== undefined || draft.context.facts.offline) {
    hold(draft, message, Math.max(draft.now, behind ?? 0), WAITING)
  } else {
    const ready = encrypted(draft, chat, completed(message, attachments))
    draft.addMessage(ready)
  }
  for (const attachment of attachments) draft.write({ kind: 'putAttachment', attachment })
  for (const { id } of uploading) draft.notify({ kind: 'upload', attachment: id })
  stir(draft, draft.chat(chat.id) ?? chat)
  return sent(draft, message.id, chat)
}

const sent = (draft: Draft, message: MessageId, chat: Chat): Step =>
  draft.done({ kind: 'message', message, chat: chat.id })

function hold(
  draft: Draft,
  message: Message,
  dueAt: number | undefined,
  failure: string | undefined,
): void {
  draft.addMessage({ ...message, status: 'scheduled', dueAt, failure })
  draft.notify({ kind: 'due' })
}

/** When the last of the messages that wait in a chat, before a row, is to be tried next. */
function waitingTime(draft: Draft, chat: ChatId, before: number): number | undefined {
  const times = draft.context.view
    .dueScheduled(NEVER)
    .filter((other) => other.chat === chat && other.failure === WAITING && other.row < before)
    .map((other) => other.dueAt ?? 0)
  return times.length === 0 ? undefined : Math.max(...times)
}

function refuseIfForbidden(draft: Draft, chat: Chat): void {
  if (chat.kind === 'self' || chat.account === undefined) return
  const contact = draft.contact(chat.account)
  if (contact === undefined) refuse('not_found', 'no such contact')
  if (contact.relation === 'blocked') refuse('blocked', 'the contact is blocked')
  if (contact.trust.kind === 'changed') {
    refuse('untrusted_identity', 'the identity key changed')
  }
}

function draftMessage(draft: Draft, intent: SendMessage, chat: Chat): Message {
  const self = draft.context.view.self()
  const body: Body =
    intent.body.kind === 'text'
      ? intent.body
      : { kind: 'file', caption: intent.body.caption, attachments: [] }
  if (body.kind === 'text' && body.text === '') refuse('bad_input', 'an empty text')
  checkFiles(intent)
  const expireAfter = intent.expireAfter ?? chat.expireAfter
  if (expireAfter !== undefined && !(Number.isSafeInteger(expireAfter) && expireAfter > 0)) {
    refuse('bad_input', 'an expiry is a positive number of milliseconds')
  }
  if (intent.replyTo !== undefined) {
    const replied = draft.context.view.message(intent.replyTo)
    if (replied?.chat !== chat.id) refuse('not_found', 'no such message in this chat')
  }
  return {
    row: 0,
    id: newMessageId(draft),
    chat: chat.id,
    account: self.account,
    device: self.device,
    direction: 'out',
    kind: body.kind,
    body: searchText(body),
    payload: checkedPayload(body),
    sentAt: draft.now,
    receivedAt: draft.now,
    seq: undefined,
    status: 'queued',
    replyTo: intent.replyTo,
    editedAt: undefined,
    expireAfter,
    expiresAt: undefined,
    silent: intent.silent === true,
    pinned: false,
    dueAt: undefined,
    failure: undefined,
  }
}

function checkFiles(intent: SendMessage): void {
  if (intent.body.kind !== 'file') return
  const { files } = intent.body
  if (files.length === 0 || files.length > MAX_ATTACHMENTS) {
    refuse('bad_input', `a message carries 1 to ${MAX_ATTACHMENTS} files`)
  }
}

/** Our own codec says no to a text that is too long before anything is stored. */
export function checkedPayload(body: Body): Uint8Array {
  try {
    return encodeBody(body)
  } catch (error) {
    if (error instanceof ProtocolError) return refuse('bad_input', error.code)
    throw error
  }
}

const attachmentOf = (message: MessageId, file: OutgoingFile, position: number): Attachment => ({
  id: file.id,
  message,
  position,
  name: file.name,
  mime: file.mime,
  size: file.size,
  blob: file.uploaded?.blob,
  key: file.key,
  digest: file.uploaded?.digest,
  path: file.path,
  state: file.uploaded === undefined ? 'uploading' : 'remote',
  transferred: file.uploaded?.sealedSize ?? 0,
})

/** A file message gets its payload when all of its blobs are known. */
function completed(message: Message, attachments: readonly Attachment[]): Message {
  if (message.kind !== 'file') return message
  const held = bodyNamed(message.kind, message.payload)
  const caption = held?.kind === 'file' ? held.caption : ''
  const body: Body = { kind: 'file', caption, attachments: attachments.map(sentAttachment) }
  return { ...message, payload: checkedPayload(body), body: searchText(body) }
}

function sentAttachment(attachment: Attachment) {
  const { name, mime, size, blob, key, digest, transferred } = attachment
  if (blob === undefined || digest === undefined) return refuse('bad_input', 'not uploaded')
  return { name, mime, size, blob, key, digest, sealedSize: transferred }
}

/** Encrypts into the outbox; what comes back is the row as it stands from now on. */
function encrypted(draft: Draft, chat: Chat, message: Message): Message {
  const now = draft.now
  const { expireAfter } = message
  const row: Message = {
    ...message,
    sentAt: now,
    dueAt: undefined,
    failure: undefined,
    expiresAt: expireAfter === undefined ? undefined : expiryOf(now, expireAfter),
  }
  if (expireAfter !== undefined) draft.notify({ kind: 'due' })
  if (chat.kind === 'self' || chat.account === undefined) return { ...row, status: 'stored' }
  befriend(draft, chat)
  const letter = letterOf(row) ?? refuse('bad_input', 'nothing to send')
  post(draft, chat.account, letter, { message: row.id, chat: chat.id })
  return { ...row, status: 'queued' }
}

/** A message's own content, from its row: what the first encryption and any later one is made of. */
export function letterOf(message: Message): Letter | undefined {
  const { id, sentAt, replyTo, expireAfter, silent } = message
  const body = bodyNamed(message.kind, message.payload)
  return body && { id, sentAt, replyTo, expireAfter, silent, body }
}

/** To write to a stranger is to ask; to answer a request is to accept it. */
function befriend(draft: Draft, chat: Chat): void {
  const contact = chat.account === undefined ? undefined : draft.contact(chat.account)
  if (contact === undefined) return
  if (contact.relation === 'none') draft.putContact({ ...contact, relation: 'outgoing' })
  if (contact.relation === 'incoming') grant(draft, contact)
}

/** A row that was held and is due: encrypted now, or held on. Stops with needs. */
export function release(draft: Draft, id: MessageId): Step {
  const message = draft.context.view.message(id)
  if (message?.status !== 'scheduled') return draft.done()
  const chat = draft.chat(message.chat) ?? refuse('not_found', 'no such chat')
  const attachments = draft.context.view.attachments(id)
  if (attachments.some((attachment) => attachment.state === 'uploading')) {
    draft.updateMessage({ ...message, dueAt: undefined, failure: WAITING })
    return draft.done()
  }
  const behind = waitingTime(draft, chat.id, message.row)
  if (behind !== undefined && message.failure === WAITING) {
    draft.updateMessage({ ...message, dueAt: Math.max(draft.now, behind) })
    return draft.done()
  }
  try {
    refuseIfForbidden(draft, chat)
    draft.updateMessage(encrypted(draft, chat, completed(message, attachments)))
    return sent(draft, id, chat)
  } catch (error) {
    if (error instanceof Stop && error.step.kind === 'refused') {
      return refusedLater(draft, message, error.step.code)
    }
    throw error
  }
}

function refusedLater(draft: Draft, message: Message, code: RefusalCode): Step {
  // What the failed attempt had drafted is thrown away with its draft.
  const anew = draft.anew()
  switch (code) {
    case 'untrusted_identity':
      anew.updateMessage({ ...message, dueAt: NEVER, failure: HELD_FOR_IDENTITY })
      break
    case 'server':
    case 'network':
      anew.updateMessage({ ...message, dueAt: draft.now + RETRY_MS, failure: WAITING })
      break
    default:
      fail(anew, message, code)
  }
  return anew.done()
}

/** After a clock that was set back: what is to be tried again is, what has its time keeps it. */
export function hurryWaiting(draft: Draft, latest: number): void {
  for (const message of draft.context.view.dueScheduled(NEVER)) {
    if (message.failure !== WAITING || (message.dueAt ?? 0) <= latest) continue
    draft.updateMessage({ ...message, dueAt: draft.now })
  }
}

export function fail(draft: Draft, message: Message, code: string): void {
  draft.updateMessage({ ...message, status: 'failed', dueAt: undefined, failure: code })
  const data = { code: 'send_failed', account: null, device: null, seq: null } as const
  draft.event({ chat: message.chat, message: message.id }, { type: 'error', data })
}

/** After the change was accepted: what was held for it goes on its way, oldest first. */
export function releaseHeld(draft: Draft, account: string): void {
  for (const message of draft.context.view.dueScheduled(NEVER)) {
    if (message.failure !== HELD_FOR_IDENTITY) continue
    if (draft.chat(message.chat)?.account !== account) continue
    draft.updateMessage({ ...message, dueAt: draft.now, failure: WAITING })
    draft.notify({ kind: 'due' })
  }
}

export function attachmentUploaded(draft: Draft, id: string, uploaded: Uploaded): Step {
  const attachment = draft.context.view.attachment(id) ?? refuse('not_found', 'no such attachment')
  if (attachment.state !== 'uploading') return draft.done()
  const { blob, digest, sealedSize } = uploaded
  draft.write({
    kind: 'putAttachment',
    attachment: { ...attachment, blob, digest, transferred: sealedSize, state: 'remote' },
  })
  const message = draft.context.view.message(attachment.message)
  const others = draft.context.view
    .attachments(attachment.message)
    .filter((other) => other.id !== id && other.state === 'uploading')
  // A later time that was asked for stays; else the message goes with the next tick.
  if (message?.status === 'scheduled' && message.dueAt === undefined && others.length === 0) {
    draft.updateMessage({ ...message, dueAt: draft.now })
    draft.notify({ kind: 'due' })
  }
  return draft.done()
}

export function uploadFailed(draft: Draft, id: string, reason: string): Step {
  const { view } = draft.context
  const attachment = view.attachment(id) ?? refuse('not_found', 'no such attachment')
  draft.write({ kind: 'putAttachment', attachment: { ...attachment, state: 'failed' } })
  const message = view.message(attachment.message)
  if (message?.status === 'scheduled') fail(draft, message, reason)
  return draft.done()
}

/** How a row is called outside: what only waits to be encrypted is queued to a person. */
export const shownStatus = (message: Message): Message['status'] =>
  message.status === 'scheduled' && message.failure !== undefined ? 'queued' : message.status
