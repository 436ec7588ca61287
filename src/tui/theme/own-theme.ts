// The user's own styles, as the config names them: `mention = "bold #ffcc00 on #202020"`.

import { type SafeText, safe, safeName } from '../../protocol/safe-text.ts'
import type { Colour, Style } from '../text/line.ts'
import { isHex } from './colour.ts'
import { isRole, type Role } from './roles.ts'

interface OwnTheme {
  readonly styles: Readonly<Partial<Record<Role, Style>>>
  /** What was not understood, in words. */
  readonly problems: readonly SafeText[]
}

const ATTRIBUTES = ['bold', 'dim', 'italic', 'underline', 'strike', 'inverse'] as const
const NAMED: readonly string[] = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
]
const BRIGHT = 8

export function ownTheme(values: Readonly<Record<string, string>>): OwnTheme {
  const styles: Partial<Record<Role, Style>> = {}
  const problems: SafeText[] = []
  for (const [role, text] of Object.entries(values)) {
    const style = parsedStyle(text)
    if (!isRole(role)) problems.push(safe`There is no role ${safeName(role)} in a theme.`)
    else if (style === undefined)
      problems.push(safe`${safeName(text)} is no style for ${safeName(role)}.`)
    else styles[role] = style
  }
  return { styles, problems }
}

function parsedStyle(text: string): Style | undefined {
  const style: { -readonly [key in keyof Style]: Style[key] } = {}
  let ground = false
  for (const word of text.trim().split(/\s+/)) {
    const attribute = ATTRIBUTES.find((name) => name === word)
    const colour = colourOf(word)
    if (attribute !== undefined) style[attribute] = true
    else if (word === 'on') ground = true
    else if (colour === undefined) return undefined
    else if (ground) style.bg = colour
    else style.fg = colour
  }
  return style
}

function colourOf(word: string): Colour | undefined {
  if (isHex(word)) return word
  if (/^\d{1,3}$/.test(word)) return Number(word) < 256 ? Number(word) : undefined
  const bright = word.startsWith('bright-')
  const at = NAMED.indexOf(bright ? word.slice('bright-'.length) : word)
  return at < 0 ? undefined : at + (bright ? BRIGHT : 0)
}
