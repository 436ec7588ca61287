// How a content of an unknown kind is kept: its number and its payload, so that a later version
// can still show it.

import { bytes, decode, encode, struct, u16 } from '../../protocol/codec.ts'
import { MAX_CONTENT_BYTES } from '../../protocol/limits.ts'
import { type Body, decodeBody, type UnsupportedBody } from './kinds.ts'

const kept = struct({ number: u16, payload: bytes(MAX_CONTENT_BYTES) })

export const encodeUnsupported = ({ number, payload }: UnsupportedBody): Uint8Array =>
  encode(kept, { number, payload })

/** What the row's content is to this build; it may know the kind by now. */
export function decodeUnsupported(payload: Uint8Array): Body {
  const { number, payload: inner } = decode(kept, payload)
  return decodeBody(number, inner)
}
