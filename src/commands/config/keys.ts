// The names of settings: a global option's long name, or `command.option`.

import { ClientError } from '../../client/api.ts'
import { type Config, GLOBAL_OPTIONS } from '../globals.ts'
import { longOf } from '../option-spec.ts'
import { SCREEN_SETTINGS } from '../screen/settings.ts'
import { COMMANDS } from '../table.ts'

export type SettingValue = string | boolean | readonly string[]

/** Where the file itself is found; in the file they could only contradict that. */
const NOT_IN_FILE = new Set(['profile', 'home', 'passphrase-fd'])
/** Says how to get a secret, and is none. */
const COMMAND_KEY = 'passphrase-command'
const SECRET = /pass(phrase|word)?$|secret|token|recovery/

/** A key of one's own for an action of the screen, a colour for a role of its theme. */
const OWN_KEYS = /^tui\.(bindings|colours)\.[^.]+$/

type Kind = 'switch' | 'value' | 'list'

const kindOf = (flags: string): Kind =>
  flags.includes('...') ? 'list' : flags.includes('<') ? 'value' : 'switch'

function settings(): ReadonlyMap<string, Kind> {
  const all = new Map<string, Kind>([[COMMAND_KEY, 'value']])
  for (const { flags } of GLOBAL_OPTIONS) {
    const name = longOf(flags).slice(2).replace(/^no-/, '')
    if (!NOT_IN_FILE.has(name)) all.set(name, kindOf(flags))
  }
  for (const { key, kind } of SCREEN_SETTINGS) all.set(key, kind === 'switch' ? 'switch' : 'value')
  for (const { path, options, hidden } of COMMANDS) {
    if (hidden === true || path.startsWith('server ')) continue
    for (const { flags } of options ?? []) {
      all.set(`${path.replaceAll(' ', '.')}.${longOf(flags).slice(2)}`, kindOf(flags))
    }
  }
  return all
}

/** The value as the file has it. Throws `usage` for what no setting is. */
export function settingOf(key: string, text: string): SettingValue {
  if (SECRET.test(key)) {
    throw new ClientError('usage', 'Secrets are never kept in the config file.', {
      hint: 'passphrase-command or passphrase-file says where one comes from',
    })
  }
  const kind = settings().get(key) ?? (OWN_KEYS.test(key) ? 'value' : undefined)
  if (kind === undefined) {
    throw new ClientError('usage', 'There is no such setting.', {
      hint: 'settings have the names of the long options: json, timeout, send.wait',
    })
  }
  if (kind === 'value') return text
  if (kind === 'list') return text.split(',')
  if (text === 'true' || text === 'false') return text === 'true'
  throw new ClientError('usage', 'This setting takes true or false.')
}

/** `{send: {wait: 'read'}}` → `send.wait`. */
export function flatten(config: Config, prefix = ''): ReadonlyMap<string, unknown> {
  const flat = new Map<string, unknown>()
  for (const [key, value] of Object.entries(config)) {
    const name = `${prefix}${key}`
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const entry of flatten(value as Config, `${name}.`)) flat.set(...entry)
    } else flat.set(name, value)
  }
  return flat
}
