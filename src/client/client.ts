// The façade's front door. Whoever opens a profile first holds it and serves the others; the
// caller never learns which of the two it was.

import { type AccountJson, type Client, ClientError } from './api.ts'
import type { ProfileOptions, RegisterOptions } from './profile-options.ts'

export { defaultHome, listProfiles, profilePaths } from './paths.ts'
export type { PassphraseOptions, ProfileOptions, RegisterOptions } from './profile-options.ts'

/** Takes the profile and serves it, or attaches to the process that has it. */
export async function openClient(options: ProfileOptions): Promise<Client> {
  throw new ClientError('bug', `not wired yet: ${options.profile}`)
}

/** A new identity: keys → keychain → marker → database → server. Each step is durable before the
 *  next begins, and the same call again goes on where the last one ended. */
export async function registerProfile(options: RegisterOptions): Promise<AccountJson> {
  throw new ClientError('bug', `not wired yet: ${options.profile}`)
}
