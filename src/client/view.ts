// The store in the engine's terms, both ways: rows to domain values for a step to read, a step's
// writes to rows. No decision is made here.

import type { Contact, KnownDevices, Self, Trust, View } from '../engine/state.ts'
import { decode } from '../protocol/codec.ts'
import { deviceListBody } from '../protocol/device-list.ts'
import type { ContactRow, DeviceListRow, StoreReader } from '../store/port.ts'

/** A store that answers otherwise than it must is broken; no default stands in for it. */
const broken = (what: string): never => {
  throw new Error(`the store has no ${what}`)
}

/** For one step: nothing that it reads changes before its writes are applied. */
export function viewOf(store: StoreReader): View {
  let self: Self | undefined
  return {
    self() {
      self ??= store.self() ?? broken('account')
      return self
    },
    meta: (key) => store.meta(key),
    contact: (account) => optionally(store.contact(account), contactOf),
    contactsNamed: (name) => store.contactsNamed(name).map(contactOf),
    contacts: () => store.contacts().map(contactOf),
    strangers: (newest) => store.strangers(newest),
    devices: (account) => optionally(store.deviceList(account), devicesOf),
    deviceName: (device) => store.deviceName(device),
    sessions: (peer) => store.sessions(peer),
    skippedKey: (session, ratchetKey, index) =>
      store.skippedKey(session, ratchetKey, index)?.messageKey,
    skippedCount: (session) => store.skippedCount(session),
    skippedFrom: (from, to) => store.skippedFrom(from, to),
    prekey: (kind, id) => store.prekey(kind, id),
    prekeys: (kind) => store.prekeys(kind),
    unsentPrekeys: (kind) => store.unsentPrekeys(kind),
    highestPrekeyId: (kind) => store.highestPrekeyId(kind),
    handshakeSeen: (hash) => store.handshakeSeen(hash),
    chat: (id) => store.chat(id),
    chatWith: (account, kind) => store.chatWith(account, kind),
    message: (id) => store.message(id),
    messagesAfter: (chat, row, limit) => store.messages({ chat, afterRow: row, limit }),
    dueScheduled: (now) => store.dueScheduled(now),
    recent: (since, limit) => store.messages({ since, limit }),
    dueExpired: (now, limit) => store.dueExpired(now, limit),
    reactions: (message) => store.reactions(message),
    attachments: (message) => store.attachments(message),
    attachment: (id) => store.attachment(id),
    seen: (device, id) => store.seen(device, id),
    cursor: (log) => store.cursor(log),
    arrived: (log, seq) => store.arrived(log, seq),
    appended: (log) => store.appended(log),
    hasArrived: (log, digest) => store.hasArrived(log, digest),
    idempotent: (key) => store.idempotent(key),
    dueReceipts: (now) => store.dueReceipts(now),
    quarantinedOf: (account, reason) => store.quarantinedOf(account, reason),
    outgoing: () => store.outbox(Number.MAX_SAFE_INTEGER, store.outboxSize()),
  }
}

const optionally = <A, B>(value: A | undefined, map: (value: A) => B | undefined): B | undefined =>
  value === undefined ? undefined : map(value)

function contactOf(row: ContactRow): Contact {
  const { account, name, alias, relation, addedAt } = row
  return { account, name, alias, relation, addedAt, trust: trustOf(row) }
}

function trustOf(row: ContactRow): Trust {
  const key = (): Uint8Array => row.identityKey ?? broken('pinned key')
  switch (row.trust) {
    case 'unknown':
      return { kind: 'unknown' }
    case 'unverified':
      return { kind: 'unverified', key: key() }
    case 'verified':
      return { kind: 'verified', key: key(), at: row.verifiedAt ?? broken('time of verification') }
    case 'changed': {
      const now = row.offeredKey ?? broken('offered key')
      return { kind: 'changed', was: key(), now, wasVerified: row.wasVerified }
    }
  }
}

export function contactRow(contact: Contact): ContactRow {
  const { trust, ...rest } = contact
  const none = {
    identityKey: undefined,
    offeredKey: undefined,
    wasVerified: false,
    verifiedAt: undefined,
  }
  const row = { ...rest, ...none, trust: trust.kind }
  switch (trust.kind) {
    case 'unknown':
      return row
    case 'unverified':
      return { ...row, identityKey: trust.key }
    case 'verified':
      return { ...row, identityKey: trust.key, verifiedAt: trust.at }
    case 'changed': {
      const { was, now, wasVerified } = trust
      return { ...row, identityKey: was, offeredKey: now, wasVerified }
    }
  }
}

/** Version 0 stands for a list that was dropped: versions begin at 1. */
function devicesOf(row: DeviceListRow): KnownDevices | undefined {
  if (row.version === 0) return undefined
  const { account, version, hash, body, signature, checkedAt } = row
  const { devices } = decode(deviceListBody, body)
  return { account, head: { version, hash }, devices, body, signature, checkedAt }
}
