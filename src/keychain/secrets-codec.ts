// The one value that a keychain holds, as bytes and, where a keychain wants text, as base64url.

import { equalPublic, fromBase64Url, toBase64Url } from '../protocol/bytes.ts'
import { decode, encode, fixed, optional, struct, u8, u64 } from '../protocol/codec.ts'
import { KeychainError, type KeychainSecrets } from './port.ts'

/** Raises with the shape; an unknown one is refused, not guessed at. */
const FORMAT = 1

const codec = struct({
  format: u8,
  databaseKey: fixed(32),
  signingSeed: fixed(32),
  agreementSeed: fixed(32),
  accountSeed: optional(fixed(32)),
  generation: u64,
})

export const encodeSecrets = (secrets: KeychainSecrets): Uint8Array =>
  encode(codec, { format: FORMAT, ...secrets })

export function decodeSecrets(bytes: Uint8Array): KeychainSecrets {
  try {
    const { format, ...secrets } = decode(codec, bytes)
    if (format === FORMAT) return secrets
  } catch {
    // Said below: the codec's own error would not help anybody here.
  }
  throw new KeychainError('keychain_corrupt', 'what the keychain holds is not a value of ours')
}

export const secretsToText = (secrets: KeychainSecrets): string =>
  toBase64Url(encodeSecrets(secrets))

export function secretsFromText(text: string): KeychainSecrets {
  return decodeSecrets(fromBase64Url(text) ?? new Uint8Array())
}

/** What was written and what was read back, both in hand: nobody outside can time this. */
export const sameSecrets = (a: KeychainSecrets, b: KeychainSecrets): boolean =>
  equalPublic(encodeSecrets(a), encodeSecrets(b))
