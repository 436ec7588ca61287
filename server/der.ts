// As much of ASN.1 DER as a certificate needs: writing only.

import { concat } from '../src/protocol/bytes.ts'

const tagged = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const content = concat(...parts)
  return concat(Uint8Array.of(tag), derLength(content.length), content)
}

function derLength(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length)
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return Uint8Array.of(0x80 | bytes.length, ...bytes)
}

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => tagged(0x30, ...parts)
export const set = (...parts: readonly Uint8Array[]): Uint8Array => tagged(0x31, ...parts)
export const explicit = (index: number, ...parts: readonly Uint8Array[]): Uint8Array =>
  tagged(0xa0 + index, ...parts)
/** Context-specific and primitive, as GeneralName has them. */
export const implicit = (index: number, content: Uint8Array): Uint8Array =>
  tagged(0x80 + index, content)
export const octets = (content: Uint8Array): Uint8Array => tagged(0x04, content)
export const bits = (content: Uint8Array, unused = 0): Uint8Array =>
  tagged(0x03, Uint8Array.of(unused), content)
export const truth = (): Uint8Array => Uint8Array.of(0x01, 0x01, 0xff)
export const utf8String = (text: string): Uint8Array => tagged(0x0c, Buffer.from(text, 'utf8'))

/** From big-endian bytes; a leading bit would make it negative. */
export function integer(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0)
  const trimmed = first < 0 ? Uint8Array.of(0) : bytes.subarray(first)
  return (trimmed[0] ?? 0) >= 0x80 ? tagged(0x02, Uint8Array.of(0), trimmed) : tagged(0x02, trimmed)
}

export function objectId(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const part of rest) {
    const groups = [part % 128]
    for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128)) {
      groups.unshift((left % 128) | 0x80)
    }
    bytes.push(...groups)
  }
  return tagged(0x06, Uint8Array.from(bytes))
}

/** RFC 5280: UTCTime through 2049, GeneralizedTime from 2050. */
export function moment(at: Date): Uint8Array {
  const digits = at.toISOString().replace(/[-:T]|\.\d+/g, '')
  return at.getUTCFullYear() < 2050
    ? tagged(0x17, Buffer.from(digits.slice(2), 'ascii'))
    : tagged(0x18, Buffer.from(digits, 'ascii'))
}
