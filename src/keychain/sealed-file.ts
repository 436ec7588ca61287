// The keychain of machines without one: a file sealed with a passphrase. How it is sealed is the
// sealer's affair, which the client makes of the crypto room's vault.

import { equalPublic } from '../protocol/bytes.ts'
import { type Keychain, KeychainError } from './port.ts'
import {
  isDiskFailure,
  readPrivateFile,
  removePrivateFile,
  writePrivateFile,
} from './private-file.ts'
import { decodeSecrets, encodeSecrets } from './secrets-codec.ts'

/** A sealed value of ours is some 200 bytes; what is larger was not written here. */
const MAX_SEALED_BYTES = 16 * 1024

export interface Sealer {
  /** Runs the password hash once, over a fresh salt. */
  lock(passphrase: string): Promise<SealKey>
  /** Runs the password hash once. Undefined if the passphrase does not open `sealed`; throws if
   *  `sealed` is not a sealed value at all. */
  unlock(passphrase: string, sealed: Uint8Array): Promise<SealKey | undefined>
}

/** The derived key, kept while the profile is open: the generation is sealed again at each opening
 *  and must not cost another run of the hash. */
export interface SealKey {
  /** Never the same nonce twice. */
  seal(plaintext: Uint8Array): Uint8Array
  /** Undefined if `sealed` is not authentic under this key, or no sealed value at all. */
  open(sealed: Uint8Array): Uint8Array | undefined
  wipe(): void
}

interface SealedFileOptions {
  readonly path: string
  readonly sealer: Sealer
  /** `fresh`: a new passphrase is chosen, so that a prompt asks twice. */
  readonly passphrase: (fresh: boolean) => Promise<string>
}

export function sealedFileKeychain(options: SealedFileOptions): Keychain {
  const { path, sealer, passphrase } = options
  let key: SealKey | undefined

  const unlock = async (sealed: Uint8Array): Promise<SealKey> => {
    if (key !== undefined) return key
    const found = await orCorrupt(sealer.unlock(await passphrase(false), sealed))
    if (found === undefined) {
      throw new KeychainError('passphrase_wrong', 'the passphrase does not open the key file')
    }
    key = found
    return found
  }
  /** Whoever overwrites a key file proves first that they can open it. */
  const keyForSaving = async (): Promise<SealKey> => {
    if (key !== undefined) return key
    const sealed = await read(path)
    if (sealed !== undefined) return unlock(sealed)
    key = await sealer.lock(await passphrase(true))
    return key
  }
  return {
    kind: 'file',
    async load() {
      const sealed = await read(path)
      if (sealed === undefined) return undefined
      const plaintext = (await unlock(sealed)).open(sealed)
      if (plaintext === undefined) throw corrupt()
      return decodeSecrets(plaintext)
    },
    async save(secrets) {
      const saving = await keyForSaving()
      const plaintext = encodeSecrets(secrets)
      await write(path, saving.seal(plaintext))
      const sealed = await read(path)
      const opened = sealed && saving.open(sealed)
      const same = opened !== undefined && equalPublic(opened, plaintext)
      plaintext.fill(0)
      opened?.fill(0)
      if (!same) throw new KeychainError('keychain_failed', 'the key file could not be read back')
    },
    async remove() {
      key?.wipe()
      key = undefined
      await removePrivateFile(path)
    },
  }
}

const corrupt = (): KeychainError =>
  new KeychainError('keychain_corrupt', 'the key file is damaged; restore a copy of it')

async function orCorrupt<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch {
    throw corrupt()
  }
}

async function read(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readPrivateFile(path, MAX_SEALED_BYTES)
  } catch (error) {
    if (isDiskFailure(error)) throw error
    throw new KeychainError('keychain_failed', 'the key file could not be read')
  }
}

async function write(path: string, sealed: Uint8Array): Promise<void> {
  try {
    await writePrivateFile(path, sealed)
  } catch (error) {
    if (isDiskFailure(error)) throw error
    throw new KeychainError('keychain_failed', 'the key file could not be written')
  }
}
