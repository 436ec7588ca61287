// How many colours the terminal has, from the environment: FORCE_COLOR, then NO_COLOR, then what
// the terminal says of itself. Meaning never hangs on colour alone.

import type { Depth, Rgb } from './colour.ts'

export type Env = Readonly<Record<string, string | undefined>>

const FORCED: Readonly<Record<string, Depth>> = {
  '0': 'none',
  false: 'none',
  '1': '16',
  true: '16',
  '2': '256',
  '3': 'truecolor',
}
/** Terminals from before colours, and emulators that are told to be one. */
const MONOCHROME_TERM = /^(vt\d+|.*-mono|.*-m)$/
const TRUECOLOR_TERM = /-direct|truecolor|24bit|kitty|ghostty|alacritty|foot|wezterm|contour/
const TRUECOLOR_PROGRAM = new Set(['iTerm.app', 'WezTerm', 'ghostty', 'vscode', 'Hyper', 'rio'])

export function depthOf(env: Env): Depth {
  const forced = env.FORCE_COLOR
  if (forced !== undefined && forced !== '') return FORCED[forced] ?? '16'
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return 'none'
  const term = env.TERM ?? ''
  if (term === 'dumb' || term === '' || MONOCHROME_TERM.test(term)) return 'none'
  if (/^(truecolor|24bit)$/.test(env.COLORTERM ?? '')) return 'truecolor'
  if (TRUECOLOR_TERM.test(term)) return 'truecolor'
  if (TRUECOLOR_PROGRAM.has(env.TERM_PROGRAM ?? '')) return 'truecolor'
  return /256/.test(term) ? '256' : '16'
}

/** What some terminals say in COLORFGBG, before one has answered a question. */
export function backgroundHint(env: Env): Rgb | undefined {
  const last = env.COLORFGBG?.split(';').at(-1)
  if (last === undefined || !/^\d{1,2}$/.test(last)) return undefined
  const value = last === '7' || Number(last) > 8 ? 255 : 0
  return { red: value, green: value, blue: value }
}
