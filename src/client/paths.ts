// Where a profile's files are. Folders are 0700 and files 0600 whatever the umask says.

import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import envPaths from 'env-paths'
import { ClientError } from './api.ts'

export interface ProfilePaths {
  readonly home: string
  readonly profile: string
  readonly folder: string
  readonly database: string
  readonly lock: string
  /** Kind of the keychain and that an identity exists; nothing secret. */
  readonly marker: string
  /** The passphrase-sealed secrets of a `file` keychain. */
  readonly sealed: string
  readonly config: string
  readonly log: string
  readonly cookie: string
  /** There while somebody found the lock taken and nobody listening. */
  readonly wanted: string
}

/** A profile is one folder name: no path, nothing hidden, nothing an option could be taken for. */
const PROFILE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const PRIVATE_FOLDER = 0o700

/** `--home`, `SOTTO_HOME` or the platform's data folder (XDG on Linux). */
export const defaultHome = (): string => envPaths('sotto', { suffix: '' }).data

export function profilePaths(home: string | undefined, profile: string): ProfilePaths {
  if (!PROFILE.test(profile)) {
    throw new ClientError(
      'bad_input',
      'A profile name is letters, digits, dots, dashes and underscores.',
    )
  }
  const root = resolve(home ?? defaultHome())
  const folder = join(root, profile)
  return {
    home: root,
    profile,
    folder,
    database: join(folder, 'profile.db'),
    lock: join(folder, 'lock.db'),
    marker: join(folder, 'keychain.json'),
    sealed: join(folder, 'secrets.sealed'),
    config: join(folder, 'config.toml'),
    log: join(folder, 'sotto.log'),
    cookie: join(folder, 'control.cookie'),
    wanted: join(folder, 'control.wanted'),
  }
}

export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: PRIVATE_FOLDER })
  chmodSync(path, PRIVATE_FOLDER)
}

/** Profiles that have an identity, by name. */
export function listProfiles(home: string | undefined): readonly string[] {
  const root = resolve(home ?? defaultHome())
  if (!existsSync(root)) return []
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && PROFILE.test(entry.name))
    .map((entry) => entry.name)
    .filter((name) => existsSync(profilePaths(root, name).marker))
    .sort()
}
