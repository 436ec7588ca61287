// The settings that can be changed on the screen: how each is named, read and shown.

import { formatDuration, isDuration, parseDuration } from '../client/duration.ts'
import { type SafeText, safe, safeText } from '../protocol/safe-text.ts'
import type { SettingName, Settings } from './settings.ts'
import { THEME_NAMES } from './theme/theme.ts'

type Value = string | number | boolean

interface Setting {
  readonly name: SettingName
  readonly label: SafeText
  readonly help: SafeText
  /** What it may be; empty: anything that `parse` takes. */
  readonly choices: readonly string[]
  readonly parse: (text: string) => Value | undefined
  readonly shown: (settings: Settings) => SafeText
}

type Switch = { [K in SettingName]: Settings[K] extends boolean ? K : never }[SettingName]
type Choice = 'theme' | 'keys' | 'images' | 'notify'

const onOff = (name: Switch, label: SafeText): Setting => ({
  name,
  label,
  help: safe`on or off`,
  choices: ['on', 'off'],
  parse: (text) => (text === 'on' ? true : text === 'off' ? false : undefined),
  shown: (settings) => (settings[name] ? safe`on` : safe`off`),
})

const oneOf = (name: Choice, label: SafeText, choices: readonly string[]): Setting => ({
  name,
  label,
  help: safeText(choices.join(', ')),
  choices,
  parse: (text) => (choices.includes(text) ? text : undefined),
  shown: (settings) => safeText(settings[name]),
})

export const SETTINGS: readonly Setting[] = [
  oneOf('theme', safe`Theme`, THEME_NAMES),
  oneOf('keys', safe`Keys`, ['default', 'vim', 'emacs']),
  onOff('mouse', safe`Mouse`),
  oneOf('notify', safe`Notifications say`, ['full', 'sender', 'none']),
  onOff('bell', safe`Bell`),
  {
    name: 'idleLock',
    label: safe`Lock after`,
    help: safe`5m, 1h; 0 never`,
    choices: [],
    parse: (text) => (text === '0' ? 0 : isDuration(text) ? parseDuration(text) : undefined),
    shown: ({ idleLock }) => (idleLock === 0 ? safe`never` : safeText(formatDuration(idleLock))),
  },
  oneOf('images', safe`Pictures`, ['auto', 'blocks', 'off']),
  onOff('spelling', safe`Spelling`),
  onOff('enterNewline', safe`Enter makes a new line, Alt+Enter sends`),
  onOff('shortcodes', safe`Emoji as :names:`),
  onOff('wideAmbiguous', safe`Ambiguous characters are wide`),
  onOff('reducedMotion', safe`Reduced motion`),
  onOff('screenReader', safe`For screen readers: one thing at a time, no boxes`),
]
