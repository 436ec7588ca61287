// Encrypts one content for an audience and puts the exact ciphertext of each device into the
// outbox. The ratchet's next state and these bytes are written in one transaction (R1).

import { pad } from '../crypto/padding.ts'
import { type PeerDevice, SessionError } from '../crypto/session.ts'
import { encryptTo, startSession } from '../crypto/sessions.ts'
import {
  type AccountId,
  type ChatId,
  type ClientId,
  type MessageId,
  mailboxOf,
  uuidV4,
  uuidV7,
} from '../protocol/ids.ts'
import { type Audience, audienceOf, hasSession } from './audience.ts'
import { type Content, encodeContent } from './content/content.ts'
import type { Body } from './content/kinds.ts'
import type { Draft } from './draft.ts'
import type { OutgoingItem } from './state.ts'
import { refuse } from './stop.ts'

export interface Letter {
  readonly id: MessageId
  readonly sentAt: number
  readonly body: Body
  readonly replyTo: MessageId | undefined
  readonly expireAfter: number | undefined
  readonly silent: boolean
}

/** The row that a letter belongs to, if there is one: its text can be read back from there. */
interface Posting {
  readonly message: MessageId | undefined
  readonly chat: ChatId | undefined
}

/** Under this name the content of an outbox row stands that has no message row to be read from,
 *  until the server took it: a device list that changed meanwhile needs it encrypted again. */
export const letterKey = (first: ClientId): string => `letter/${first}`

export const newMessageId = (draft: Draft): MessageId =>
  uuidV7(draft.now, draft.context.env.random(16))

/** An act of ours that makes no row: a reaction, an edit, a request. */
export function control(draft: Draft, body: Body): Letter {
  return {
    id: newMessageId(draft),
    sentAt: draft.now,
    body,
    replyTo: undefined,
    expireAfter: undefined,
    silent: false,
  }
}

/** Stops with needs; then nothing was encrypted. */
export function post(draft: Draft, account: AccountId, letter: Letter, posting: Posting): void {
  const audience = audienceOf(draft, account)
  const items = sealFor(draft, audience, audience.devices, letter)
  postItems(draft, audience, items, letter, posting)
}

export function postItems(
  draft: Draft,
  audience: Audience,
  items: readonly OutgoingItem[],
  letter: Letter,
  posting: Posting,
): void {
  const [first] = items
  if (first === undefined) refuse('server', 'the account has no device')
  draft.write({
    kind: 'addOutbox',
    outgoing: {
      row: 0,
      message: posting.message,
      chat: posting.chat,
      lists: [{ account: audience.account, version: audience.head.version }],
      items,
      notBefore: 0,
      createdAt: draft.now,
    },
  })
  if (posting.message === undefined) {
    const value = encodeContent(contentOf(draft, audience, letter))
    draft.write({ kind: 'putMeta', key: letterKey(first.clientId), value })
  }
  draft.notify({ kind: 'outbox' })
}

export function sealFor(
  draft: Draft,
  audience: Audience,
  devices: readonly PeerDevice[],
  letter: Letter,
): readonly OutgoingItem[] {
  const padded = pad(encodeContent(contentOf(draft, audience, letter)))
  return devices.map((device) => sealOne(draft, device, padded))
}

function contentOf(draft: Draft, audience: Audience, letter: Letter): Content {
  const { deviceName } = draft.context.view.self()
  return { ...letter, ownHead: audience.ownHead, peerHead: audience.head, deviceName }
}

function sealOne(draft: Draft, peer: PeerDevice, padded: Uint8Array): OutgoingItem {
  const { env, local } = draft.context
  if (!hasSession(draft, peer)) start(draft, peer)
  const sealed = encryptTo(env, local, peer, draft.book(peer.device), padded)
  draft.changeSessions(peer.device, sealed.change)
  return {
    log: mailboxOf(peer.device),
    clientId: uuidV4(env.random(16)),
    body: sealed.envelope,
  }
}

/** A session of our making from a fetched bundle; also when one that stands is to be replaced. */
export function start(draft: Draft, peer: PeerDevice): void {
  const { env, local, facts } = draft.context
  const bundle = facts.bundles.get(peer.device)
  if (bundle === undefined) refuse('server', 'a device has no prekeys')
  try {
    const change = startSession(env, local, peer, bundle, draft.book(peer.device))
    draft.changeSessions(peer.device, change)
  } catch (error) {
    // A bundle with a wrong signature is the server's doing: it must not pass for "not sent yet",
    // nor for a fault of ours.
    if (error instanceof SessionError) refuse('server', error.code)
    throw error
  }
}
