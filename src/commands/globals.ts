// What may stand anywhere on the line, in the environment or in the profile's config.toml; the
// first of these that says something counts.

import { existsSync, readFileSync } from 'node:fs'
import { ClientError } from '../client/api.ts'
import { parseDuration } from '../client/duration.ts'
import { profilePaths } from '../client/paths.ts'
import type { OptionSpec } from './option-spec.ts'
import type { World } from './world.ts'

export interface Globals {
  readonly home: string | undefined
  readonly profile: string
  readonly keychain: 'os' | 'file' | undefined
  readonly passphraseFile: string | undefined
  readonly passphraseFd: number | undefined
  readonly passphraseCommand: string | undefined
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly colour: boolean | undefined
  readonly timeout: number | undefined
}

export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { flags: '--profile <name>', summary: 'one account per profile; default: default' },
  { flags: '--home <dir>', summary: 'where profiles live', words: 'file' },
  { flags: '--keychain <kind>', summary: 'os (default) or file', words: ['os', 'file'] },
  { flags: '--passphrase-file <file>', summary: 'for a file keychain', words: 'file' },
  { flags: '--passphrase-fd <n>', summary: 'the same, from a file descriptor' },
  { flags: '--json', summary: 'JSON Lines' },
  { flags: '-q, --quiet', summary: 'no notes' },
  { flags: '-v, --verbose', summary: 'more notes' },
  { flags: '--no-color', summary: 'no colours' },
  { flags: '--timeout <duration>', summary: '500ms, 5s, 1m' },
]

/** Of the config: global names, `command.option` names, and this one that is no option. */
export type Config = Readonly<Record<string, unknown>>

type Flags = Readonly<Record<string, string | boolean | undefined>>

const DEFAULT_PROFILE = 'default'

export function whichProfile(flags: Flags, env: World['env']): Pick<Globals, 'home' | 'profile'> {
  return {
    home: textOf(flags.home) ?? nonEmpty(env.SOTTO_HOME),
    profile: textOf(flags.profile) ?? nonEmpty(env.SOTTO_PROFILE) ?? DEFAULT_PROFILE,
  }
}

/** A broken file is an error, never an empty one: it may hold the reason why something is off. */
export async function readConfig(path: string): Promise<Config> {
  if (!existsSync(path)) return {}
  const { parse } = await import('smol-toml')
  try {
    return parse(readFileSync(path, 'utf8'))
  } catch {
    throw new ClientError('bad_input', `The config file cannot be read: ${path}`, {
      hint: 'sotto config path says which it is; it is TOML',
    })
  }
}

export const configPath = (which: Pick<Globals, 'home' | 'profile'>): string =>
  profilePaths(which.home, which.profile).config

export function resolveGlobals(flags: Flags, env: World['env'], config: Config): Globals {
  const pick = (name: string, key: string, variable?: string): string | undefined =>
    textOf(flags[name]) ??
    (variable === undefined ? undefined : nonEmpty(env[variable])) ??
    scalar(config[key])
  const on = (name: string, key: string): boolean => flags[name] === true || config[key] === true
  const timeout = pick('timeout', 'timeout', 'SOTTO_TIMEOUT')
  const fd = pick('passphraseFd', 'passphrase-fd')
  return {
    ...whichProfile(flags, env),
    keychain: keychainOf(pick('keychain', 'keychain', 'SOTTO_KEYCHAIN')),
    passphraseFile: pick('passphraseFile', 'passphrase-file', 'SOTTO_PASSPHRASE_FILE'),
    passphraseFd: fd === undefined ? undefined : fdOf(fd),
    passphraseCommand: scalar(config['passphrase-command'] ?? config.passphrase_command),
    json: on('json', 'json') || (flags.json === undefined && env.SOTTO_JSON === '1'),
    quiet: on('quiet', 'quiet'),
    verbose: on('verbose', 'verbose'),
    colour: flags.color === false || config.color === false ? false : undefined,
    timeout: timeout === undefined ? undefined : parseDuration(timeout),
  }
}

function keychainOf(kind: string | undefined): 'os' | 'file' | undefined {
  if (kind === undefined || kind === 'os' || kind === 'file') return kind
  throw new ClientError('usage', '--keychain takes os or file.')
}

/** 0 is stdin; 1 and 2 are where results and errors go. */
function fdOf(text: string): number {
  if (/^\d{1,4}$/.test(text) && text !== '1' && text !== '2') return Number(text)
  throw new ClientError('usage', '--passphrase-fd takes the number of an open file descriptor.')
}

const textOf = (value: string | boolean | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined
const nonEmpty = (value: string | undefined): string | undefined =>
  value === '' ? undefined : value
const scalar = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined
