// A step under way: the writes and notices so far, and what reading must see of them. It lives as
// long as one step and is thrown away if the step stops.

import { MAX_SKIPPED_KEPT, SKIPPED_LIFETIME_MS } from '../crypto/ratchet/limits.ts'
import type { SessionBook, SessionChange, StoredSession } from '../crypto/session.ts'
import { toHex } from '../protocol/bytes.ts'
import { type ChatId, type DeviceId, type MessageId, uuidV4 } from '../protocol/ids.ts'
import type { Chat, Contact, Message } from './state.ts'
import type { Context, EventData, JournalEvent, Notice, Step, StepResult, Write } from './step.ts'

/** Events of one type that are about no message of ours: what a server makes as many of as it
 *  likes, by sending what is no message. More than anybody reads. */
const MAX_EVENTS_ALONE = 1_000

interface Peer {
  sessions: readonly StoredSession[]
  readonly added: Map<string, Uint8Array>
  readonly used: Set<string>
  readonly prekeysUsed: Set<string>
  readonly handshakes: Set<string>
}

export class Draft {
  readonly context: Context
  readonly #writes: Write[] = []
  readonly #notices: Notice[] = []
  readonly #peers = new Map<DeviceId, Peer>()
  readonly #contacts = new Map<string, Contact>()
  readonly #chats = new Map<ChatId, Chat>()

  constructor(context: Context) {
    this.context = context
  }

  /** An empty one over the same context: what this one had gathered is not to happen. */
  anew(): Draft {
    return new Draft(this.context)
  }

  get now(): number {
    return this.context.env.now()
  }

  newId(): string {
    return uuidV4(this.context.env.random(16))
  }

  write(...writes: readonly Write[]): void {
    this.#writes.push(...writes)
  }

  notify(...notices: readonly Notice[]): void {
    this.#notices.push(...notices)
  }

  /** A line of the journal. The driver gives its notice the cursor. */
  event(about: { chat?: ChatId; message?: MessageId }, data: EventData): void {
    const event: JournalEvent = { chat: about.chat, message: about.message, at: this.now, ...data }
    this.#writes.push({ kind: 'addEvent', event })
    if (about.message === undefined) {
      this.#writes.push({ kind: 'trimEvents', type: data.type, keep: MAX_EVENTS_ALONE })
    }
  }

  contact(account: Contact['account']): Contact | undefined {
    return this.#contacts.get(account) ?? this.context.view.contact(account)
  }

  putContact(contact: Contact): void {
    this.#contacts.set(contact.account, contact)
    this.write({ kind: 'putContact', contact })
    this.notify({ kind: 'contact', account: contact.account })
  }

  chat(id: ChatId): Chat | undefined {
    return this.#chats.get(id) ?? this.context.view.chat(id)
  }

  chatWith(account: Contact['account'], kind: 'direct' | 'self'): Chat | undefined {
    for (const chat of this.#chats.values()) {
      if (chat.account === account && chat.kind === kind) return chat
    }
    return this.context.view.chatWith(account, kind)
  }

  putChat(chat: Chat): void {
    this.#chats.set(chat.id, chat)
    this.write({ kind: 'putChat', chat })
    this.notify({ kind: 'chat', chat: chat.id })
  }

  addMessage(message: Message): void {
    this.write({ kind: 'addMessage', message })
    this.#noticeMessage(message, 'added')
  }

  updateMessage(message: Message): void {
    this.write({ kind: 'updateMessage', message })
    this.#noticeMessage(message, 'updated')
  }

  deleteMessage(message: Message): void {
    this.write({ kind: 'deleteMessage', message: message.id })
    this.#noticeMessage(message, 'removed')
  }

  #noticeMessage(message: Message, change: 'added' | 'updated' | 'removed'): void {
    this.notify({ kind: 'message', message: message.id, chat: message.chat, change })
  }

  /** What the session layer reads of a device, with this step's own changes in it. */
  book(device: DeviceId): SessionBook {
    const { view } = this.context
    const peer = this.#peer(device)
    return {
      get sessions() {
        return peer.sessions
      },
      skipped(session, ratchetKey, index) {
        const key = skippedName(session, ratchetKey, index)
        if (peer.used.has(key)) return undefined
        return peer.added.get(key) ?? view.skippedKey(session, ratchetKey, index)
      },
      skippedCount: (session) =>
        view.skippedCount(session) + countOf(peer.added, session) - countOf(peer.used, session),
      prekey: (kind, id) =>
        peer.prekeysUsed.has(`${kind} ${id}`) ? undefined : view.prekey(kind, id),
      handshakeSeen: (hash) => peer.handshakes.has(toHex(hash)) || view.handshakeSeen(hash),
    }
  }

  changeSessions(device: DeviceId, change: SessionChange): void {
    this.#remember(device, change)
    const { now } = this
    for (const session of change.put) {
      this.write({ kind: 'putSession', session: { ...session, peer: device, updatedAt: now } })
    }
    for (const session of change.drop) this.write({ kind: 'deleteSession', session })
    for (const key of change.skippedAdded) {
      this.write({ kind: 'addSkippedKey', key: { ...key, peer: device, createdAt: now } })
    }
    for (const { session, ratchetKey, index } of change.skippedUsed) {
      this.write({ kind: 'deleteSkippedKey', session, ratchetKey, index })
    }
    for (const { session } of change.skippedAdded.slice(-1)) {
      const before = now - SKIPPED_LIFETIME_MS
      this.write({ kind: 'trimSkippedKeys', session, keep: MAX_SKIPPED_KEPT, before })
    }
    for (const { kind, id } of change.prekeysUsed) {
      this.write({ kind: 'deletePrekey', prekey: kind, id })
    }
    if (change.handshakeSeen !== undefined) {
      this.write({ kind: 'addHandshakeSeen', hash: change.handshakeSeen, at: now })
    }
  }

  done(result: StepResult = { kind: 'nothing' }): Step {
    return { kind: 'done', writes: this.#writes, notices: this.#notices, result }
  }

  #peer(device: DeviceId): Peer {
    const known = this.#peers.get(device)
    if (known !== undefined) return known
    const peer: Peer = {
      sessions: this.context.view.sessions(device),
      added: new Map(),
      used: new Set(),
      prekeysUsed: new Set(),
      handshakes: new Set(),
    }
    this.#peers.set(device, peer)
    return peer
  }

  #remember(device: DeviceId, change: SessionChange): void {
    const peer = this.#peer(device)
    const gone = new Set([...change.put.map((kept) => kept.session), ...change.drop].map(toHex))
    const left = peer.sessions.filter((kept) => !gone.has(toHex(kept.session)))
    // One session is active at a time: a new one demotes the rest, whether or not it says so.
    const active = change.put.some((kept) => kept.active)
    const demoted = active ? left.map((kept) => ({ ...kept, active: false })) : left
    if (active) {
      for (const kept of left.filter((one) => one.active)) {
        const session = { ...kept, active: false, peer: device, updatedAt: this.now }
        this.write({ kind: 'putSession', session })
      }
    }
    peer.sessions = [...change.put, ...demoted].sort((a, b) => Number(b.active) - Number(a.active))
    for (const key of change.skippedAdded) {
      peer.added.set(skippedName(key.session, key.ratchetKey, key.index), key.messageKey)
    }
    for (const key of change.skippedUsed) {
      peer.used.add(skippedName(key.session, key.ratchetKey, key.index))
    }
    for (const { kind, id } of change.prekeysUsed) peer.prekeysUsed.add(`${kind} ${id}`)
    if (change.handshakeSeen !== undefined) peer.handshakes.add(toHex(change.handshakeSeen))
  }
}

const skippedName = (session: Uint8Array, ratchetKey: Uint8Array, index: number): string =>
  `${toHex(session)} ${toHex(ratchetKey)} ${index}`

function countOf(names: { keys(): Iterable<string> }, session: Uint8Array): number {
  const prefix = toHex(session)
  let count = 0
  for (const name of names.keys()) if (name.startsWith(prefix)) count += 1
  return count
}
