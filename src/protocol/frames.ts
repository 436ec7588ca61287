// Every message of the WebSocket `/v1/stream`, one binary WebSocket message each.
// Who may send what when: connection.ts. Meaning and order: docs/protocol.md.

import { sharedCopy } from './byte-io.ts'
import {
  bytes,
  choice,
  decode,
  encode,
  fixed,
  list,
  optional,
  struct,
  u16,
  u32,
  u64,
  union,
  type Value,
} from './codec.ts'
import { accountId, clientId, deviceId, logId } from './ids.ts'
import {
  MAX_APPEND_ITEMS,
  MAX_ENTRIES_PER_FRAME,
  MAX_ENVELOPE_BYTES,
  MAX_SIGNAL_BYTES,
} from './limits.ts'

const envelopeBytes = bytes(MAX_ENVELOPE_BYTES)

/** First from the client, answering the server's challenge. `proof`: see proof.ts. */
const hello = struct({
  versions: list(u16, 16),
  account: accountId,
  device: deviceId,
  /** The profile's generation and a random id of this opening: a rolled-back or cloned profile
   *  shows itself by an old generation, or by the same one with another opening. */
  generation: u64,
  opening: fixed(16),
  time: u64,
  proof: fixed(64),
})

const appendItem = struct({
  log: logId,
  clientId,
  body: envelopeBytes,
  /** Groups only: the append holds only if the log's epoch is this one, and advances it. */
  expectedEpoch: optional(u64),
})

/** All items or none. Idempotent by (sender's device, clientId, log). */
const append = struct({
  request: u32,
  /** The device-list versions that the sender encrypted for; a newer one refuses the append. */
  lists: list(struct({ account: accountId, version: u32 }), MAX_APPEND_ITEMS),
  items: list(appendItem, MAX_APPEND_ITEMS),
})

/** Everything in `log` up to and with `upTo` is durable at this reader. */
const ack = struct({ log: logId, upTo: u64 })
/** Start to read a log that is not one's own mailbox (which is read from `welcome` on). */
const read = struct({ log: logId, after: u64 })
/** Delivered to the devices that are online, or to nobody; never stored. */
const signal = struct({
  to: accountId,
  device: optional(deviceId),
  body: bytes(MAX_SIGNAL_BYTES),
})
const presenceState = choice({ offline: 0, online: 1, away: 2, busy: 3 })
const presence = struct({ state: presenceState })
const ping = struct({ nonce: u32 })
const bye = struct({
  code: choice({
    done: 0,
    draining: 1,
    replaced: 2,
    idle: 3,
    too_slow: 4,
    protocol: 5,
    device_removed: 6,
    rolled_back: 7,
    rate_limited: 8,
    unauthorised: 9,
    overloaded: 10,
  }),
  /** How long the client should wait before it comes again, in milliseconds. */
  retryAfter: u32,
})

/** First from the server. */
const challenge = struct({
  versions: list(u16, 16),
  server: fixed(32),
  nonce: fixed(32),
  time: u64,
})
const welcome = struct({
  version: u16,
  time: u64,
  /** The reader's cursor in its mailbox: entries after it follow unasked. */
  cursor: u64,
  /** The highest sequence in the mailbox at this moment: behind it the client is up to date. */
  head: u64,
  /** How many one-time prekeys of each kind the server still has. */
  curvePrekeys: u16,
  kemPrekeys: u16,
  /** Counts the server's restores from backup: a change makes clients upload prekeys anew. */
  restored: u32,
})
const appended = struct({
  request: u32,
  results: list(struct({ log: logId, seq: u64, at: u64 }), MAX_APPEND_ITEMS),
})
const refused = struct({
  request: u32,
  reason: choice({
    not_allowed: 1,
    unknown_log: 2,
    stale_devices: 3,
    epoch_conflict: 4,
    quota: 5,
    rate_limited: 6,
    storage_full: 7,
    too_large: 8,
    unavailable: 9,
  }),
  retryAfter: u32,
  /** With `stale_devices`: whose lists are newer. */
  accounts: list(accountId, MAX_APPEND_ITEMS),
})
const entry = struct({
  seq: u64,
  account: accountId,
  device: deviceId,
  clientId,
  at: u64,
  body: envelopeBytes,
})
const entries = struct({ log: logId, entries: list(entry, MAX_ENTRIES_PER_FRAME) })
const signalled = struct({ account: accountId, device: deviceId, body: bytes(MAX_SIGNAL_BYTES) })
const presented = struct({ account: accountId, state: presenceState })
const notice = struct({
  about: choice({ prekeys_low: 1, devices_changed: 2, gap: 3 }),
  account: accountId,
  /** `gap`: entries of the mailbox up to this sequence were dropped before they were read. */
  upTo: u64,
  curvePrekeys: u16,
  kemPrekeys: u16,
})

const clientFrameCodec = union({
  hello: { tag: 0x01, codec: hello },
  append: { tag: 0x02, codec: append },
  ack: { tag: 0x03, codec: ack },
  read: { tag: 0x04, codec: read },
  signal: { tag: 0x05, codec: signal },
  presence: { tag: 0x06, codec: presence },
  ping: { tag: 0x07, codec: ping },
  pong: { tag: 0x08, codec: ping },
  bye: { tag: 0x09, codec: bye },
})

const serverFrameCodec = union({
  challenge: { tag: 0x41, codec: challenge },
  welcome: { tag: 0x42, codec: welcome },
  appended: { tag: 0x43, codec: appended },
  refused: { tag: 0x44, codec: refused },
  entries: { tag: 0x45, codec: entries },
  signalled: { tag: 0x46, codec: signalled },
  presented: { tag: 0x47, codec: presented },
  notice: { tag: 0x48, codec: notice },
  ping: { tag: 0x49, codec: ping },
  pong: { tag: 0x4a, codec: ping },
  bye: { tag: 0x4b, codec: bye },
})

export type ClientFrame = Value<typeof clientFrameCodec>
export type ServerFrame = Value<typeof serverFrameCodec>
export type AppendItem = Value<typeof appendItem>
export type Entry = Value<typeof entry>
export type RefusedReason = Extract<ServerFrame, { kind: 'refused' }>['reason']
export type ByeCode = Extract<ServerFrame, { kind: 'bye' }>['code']

export const encodeClientFrame = (frame: ClientFrame): Uint8Array => encode(clientFrameCodec, frame)
// What the server reads and says is no secret to it, and gone within moments.
export const decodeClientFrame = (raw: Uint8Array): ClientFrame =>
  decode(clientFrameCodec, raw, sharedCopy)
export const encodeServerFrame = (frame: ServerFrame): Uint8Array =>
  encode(serverFrameCodec, frame, sharedCopy)
export const decodeServerFrame = (raw: Uint8Array): ServerFrame => decode(serverFrameCodec, raw)

export { clientFrameCodec, serverFrameCodec }
