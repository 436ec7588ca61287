// From what a person types to ids: `alice`, `@alice`, `me`, a chat's id, a message's prefix. Two
// that fit are an error that lists them; nothing is ever guessed.

import type { Target } from '../engine/intent.ts'
import { type AccountId, type ChatId, isUuid, type MessageId } from '../protocol/ids.ts'
import { type AccountName, isAccountName } from '../protocol/names.ts'
import type { ChatRow, ContactRow, MessageRow, StoreReader } from '../store/port.ts'
import { ClientError } from './api.ts'
import { badInput, notFound } from './errors.ts'

/** Six hexadecimal digits: short to type, and rare to be shared. */
const MIN_ID_PREFIX = 6
const PREFIX = /^[0-9a-f-]{6,36}$/
const MAX_CANDIDATES = 10

type Address =
  | { readonly kind: 'target'; readonly target: Target; readonly chat: ChatRow | undefined }
  /** A name that may exist on the server, and that this profile never met. */
  | { readonly kind: 'stranger'; readonly name: AccountName }

export function resolveAddress(store: StoreReader, typed: string): Address {
  const self = store.self()
  const bare = typed.startsWith('@') ? typed.slice(1) : typed
  if (typed === 'me' || (self !== undefined && bare === self.name)) {
    const chat = self === undefined ? undefined : store.chatWith(self.account, 'self')
    return { kind: 'target', target: { kind: 'self' }, chat }
  }
  if (typed.startsWith('#')) throw notFound(`There is no group ‘${typed}’.`)
  if (isUuid(typed)) return chatAddress(store, typed as ChatId)
  const contact = contactNamed(store, bare)
  if (contact !== undefined) return accountAddress(store, contact.account)
  if (!isAccountName(bare)) throw badInput('This is not a name, an id or ‘me’.')
  return { kind: 'stranger', name: bare }
}

function chatAddress(store: StoreReader, id: ChatId): Address {
  const chat = store.chat(id)
  if (chat === undefined) throw notFound('There is no chat with this id.', 'sotto chats')
  return { kind: 'target', target: { kind: 'chat', chat: id }, chat }
}

const accountAddress = (store: StoreReader, account: AccountId): Address => ({
  kind: 'target',
  target: { kind: 'account', account },
  chat: store.chatWith(account, 'direct'),
})

/** By name first: an alias never hides the account that has it as its name. */
function contactNamed(store: StoreReader, name: string): ContactRow | undefined {
  const found = store.contactsNamed(name)
  const exact = found.filter((contact) => contact.name === name)
  const candidates = exact.length > 0 ? exact : found
  if (candidates.length <= 1) return candidates[0]
  throw ambiguous(
    `More than one contact is called ‘${name}’.`,
    candidates.map((contact) => `@${contact.name}`),
  )
}

export function resolveContact(store: StoreReader, typed: string): ContactRow {
  const bare = typed.startsWith('@') ? typed.slice(1) : typed
  const byChat = isUuid(bare) ? store.chat(bare as ChatId)?.account : undefined
  const byId = isUuid(bare) ? store.contact(byChat ?? (bare as string as AccountId)) : undefined
  const contact = byId ?? contactNamed(store, bare)
  if (contact === undefined) {
    throw notFound(`There is no contact ‘${bare}’.`, `sotto contact add ${hintName(bare)}`)
  }
  return contact
}

/** Of a chat that exists: settings and history are of what was said, not of who could be written to. */
export function resolveChat(store: StoreReader, typed: string): ChatRow {
  const address = resolveAddress(store, typed)
  if (address.kind === 'target' && address.chat !== undefined) return address.chat
  throw notFound(`There is no chat with ‘${typed}’ yet.`, `sotto send ${hintName(typed)} TEXT`)
}

export function resolveMessage(store: StoreReader, typed: string): MessageRow {
  const prefix = typed.toLowerCase()
  if (!PREFIX.test(prefix)) {
    throw badInput(`A message’s id is a UUID or its first ${MIN_ID_PREFIX} characters or more.`)
  }
  const whole = isUuid(prefix) ? store.message(prefix as MessageId) : undefined
  const found = whole === undefined ? store.messagesLike(prefix, MAX_CANDIDATES) : [whole]
  const [only] = found
  if (only === undefined) throw notFound(`There is no message ‘${prefix}’.`)
  if (found.length > 1) {
    throw ambiguous(
      `More than one message’s id begins with ‘${prefix}’.`,
      found.map((message) => message.id),
    )
  }
  return only
}

const ambiguous = (message: string, candidates: readonly string[]): ClientError =>
  new ClientError('ambiguous', message, { candidates })

/** What was typed stands in a hint only when it is harmless in a shell. */
const hintName = (typed: string): string => (isAccountName(typed) ? typed : 'NAME')
