// What says, beside the keychain, that this profile has an identity and where its secrets are.
// Nothing secret stands in it. It is why a locked, emptied or other keychain is an error and never
// a new identity.

import { fromUtf8, utf8 } from '../protocol/bytes.ts'
import { type Keychain, KeychainError, type KeychainKind, type KeychainSecrets } from './port.ts'
import {
  isDiskFailure,
  readPrivateFile,
  removePrivateFile,
  writePrivateFile,
} from './private-file.ts'

/** Five short fields; anything larger was not written here. */
const MAX_MARKER_BYTES = 4096
const FORMAT = 1

export interface Marker {
  readonly keychain: KeychainKind
  /** The entry's name in an `os` keychain; of no meaning for a file. */
  readonly entry: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

type IdentityState =
  | { readonly kind: 'none' }
  | { readonly kind: 'present'; readonly marker: Marker; readonly secrets: KeychainSecrets }
  | { readonly kind: 'lost'; readonly marker: Marker }

/** Random, so that two profiles of one name, or an old and a new identity, never share an entry. */
export function entryName(profile: string, random: Uint8Array): string {
  return `${profile}-${Buffer.from(random).toString('hex')}`
}

/** Written last when an identity is made: after the keychain has the secrets. */
export async function writeMarker(path: string, marker: Marker): Promise<void> {
  const { keychain, entry, createdAt } = marker
  const text = JSON.stringify({ format: FORMAT, keychain, entry, createdAt }, undefined, 2)
  await writePrivateFile(path, utf8(`${text}\n`))
}

export async function readMarker(path: string): Promise<Marker | undefined> {
  const bytes = await readPrivateFile(path, MAX_MARKER_BYTES).catch((error: unknown) => {
    throw isDiskFailure(error) ? error : corrupt()
  })
  return bytes && parseMarker(bytes)
}

/** Removed first when an identity is deleted. */
export const removeMarker = (path: string): Promise<void> => removePrivateFile(path)

/** No keychain is asked where there is no marker: nothing may be found by chance. */
export async function identityState(
  marker: Marker | undefined,
  keychainOf: (marker: Marker) => Keychain,
): Promise<IdentityState> {
  if (marker === undefined) return { kind: 'none' }
  const secrets = await keychainOf(marker).load()
  return secrets === undefined ? { kind: 'lost', marker } : { kind: 'present', marker, secrets }
}

/** The kind was chosen once. Asking for another is answered with what was chosen, never obeyed. */
export function agreedKind(
  marker: Marker | undefined,
  asked: KeychainKind | undefined,
):
  | { readonly kind: 'agreed'; readonly keychain: KeychainKind }
  | { readonly kind: 'differs'; readonly chosen: KeychainKind } {
  if (marker === undefined) return { kind: 'agreed', keychain: asked ?? 'os' }
  if (asked !== undefined && asked !== marker.keychain) {
    return { kind: 'differs', chosen: marker.keychain }
  }
  return { kind: 'agreed', keychain: marker.keychain }
}

function parseMarker(bytes: Uint8Array): Marker {
  let value: unknown
  try {
    value = JSON.parse(fromUtf8(bytes))
  } catch {
    throw corrupt()
  }
  if (typeof value !== 'object' || value === null) throw corrupt()
  const { format, keychain, entry, createdAt } = value as Readonly<Record<string, unknown>>
  if (format !== FORMAT) throw corrupt()
  if (keychain !== 'os' && keychain !== 'file') throw corrupt()
  if (typeof entry !== 'string' || entry === '') throw corrupt()
  if (typeof createdAt !== 'number' || !Number.isSafeInteger(createdAt)) throw corrupt()
  return { keychain, entry, createdAt }
}

const corrupt = (): KeychainError =>
  new KeychainError('keychain_corrupt', 'the file that names the keychain is damaged')
