// From a held lock to an open profile: marker, keychain, database, generation.

import { openStore } from '../store/sqlite-store.ts'
import type { EarlySocket } from './early-dial.ts'
import { noProfile } from './errors.ts'
import { Generation } from './generation.ts'
import { loadSecrets } from './keychains.ts'
import { connectionModules, OpenProfile } from './open-profile.ts'
import type { ProfilePaths } from './paths.ts'
import type { ProfileOptions } from './profile-options.ts'
import { parseServerAddress } from './server-address.ts'

/** The caller holds the profile's lock. */
export async function openProfile(
  paths: ProfilePaths,
  options: ProfileOptions,
): Promise<OpenProfile> {
  const { keychain, secrets } = await loadSecrets(paths, options)
  const store = openStore({ path: paths.database, key: secrets.databaseKey })
  try {
    const self = store.self()
    if (self?.registered !== true) throw noProfile(paths.profile)
    const generation = new Generation(store, keychain, secrets)
    const entering = generation.enter()
    // While the keychain writes: most will want to connect.
    const early = options.network === 'offline' ? undefined : prepared(options, self.server)
    try {
      const condition = await entering
      const opened = { paths, options, keychain, store, self, generation, condition, early }
      return new OpenProfile(opened)
    } catch (error) {
      ;(await early)?.drop()
      throw error
    }
  } catch (error) {
    store.close()
    throw error
  }
}

/** Loads what connects; for who is sure to, connects. What is wrong with it is found out later. */
async function prepared(
  { network }: ProfileOptions,
  server: string,
): Promise<EarlySocket | undefined> {
  try {
    const [, , { dialEarly }] = await connectionModules()
    return network === 'soon' ? dialEarly(parseServerAddress(server)) : undefined
  } catch {
    return undefined
  }
}
