// Identifiers. Inside the program an id is the lower-case UUID form as a branded string (a map
// key, a column, a JSON value); on the wire it is its 16 bytes.

import { toHex } from './bytes.ts'
import type { Codec } from './codec.ts'
import { malformed } from './errors.ts'

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

export type AccountId = Branded<'AccountId'>
export type DeviceId = Branded<'DeviceId'>
/** A device's mailbox has the device's id as its log id (`mailboxOf`). */
export type LogId = Branded<'LogId'>
export type MessageId = Branded<'MessageId'>
export type ChatId = Branded<'ChatId'>
/** A capability: 128 random bits, so that knowing it is the right to read the (encrypted) blob. */
export type BlobId = Branded<'BlobId'>
/** Makes an append idempotent, together with the sender's device. */
export type ClientId = Branded<'ClientId'>

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export const isUuid = (text: string): boolean => UUID.test(text)

/** Parses at the edge. Throws ProtocolError. */
export function parseId<I extends Branded<string>>(text: string): I {
  if (!UUID.test(text)) throw malformed('not a UUID')
  return text as I
}

const dashed = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`

export function idToBytes(id: Branded<string>): Uint8Array {
  return new Uint8Array(Buffer.from(id.replaceAll('-', ''), 'hex'))
}

export function idFromBytes<I extends Branded<string>>(bytes: Uint8Array): I {
  if (bytes.length !== 16) throw malformed('an id is 16 bytes')
  return dashed(toHex(bytes)) as I
}

export const mailboxOf = (device: DeviceId): LogId => device as string as LogId

/** Sixteen raw bytes on the wire, any bits: only we give version bits a meaning. */
const idCodec = <I extends Branded<string>>(): Codec<I> => ({
  write: (writer, id) => writer.uuid(id),
  read: (reader) => reader.uuid() as I,
})

export const accountId = idCodec<AccountId>()
export const deviceId = idCodec<DeviceId>()
export const logId = idCodec<LogId>()
export const messageId = idCodec<MessageId>()
export const blobId = idCodec<BlobId>()
export const clientId = idCodec<ClientId>()

/** UUID version 4 from 16 random bytes. */
export function uuidV4<I extends Branded<string>>(random: Uint8Array): I {
  return stamped(random, 0x40)
}

/** UUID version 7: 48 bits of time, so that ids sort by their making, then random. */
export function uuidV7<I extends Branded<string>>(now: number, random: Uint8Array): I {
  const bytes = Uint8Array.from(random)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, Math.floor(now / 2 ** 32))
  view.setUint32(2, now % 2 ** 32)
  return stamped(bytes, 0x70)
}

function stamped<I extends Branded<string>>(random: Uint8Array, version: number): I {
  if (random.length !== 16) throw malformed('an id is made of 16 bytes')
  const bytes = Uint8Array.from(random)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | version
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return dashed(toHex(bytes)) as I
}
