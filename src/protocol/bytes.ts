// Bytes are Uint8Array everywhere inside; text forms exist only at edges.

const utf8Encoder = new TextEncoder()
const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export const utf8 = (text: string): Uint8Array => utf8Encoder.encode(text)

/** Throws TypeError on bytes that are not UTF-8; codecs turn that into a ProtocolError. */
export const fromUtf8 = (bytes: Uint8Array): string => utf8Decoder.decode(bytes)

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const out = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    out.set(part, offset)
    offset += part.length
  }
  return out
}

const view = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

export const toHex = (bytes: Uint8Array): string => view(bytes).toString('hex')
export const toBase64Url = (bytes: Uint8Array): string => view(bytes).toString('base64url')

/** Strict: undefined unless `text` is the one canonical form of some bytes. */
export function fromBase64Url(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Buffer.from(text, 'base64url'))
  return toBase64Url(bytes) === text ? bytes : undefined
}

export function fromHex(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Buffer.from(text, 'hex'))
  return toHex(bytes) === text ? bytes : undefined
}

/** Not constant-time: for public values only. Secrets use crypto's `equalSecret`. */
export const equalPublic = (a: Uint8Array, b: Uint8Array): boolean => view(a).equals(view(b))
