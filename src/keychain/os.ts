// The operating system's keychain: Secret Service on Linux, Keychain on macOS, Credential Manager
// on Windows. Nothing is believed that was not written and read back.

import { randomBytes } from 'node:crypto'
import type { AsyncEntry } from '@napi-rs/keyring'
import { type Keychain, KeychainError, type KeychainSecrets } from './port.ts'
import { sameSecrets, secretsFromText, secretsToText } from './secrets-codec.ts'

const SERVICE = 'sotto'
/** A person may have to type the keychain's password; a service that hangs must not hang us. */
const PATIENCE_MS = 120_000

const WAYS_OUT =
  'start one (gnome-keyring, KWallet or KeePassXC) inside this session, or register with ' +
  '--keychain file and a passphrase'

interface OsKeychainOptions {
  /** The marker's `entry`: one per identity, so that a new identity never overwrites an old one. */
  readonly entry: string
  /** For tests. */
  readonly patience?: number
}

export function osKeychain({ entry, patience = PATIENCE_MS }: OsKeychainOptions): Keychain {
  const kept = keptEntry(entry)
  const call: Call = (work, name = entry) =>
    inTime(patience, async () => (name === entry ? kept(work) : work(await openEntry(name))))
  return {
    kind: 'os',
    async load() {
      const text = await call((found) => found.getPassword())
      if (text != null) return secretsFromText(text)
      // Null means absent, or locked, or that there is no collection: only a write tells them apart.
      await proveWritable(`${entry}.probe`, call)
      return undefined
    },
    async save(secrets) {
      await call((found) => found.setPassword(secretsToText(secrets)))
      await proveSaved(secrets, await call((found) => found.getPassword()))
    },
    async remove() {
      await call((found) => found.deleteCredential())
    },
  }
}

type Work<T> = (entry: AsyncEntry) => Promise<T>
type Call = <T>(work: Work<T>, name?: string) => Promise<T>

/** Opening an entry connects to the service and agrees on a key with it, while everything else
 *  here stands still: 10 ms, five times in the life of a command. So one is kept. */
function keptEntry(name: string): <T>(work: Work<T>) => Promise<T> {
  let kept: AsyncEntry | undefined
  return async (work) => {
    if (kept !== undefined) {
      try {
        return await work(kept)
      } catch (error) {
        kept = undefined
        // Who said no is not asked again; a service that was started anew since is.
        if (keychainFailure(error).code === 'keychain_locked') throw error
      }
    }
    const entry = await openEntry(name)
    const result = await work(entry)
    kept = entry
    return result
  }
}

async function proveWritable(probe: string, call: Call): Promise<void> {
  const value = randomBytes(16).toString('hex')
  await call((entry) => entry.setPassword(value), probe)
  const read = await call((entry) => entry.getPassword(), probe)
  if (read !== value) throw new KeychainError('keychain_locked', 'a probe could not be read back')
  await call((entry) => entry.deleteCredential(), probe)
}

function proveSaved(secrets: KeychainSecrets, text: string | null): void {
  if (text != null && sameSecrets(secretsFromText(text), secrets)) return
  throw new KeychainError('keychain_failed', 'the secrets could not be read back after writing')
}

/** On Linux the store is named: the library's own choice could be the kernel's keyring, which
 *  forgets everything at the next boot. */
async function openEntry(name: string): Promise<AsyncEntry> {
  const library = await import('@napi-rs/keyring')
  return new library.AsyncEntry(SERVICE, name, { linux: { store: 'secret-service' } })
}

async function inTime<T>(patience: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(
      () => fail(new KeychainError('keychain_locked', 'the keychain did not answer; unlock it')),
      patience,
    )
  })
  try {
    return await Promise.race([work(), late])
  } catch (error) {
    throw keychainFailure(error)
  } finally {
    clearTimeout(timer)
  }
}

/** The library has one error for everything; its words are all there is to tell cases apart. */
function keychainFailure(error: unknown): KeychainError {
  if (error instanceof KeychainError) return error
  const words = error instanceof Error ? error.message : ''
  if (/dismissed|locked/i.test(words)) {
    return new KeychainError(
      'keychain_locked',
      'unlock the keychain of this session, or log in where it is unlocked',
    )
  }
  // Without a bus, without a service on it, without a collection in it, without the library.
  if (
    /dbus|platform failure|no result found|not provided|cannot find|native binding/i.test(words)
  ) {
    return new KeychainError('keychain_missing', `no Secret Service answers: ${WAYS_OUT}`)
  }
  return new KeychainError('keychain_failed', `the keychain refused: ${WAYS_OUT}`)
}
