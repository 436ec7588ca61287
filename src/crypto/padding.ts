// What a message's or a file's length may tell: a bucket. Padmé (Nikitin et al., PoPETs 2019)
// keeps the overhead under 12 % and lets through only log log of the length (R10).
// Nothing is ever compressed: that would let lengths tell about contents (R9).

import { malformed, ProtocolError } from '../protocol/errors.ts'
import { MAX_CONTENT_BYTES } from '../protocol/limits.ts'

/** Buckets of contents are whole multiples of this: most texts, receipts and reactions share the
 *  first one or two. */
const CONTENT_UNIT_BYTES = 160
/** Ends the content; after it come zeros only. */
const MARK = 0x80

/** The smallest Padmé length that is not below `length`. Exact up to 2^53; 0 and 1 are their own. */
export function padme(length: number): number {
  const exponent = floorLog2(length)
  const unit = 2 ** (exponent - floorLog2(exponent) - 1)
  return Math.ceil(length / unit) * unit
}

/** Not by logarithm: a float's error would be another bucket at the powers of two. */
function floorLog2(value: number): number {
  let exponent = 0
  while (2 ** (exponent + 1) <= value) exponent += 1
  return exponent
}

const paddedLength = (length: number): number =>
  padme(Math.ceil((length + 1) / CONTENT_UNIT_BYTES)) * CONTENT_UNIT_BYTES

/** Throws ProtocolError for a content whose bucket is over MAX_CONTENT_BYTES. */
export function pad(content: Uint8Array): Uint8Array {
  const length = paddedLength(content.length)
  if (length > MAX_CONTENT_BYTES) throw new ProtocolError('too_large', 'local', 'padded content')
  const padded = new Uint8Array(length)
  padded.set(content)
  padded[content.length] = MARK
  return padded
}

/** Strict: each content has one padded form. A copy; the caller may wipe `padded`. */
export function unpad(padded: Uint8Array): Uint8Array {
  if (padded.length > MAX_CONTENT_BYTES) throw malformed('padded content too long')
  // Before the first byte is none, so that the search ends.
  let end = padded.length - 1
  while (padded[end] === 0) end -= 1
  if (padded[end] !== MARK) throw malformed('no padding mark')
  if (paddedLength(end) !== padded.length) throw malformed('another bucket than its length has')
  return padded.slice(0, end)
}
