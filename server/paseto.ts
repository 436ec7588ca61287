// PASETO version 4, purpose public, and nothing else: no other version, no other purpose, no
// algorithm that a token could choose. Decision 0022 says why by hand.

import { type KeyObject, sign, verify } from 'node:crypto'
import { concat, equalPublic, fromBase64Url, toBase64Url, utf8 } from '../src/protocol/bytes.ts'

const HEADER = 'v4.public.'
const SIGNATURE_BYTES = 64
/** Ours are below 400; whatever is longer is not read. */
const MAX_TOKEN_LENGTH = 1024

export interface PasetoParts {
  readonly payload: Uint8Array
  readonly footer: Uint8Array
  /** Signed, but not in the token: who verifies must know it. */
  readonly implicit: Uint8Array
}

export function signPaseto(key: KeyObject, parts: PasetoParts): string {
  const signature = sign(null, signedBytes(parts), key)
  const body = toBase64Url(concat(parts.payload, signature))
  const footer = parts.footer.length > 0 ? `.${toBase64Url(parts.footer)}` : ''
  return `${HEADER}${body}${footer}`
}

export interface UnverifiedPaseto {
  readonly payload: Uint8Array
  readonly signature: Uint8Array
  readonly footer: Uint8Array
}

/** Takes a token apart. Nothing in it may be believed before `verifyPaseto`. */
export function parsePaseto(token: string): UnverifiedPaseto | undefined {
  if (token.length > MAX_TOKEN_LENGTH || !token.startsWith(HEADER)) return undefined
  const [bodyText, footerText, ...more] = token.slice(HEADER.length).split('.')
  // A dot with nothing behind it would be a second form of the same token.
  if (bodyText === undefined || more.length > 0 || footerText === '') return undefined
  const body = fromBase64Url(bodyText)
  const footer = fromBase64Url(footerText ?? '')
  if (body === undefined || footer === undefined || body.length < SIGNATURE_BYTES) return undefined
  const split = body.length - SIGNATURE_BYTES
  return { payload: body.subarray(0, split), signature: body.subarray(split), footer }
}

export function verifyPaseto(
  key: KeyObject,
  token: UnverifiedPaseto,
  expected: { readonly footer: Uint8Array; readonly implicit: Uint8Array },
): boolean {
  if (!equalPublic(token.footer, expected.footer)) return false
  const bytes = signedBytes({ ...token, implicit: expected.implicit })
  return verify(null, bytes, key, token.signature)
}

const signedBytes = ({ payload, footer, implicit }: PasetoParts): Uint8Array =>
  preAuthEncode([utf8(HEADER), payload, footer, implicit])

/** PAE of the specification: counts and lengths as 64 bits, little-endian, top bit clear. */
export function preAuthEncode(pieces: readonly Uint8Array[]): Uint8Array {
  return concat(
    length64(pieces.length),
    ...pieces.flatMap((piece) => [length64(piece.length), piece]),
  )
}

function length64(length: number): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(length))
  return bytes
}
