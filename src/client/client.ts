// The façade's front door. Whoever opens a profile first holds it and serves the others; the
// caller never learns which of the two it was.

import { existsSync } from 'node:fs'
import type { AccountJson, Client } from './api.ts'
import { askToListen } from './control-socket.ts'
import { noProfile, timedOut, toClientError } from './errors.ts'
import { bugEvent } from './log.ts'
import { makePrivateFolder, type ProfilePaths, profilePaths } from './paths.ts'
import { type Held, ProfileClient } from './profile-client.ts'
import type { ProfileLock } from './profile-lock.ts'
import type { ProfileOptions, RegisterOptions } from './profile-options.ts'

export { defaultHome, listProfiles, profilePaths } from './paths.ts'
export type { PassphraseOptions, ProfileOptions, RegisterOptions } from './profile-options.ts'

/** To find or become the holder, where nobody says how long: a passphrase's derivation, a chain of
 *  processes that each have the profile for a moment. */
const PATIENCE_MS = 60_000
const LOOK_AGAIN_MS = 25

/** Takes the profile and serves it, or attaches to the process that has it. */
export async function openClient(options: ProfileOptions): Promise<Client> {
  const paths = profilePaths(options.home, options.profile)
  if (!existsSync(paths.marker)) throw noProfile(options.profile)
  try {
    return await new ProfileClient({
      paths,
      hold: () => hold(paths, options),
      patience: options.timeout ?? PATIENCE_MS,
      keep: options.serve,
    }).open()
  } catch (error) {
    throw toClientError(error)
  }
}

/** A new identity: keys → keychain → marker → database → server. Each step is durable before the
 *  next begins, and the same call again goes on where the last one ended. */
export async function registerProfile(options: RegisterOptions): Promise<AccountJson> {
  const paths = profilePaths(options.home, options.profile)
  try {
    makePrivateFolder(paths.folder)
    const { register } = await import('./register.ts')
    const lock = await waitForLock(paths, options.timeout ?? PATIENCE_MS)
    try {
      return await register(paths, options)
    } finally {
      lock.release()
    }
  } catch (error) {
    throw toClientError(error)
  }
}

/** Undefined while another process has the lock. The heavy parts are loaded by the holder only. */
async function hold(paths: ProfilePaths, options: ProfileOptions): Promise<Held | undefined> {
  const { takeProfileLock } = await import('./profile-lock.ts')
  const lock = takeProfileLock(paths.lock)
  if (lock === undefined) {
    askToListen(paths)
    return undefined
  }
  try {
    return await holdLocked(paths, options, lock)
  } catch (error) {
    lock.release()
    throw error
  }
}

async function holdLocked(
  paths: ProfilePaths,
  options: ProfileOptions,
  lock: ProfileLock,
): Promise<Held> {
  const [{ openProfile }, { profileService }, { serveProfile }] = await Promise.all([
    import('./opening.ts'),
    import('./profile-service.ts'),
    import('./holder.ts'),
  ])
  const profile = await openProfile(paths, options)
  try {
    const service = profileService(profile)
    const holder = await serveProfile(paths, service, {
      // Where a passphrase is derived for every opening, one holder serves those that come with it.
      late: !options.serve && profile.keychain === 'os',
      failed: (error) => profile.log.write(bugEvent('control', error)),
    })
    profile.peers = () => holder.clients
    return {
      call: (name, params, signal) => service.call(name, { ...params }, signal),
      subscribe: (listener) => service.subscribe(listener),
      async close() {
        await holder.close()
        await service.close()
        lock.release()
      },
    }
  } catch (error) {
    await profile.close()
    throw error
  }
}

async function waitForLock(paths: ProfilePaths, patience: number): Promise<ProfileLock> {
  const { takeProfileLock } = await import('./profile-lock.ts')
  const until = Date.now() + patience
  for (;;) {
    const lock = takeProfileLock(paths.lock)
    if (lock !== undefined) return lock
    if (Date.now() > until) throw timedOut('Another process has this profile.')
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
  }
}
