// The screen's settings as `config.toml` has them, below `[tui]`.

import { ClientError } from '../../client/api.ts'
import { isDuration, parseDuration } from '../../client/duration.ts'
import type { SettingName, Settings } from '../../tui/settings.ts'
import type { Config } from '../globals.ts'

type Kind = 'switch' | 'word' | 'duration' | 'command'

interface ScreenSetting {
  readonly name: SettingName
  /** In the config and for `sotto config set`. */
  readonly key: string
  readonly kind: Kind
  readonly words?: readonly string[]
}

const setting = (
  name: Exclude<SettingName, 'bindings'>,
  kind: Kind,
  words?: readonly string[],
): ScreenSetting => ({
  name,
  key: `tui.${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
  kind,
  ...(words === undefined ? {} : { words }),
})

export const SCREEN_SETTINGS: readonly ScreenSetting[] = [
  setting('theme', 'word', ['auto', 'dark', 'light', 'high-contrast', 'no-colour']),
  setting('keys', 'word', ['default', 'vim', 'emacs']),
  setting('mouse', 'switch'),
  setting('images', 'word', ['auto', 'blocks', 'off']),
  setting('notify', 'word', ['full', 'sender', 'none']),
  setting('bell', 'switch'),
  setting('notifyCommand', 'command'),
  setting('idleLock', 'duration'),
  setting('reducedMotion', 'switch'),
  setting('screenReader', 'switch'),
  setting('wideAmbiguous', 'switch'),
  setting('shortcodes', 'switch'),
  setting('spelling', 'switch'),
  setting('enterNewline', 'switch'),
]

/** What the file says over what is the default. What it says wrongly is an error, not a default. */
export function screenSettings(config: Config, defaults: Settings): Settings {
  const table = tableOf(config.tui)
  const values: Record<string, unknown> = { ...defaults, bindings: textsOf(table.bindings) }
  for (const { key, kind, name, words } of SCREEN_SETTINGS) {
    const given = table[key.slice('tui.'.length)]
    if (given === undefined) continue
    const value = parsed(given, kind, words)
    if (value === undefined) throw wrong(key, words)
    values[name] = value
  }
  return values as unknown as Settings
}

export const ownColours = (config: Config): Readonly<Record<string, string>> =>
  textsOf(tableOf(config.tui).colours)

function parsed(
  given: unknown,
  kind: Kind,
  words: readonly string[] | undefined,
): string | number | boolean | undefined {
  if (kind === 'switch') return typeof given === 'boolean' ? given : undefined
  if (kind === 'duration') {
    if (typeof given === 'number') return given
    if (given === '0') return 0
    return typeof given === 'string' && isDuration(given) ? parseDuration(given) : undefined
  }
  if (typeof given !== 'string') return undefined
  return words === undefined || words.includes(given) ? given : undefined
}

const wrong = (key: string, words: readonly string[] | undefined): ClientError =>
  new ClientError('bad_input', `The config’s ${key} is not what it can be.`, {
    hint: words === undefined ? 'sotto help config' : `it is one of ${words.join(', ')}`,
  })

const tableOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

const textsOf = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(tableOf(value)).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  )
