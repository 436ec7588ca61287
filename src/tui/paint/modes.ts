// What the terminal is asked to be while we have it, and how it is given back. Pure: sequences only.

import type { Env } from '../theme/depth.ts'
import { isBehindAnother, maybeInScreen } from './multiplexer.ts'

/** What is on, beyond the screen itself. */
export interface Modes {
  readonly mouse: boolean
  /** The terminal has answered that it knows the kitty keyboard protocol. */
  readonly kittyKeyboard: boolean
}

const ALTERNATE_SCREEN = '\x1b[?1049'
const WRAPPING = '\x1b[?7'
const PASTE = '\x1b[?2004'
const FOCUS = '\x1b[?1004'
/** Buttons and drags; columns beyond 223. */
const MOUSE = ['\x1b[?1002', '\x1b[?1006'] as const
const CLEAR = '\x1b[2J\x1b[H'
/** From its end to its beginning: what is erased as a whole, GNU screen keeps in its scrollback. */
const WIPE = '\x1b[999;999H\x1b[1J\x1b[H'
const PLAIN = '\x1b[m'
const SAVE_TITLE = '\x1b[22;2t'
const RESTORE_TITLE = '\x1b[23;2t'

export const SHOW_CURSOR = '\x1b[?25h'
export const HIDE_CURSOR = '\x1b[?25l'
export const BEGIN_UPDATE = '\x1b[?2026h'
export const END_UPDATE = '\x1b[?2026l'
export const SYNCHRONISED = 2026

/** Tell keys apart that were one byte; say the shifted character as well. */
const KITTY_PUSH = '\x1b[>5u'
const KITTY_POP = '\x1b[<u'
/** xterm's older way, for Shift+Enter at least. */
const OTHER_KEYS_ON = '\x1b[>4;1m'
const OTHER_KEYS_OFF = '\x1b[>4m'

export const mouseOn = MOUSE.map((mode) => `${mode}h`).join('')
export const mouseOff = MOUSE.toReversed()
  .map((mode) => `${mode}l`)
  .join('')
export const keyboardOn = (kitty: boolean): string => (kitty ? KITTY_PUSH : OTHER_KEYS_ON)

/** Nothing wraps while we have the screen: a cluster that is wider than we believe stays in its row. */
export const entered = ({ mouse, kittyKeyboard }: Modes): string =>
  `${SAVE_TITLE}${ALTERNATE_SCREEN}h${CLEAR}${HIDE_CURSOR}${WRAPPING}l${PASTE}h${FOCUS}h${
    mouse ? mouseOn : ''
  }${kittyKeyboard ? KITTY_PUSH : ''}`

/** The alternate screen is left empty, for some terminals let one look at it afterwards. */
export const left = ({ kittyKeyboard }: Modes): string =>
  `${END_UPDATE}${kittyKeyboard ? KITTY_POP : ''}${OTHER_KEYS_OFF}${mouseOff}${FOCUS}l${PASTE}l${PLAIN}${WIPE}${WRAPPING}h${ALTERNATE_SCREEN}l${RESTORE_TITLE}${SHOW_CURSOR}`

/** Questions whose answers come as input. The last one every terminal answers, so that its answer
 *  says that no other will follow. */
const QUESTIONS = '\x1b[?2026$p\x1b[?u\x1b[16t\x1b[>0q'
const BACKGROUND_QUESTION = '\x1b]11;?\x1b\\'
const LAST_QUESTION = '\x1b[c'
const GRAPHICS_QUESTION = '\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\'

/** Terminals that print what they do not know: they are asked nothing, and told no strings. */
export const isSimple = (env: Env): boolean =>
  /^(linux|cons25|vt\d+|ansi|dumb)/.test(env.TERM ?? '')

export function questions(env: Env): string {
  if (isSimple(env)) return ''
  // GNU screen repeats it whenever it draws itself anew, to whatever runs in it by then.
  const background = maybeInScreen(env) ? '' : BACKGROUND_QUESTION
  // GNU screen and tmux keep strings that they do not know to themselves, or show them.
  const graphics = isBehindAnother(env) ? '' : GRAPHICS_QUESTION
  return `${QUESTIONS}${background}${graphics}${LAST_QUESTION}`
}
