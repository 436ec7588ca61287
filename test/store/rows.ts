// Rows for tests: complete, distinct, reproducible.

import {
  type AccountId,
  type BlobId,
  type ChatId,
  type ClientId,
  type DeviceId,
  idFromBytes,
  type LogId,
  type MessageId,
} from '../../src/protocol/ids.ts'
import type {
  AttachmentRow,
  ChatRow,
  ContactRow,
  EventRow,
  MessageRow,
  OutboxRow,
  PrekeyRow,
  QuarantineRow,
  SelfRow,
  SessionRow,
  SkippedKeyRow,
} from '../../src/store/port.ts'

type AnyId = ReturnType<typeof idFromBytes>

/** An id that tells its kind and number. */
export function numbered<I extends AnyId>(kind: number, number: number): I {
  const bytes = new Uint8Array(16)
  bytes[0] = kind
  new DataView(bytes.buffer).setUint32(12, number)
  return idFromBytes<I>(bytes)
}

export const account = (number: number): AccountId => numbered(1, number)
export const device = (number: number): DeviceId => numbered(2, number)
export const chat = (number: number): ChatId => numbered(3, number)
export const message = (number: number): MessageId => numbered(4, number)
export const log = (number: number): LogId => numbered(5, number)
export const blob = (number: number): BlobId => numbered(6, number)
export const client = (number: number): ClientId => numbered(7, number)

export const fill = (length: number, value: number): Uint8Array =>
  new Uint8Array(length).fill(value)

export const selfRow: SelfRow = {
  account: account(1),
  name: 'alice',
  identityKey: fill(32, 1),
  device: device(1),
  deviceName: 'laptop',
  server: 'https://example.org',
  serverKey: fill(32, 2),
  createdAt: 1_700_000_000_000,
  registered: false,
}

export const contactRow: ContactRow = {
  account: account(2),
  name: 'bob',
  alias: undefined,
  identityKey: fill(32, 3),
  trust: 'unverified',
  offeredKey: undefined,
  wasVerified: false,
  verifiedAt: undefined,
  relation: 'accepted',
  addedAt: 1_700_000_000_001,
}

export const sessionRow: SessionRow = {
  peer: device(2),
  session: fill(32, 4),
  state: fill(600, 5),
  active: true,
  updatedAt: 1_700_000_000_002,
}

export const skippedKeyRow: SkippedKeyRow = {
  peer: device(2),
  session: fill(32, 4),
  ratchetKey: fill(32, 6),
  index: 7,
  messageKey: fill(32, 7),
  createdAt: 1_700_000_000_003,
}

export const prekeyRow: PrekeyRow = {
  kind: 'curve-one-time',
  id: 1,
  publicKey: fill(32, 8),
  privateKey: fill(32, 9),
  signature: fill(64, 10),
  createdAt: 1_700_000_000_004,
  uploaded: false,
  retiredAt: undefined,
}

export const chatRow: ChatRow = {
  id: chat(1),
  kind: 'direct',
  account: account(2),
  title: undefined,
  mutedUntil: undefined,
  archived: false,
  pinned: false,
  expireAfter: undefined,
  createdAt: 1_700_000_000_005,
  lastAt: 1_700_000_000_006,
  readRow: 0,
}

export const messageRow: MessageRow = {
  row: 0,
  id: message(1),
  chat: chat(1),
  account: account(2),
  device: device(2),
  direction: 'in',
  kind: 'text',
  body: 'good morning',
  payload: fill(40, 11),
  sentAt: 1_700_000_000_007,
  receivedAt: 1_700_000_000_008,
  seq: 3,
  status: 'received',
  replyTo: undefined,
  editedAt: undefined,
  expireAfter: undefined,
  expiresAt: undefined,
  silent: true,
  pinned: false,
  dueAt: undefined,
  failure: undefined,
}

export const attachmentRow: AttachmentRow = {
  id: 'file-1',
  message: message(1),
  position: 0,
  name: 'map.png',
  mime: 'image/png',
  size: 2 ** 40,
  blob: blob(1),
  key: fill(32, 12),
  digest: undefined,
  path: undefined,
  state: 'remote',
  transferred: 0,
}

export const outboxRow: OutboxRow = {
  row: 0,
  message: message(1),
  chat: chat(1),
  lists: [{ account: account(2), version: 4 }],
  items: [
    { log: log(1), clientId: client(1), body: fill(300, 13) },
    { log: log(2), clientId: client(2), body: fill(0, 0) },
  ],
  notBefore: 0,
  createdAt: 1_700_000_000_009,
}

export const eventRow: EventRow = {
  cursor: 0,
  type: 'message',
  chat: chat(1),
  message: message(1),
  data: '{}',
  at: 1_700_000_000_010,
}

export const quarantineRow: QuarantineRow = {
  log: log(1),
  seq: 9,
  account: account(2),
  device: device(2),
  body: fill(50, 14),
  storedAt: 1_700_000_000_010,
  reason: 'malformed',
  at: 1_700_000_000_011,
}
