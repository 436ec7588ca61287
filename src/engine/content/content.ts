// What stands inside the ciphertext. There is no sender in it: the author is the device whose
// session opened it, always (A11).

import {
  bool,
  bytes,
  type Codec,
  decode,
  encode,
  optional,
  struct,
  text,
  u8,
  u16,
  u64,
} from '../../protocol/codec.ts'
import { type DeviceListHead, deviceListHead } from '../../protocol/device-list.ts'
import { ProtocolError } from '../../protocol/errors.ts'
import { type MessageId, messageId } from '../../protocol/ids.ts'
import { MAX_CONTENT_BYTES } from '../../protocol/limits.ts'
import { type Body, decodeBody, encodeBody, numberOf } from './kinds.ts'

const CONTENT_VERSION = 1
/** A name for a laptop, not a text. */
export const MAX_DEVICE_NAME_BYTES = 64

export interface Content {
  /** UUIDv7 by the sender's clock. */
  readonly id: MessageId
  /** The sender's clock: shown, never used to order (P12). */
  readonly sentAt: number
  readonly replyTo: MessageId | undefined
  readonly expireAfter: number | undefined
  /** The sender asks for no notification. */
  readonly silent: boolean
  /** The sender's own device list as it stands there, and the receiver's as the sender sees it:
   *  a server that shows two people two lists is found out by the first message (A1). */
  readonly ownHead: DeviceListHead
  readonly peerHead: DeviceListHead
  readonly deviceName: string
  readonly body: Body
}

const version: Codec<typeof CONTENT_VERSION> = {
  write: (writer, value) => u8.write(writer, value),
  read(reader) {
    if (u8.read(reader) !== CONTENT_VERSION) {
      throw new ProtocolError('unknown_type', 'remote', 'content version')
    }
    return CONTENT_VERSION
  },
}

const shape = struct({
  version,
  id: messageId,
  kind: u16,
  sentAt: u64,
  replyTo: optional(messageId),
  expireAfter: optional(u64),
  silent: bool,
  ownHead: deviceListHead,
  peerHead: deviceListHead,
  deviceName: text(MAX_DEVICE_NAME_BYTES),
  payload: bytes(MAX_CONTENT_BYTES),
})

export const encodeContent = (content: Content): Uint8Array =>
  encode(shape, {
    ...content,
    version: CONTENT_VERSION,
    kind: numberOf(content.body),
    payload: encodeBody(content.body),
  })

/** Throws ProtocolError and nothing else. */
export function decodeContent(raw: Uint8Array): Content {
  const { version: _version, kind, payload, ...head } = decode(shape, raw)
  return { ...head, body: decodeBody(kind, payload) }
}
