// Which keychain a profile has: chosen once at registration, remembered in its marker, and from
// then on only confirmed, never changed by an option.

import { agreedKind, identityState, type Marker, readMarker } from '../keychain/marker.ts'
import {
  type Keychain,
  KeychainError,
  type KeychainKind,
  type KeychainSecrets,
} from '../keychain/port.ts'
import { ClientError } from './api.ts'
import { noProfile } from './errors.ts'
import type { ProfilePaths } from './paths.ts'
import type { ProfileOptions } from './profile-options.ts'

export function chosenKind(marker: Marker | undefined, options: ProfileOptions): KeychainKind {
  const answer = agreedKind(marker, options.keychain)
  if (answer.kind === 'agreed') return answer.keychain
  const where = answer.chosen === 'os' ? 'the system’s keychain' : 'a passphrase-sealed file'
  throw new ClientError('not_allowed', `This profile keeps its secrets in ${where}.`, {
    hint: `leave --keychain away, or say --keychain ${answer.chosen}`,
  })
}

interface KeychainChoice {
  readonly kind: KeychainKind
  /** The entry's name in an `os` keychain. */
  readonly entry: string
}

/** Loads only the one that is used: neither the binding nor the vault costs the other. */
export async function openKeychain(
  choice: KeychainChoice,
  paths: ProfilePaths,
  options: ProfileOptions,
): Promise<Keychain> {
  if (choice.kind === 'os') {
    const { osKeychain } = await import('../keychain/os.ts')
    return osKeychain({ entry: choice.entry })
  }
  const { sealedFileKeychain } = await import('../keychain/sealed-file.ts')
  const { vaultSealer } = await import('./sealer.ts')
  const { readPassphrase } = await import('../keychain/passphrase.ts')
  return sealedFileKeychain({
    path: paths.sealed,
    sealer: vaultSealer,
    passphrase: (fresh) => readPassphrase(options.passphrase ?? {}, fresh),
  })
}

/** Of a profile that there is. */
export async function loadSecrets(
  paths: ProfilePaths,
  options: ProfileOptions,
): Promise<{ readonly keychain: Keychain; readonly secrets: KeychainSecrets }> {
  const marker = await readMarker(paths.marker)
  if (marker === undefined) throw noProfile(paths.profile)
  const kind = chosenKind(marker, options)
  const keychain = await openKeychain({ kind, entry: marker.entry }, paths, options)
  const state = await identityState(marker, () => keychain)
  if (state.kind !== 'present') throw new KeychainError('keychain_lost', 'no secrets')
  return { keychain, secrets: state.secrets }
}
