// People: found, asked, accepted, blocked, named, verified. The pinned key outlives all of it:
// removing a contact must not make the next contact a first one.

import type { AccountId } from '../protocol/ids.ts'
import type { AccountName } from '../protocol/names.ts'
import { pinnedKey } from './audience.ts'
import { directChat, stir } from './chats.ts'
import type { Draft } from './draft.ts'
import { grant } from './friendship.ts'
import { outdate } from './reissue.ts'
import { control, post } from './seal.ts'
import { releaseHeld, sendMessage } from './send.ts'
import type { Contact, Relation } from './state.ts'
import type { Step } from './step.ts'
import { need, refuse } from './stop.ts'
import { metKey, sameKey } from './trust.ts'

const MAX_ALIAS_BYTES = 64
const MET = Uint8Array.of(1)

const theContact = (draft: Draft, account: AccountId): Contact =>
  draft.contact(account) ?? refuse('not_found', 'no such contact')

const done = (draft: Draft, account: AccountId): Step => draft.done({ kind: 'contact', account })

export function addContact(draft: Draft, name: AccountName, text: string | undefined): Step {
  const contact = contactNamed(draft, name)
  const { account } = contact
  if (contact.relation === 'blocked') return refuse('blocked', 'the contact is blocked')
  if (contact.trust.kind === 'changed') pinnedKey(contact)
  if (contact.relation === 'incoming') return acceptContact(draft, account)
  directChat(draft, account)
  if (contact.relation === 'none') {
    const letter = control(draft, { kind: 'contact_request' })
    post(draft, account, letter, { message: undefined, chat: undefined })
    draft.putContact({ ...contact, relation: 'outgoing', addedAt: draft.now })
    if (text !== undefined && text !== '') greet(draft, account, text)
  }
  return done(draft, account)
}

function greet(draft: Draft, account: AccountId, text: string): void {
  const chat = directChat(draft, account)
  const body = { kind: 'text', text, mentions: [] } as const
  // Its own request is part of this step, so no key needs to make it idempotent.
  const idempotencyKey = `greeting ${account} ${draft.now}`
  sendMessage(draft, {
    kind: 'sendMessage',
    to: { kind: 'chat', chat: chat.id },
    body,
    idempotencyKey,
  })
}

/** A name that we know is never looked up again: the directory cannot move it to another key. */
function contactNamed(draft: Draft, name: AccountName): Contact {
  const { view, facts } = draft.context
  if (name === view.self().name) return refuse('bad_input', 'that is this account')
  const [known] = view.contactsNamed(name).filter((contact) => contact.name === name)
  if (known !== undefined && known.trust.kind !== 'unknown') return known
  if (!facts.names.has(name)) return need({ kind: 'name', name })
  const account = facts.names.get(name)
  if (account === undefined) return refuse('not_found', 'no such name')
  return draft.contact(account) ?? need({ kind: 'devices', account })
}

export function acceptContact(draft: Draft, account: AccountId): Step {
  const contact = theContact(draft, account)
  if (contact.relation === 'accepted') return done(draft, account)
  if (contact.relation !== 'incoming') return refuse('not_allowed', 'there is no request')
  grant(draft, contact)
  const chat = directChat(draft, account)
  stir(draft, draft.chat(chat.id) ?? chat)
  return done(draft, account)
}

export function relate(draft: Draft, account: AccountId, relation: Relation): Step {
  draft.putContact({ ...theContact(draft, account), relation })
  return done(draft, account)
}

export function unblockContact(draft: Draft, account: AccountId): Step {
  const contact = theContact(draft, account)
  if (contact.relation !== 'blocked') return done(draft, account)
  draft.write({ kind: 'putMeta', key: metKey(account), value: MET })
  return relate(draft, account, 'none')
}

/** Out of the list; key and verification stay pinned. */
export function removeContact(draft: Draft, account: AccountId): Step {
  draft.putContact({ ...theContact(draft, account), relation: 'none', alias: undefined })
  draft.write({ kind: 'putMeta', key: metKey(account), value: MET })
  return done(draft, account)
}

export function aliasContact(draft: Draft, account: AccountId, alias: string | undefined): Step {
  const contact = theContact(draft, account)
  if (alias !== undefined && (alias === '' || alias.length > MAX_ALIAS_BYTES)) {
    return refuse('bad_input', `an alias has 1 to ${MAX_ALIAS_BYTES} characters`)
  }
  draft.putContact({ ...contact, alias })
  return done(draft, account)
}

/** Verifies the very key that was compared, or nothing (A3). */
export function markVerified(draft: Draft, account: AccountId, key: Uint8Array): Step {
  const contact = theContact(draft, account)
  const pinned = pinnedKey(contact)
  if (!sameKey(pinned, key)) return refuse('untrusted_identity', 'another key was compared')
  draft.putContact({ ...contact, trust: { kind: 'verified', key: pinned, at: draft.now } })
  return done(draft, account)
}

/** The new key is pinned, unverified; nothing of the old one's devices is used again. The look for
 *  the new devices then reads what they sent meanwhile. */
export function acceptChange(draft: Draft, account: AccountId): Step {
  const contact = theContact(draft, account)
  if (contact.trust.kind !== 'changed') return done(draft, account)
  const { view } = draft.context
  for (const { device } of view.devices(account)?.devices ?? []) {
    for (const { session } of view.sessions(device)) draft.write({ kind: 'deleteSession', session })
  }
  draft.write({ kind: 'dropDevices', account })
  outdate(draft, account)
  draft.putContact({ ...contact, trust: { kind: 'unverified', key: contact.trust.now } })
  releaseHeld(draft, account)
  draft.notify({ kind: 'look', account }, { kind: 'outbox' })
  return done(draft, account)
}
