// Questions that come before there is a profile, and the one that unlocks a screen.

import { randomBytes } from 'node:crypto'
import { realEnv } from './env.ts'
import { toClientError } from './errors.ts'
import { openHttp } from './http.ts'
import { loadSecrets } from './keychains.ts'
import { profilePaths } from './paths.ts'
import type { ProfileOptions } from './profile-options.ts'
import { parseServerAddress } from './server-address.ts'

interface FoundServer {
  /** The one spelling of its address. */
  readonly url: string
  readonly registration: readonly string[]
}

/** A server of ours answers there. */
export async function findServer(given: string): Promise<FoundServer> {
  try {
    const address = parseServerAddress(given)
    const http = openHttp({ address, env: realEnv })
    try {
      const { registration } = await http.call('server')
      return { url: address.text, registration }
    } finally {
      http.close()
    }
  } catch (error) {
    throw toClientError(error)
  }
}

/** The system's keychain takes a value and gives it back. */
export async function proveOsKeychain(): Promise<void> {
  try {
    const { osKeychain } = await import('../keychain/os.ts')
    await osKeychain({ entry: `probe ${randomBytes(8).toString('hex')}` }).load()
  } catch (error) {
    throw toClientError(error)
  }
}

/** Whoever asks can open this profile's keychain. What was read is let go at once. */
export async function proveOwner(options: ProfileOptions): Promise<void> {
  try {
    const paths = profilePaths(options.home, options.profile)
    const { secrets } = await loadSecrets(paths, options)
    const { databaseKey, signingSeed, agreementSeed, accountSeed } = secrets
    for (const secret of [databaseKey, signingSeed, agreementSeed, accountSeed]) secret?.fill(0)
  } catch (error) {
    throw toClientError(error)
  }
}
