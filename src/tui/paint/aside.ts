// Sequences that are no part of a frame: the bell, the clipboard, notifications, the title. What a
// peer could have a hand in goes in as SafeText, which has no control character, or encoded.

import type { SafeText } from '../../protocol/safe-text.ts'
import type { Env } from '../theme/depth.ts'
import { isSimple } from './modes.ts'
import { isInTmux, maybeInScreen } from './multiplexer.ts'

type Notifier = 'osc9' | 'osc777' | 'osc99' | 'none'

export const BELL = '\x07'

/** xterm takes a hundred thousand characters of base64; most terminals less. */
const MAX_CLIPBOARD_BYTES = 74_000
/** A window's bar is no place for more. */
const MAX_TITLE = 200
/** A notification that is longer is cut off by whoever shows it. */
const MAX_NOTICE = 500

/** OSC 52, with the text as base64: nothing in it can end the sequence. Undefined: too long, or a terminal that has none. */
export function clipboard(text: string, env: Env): string | undefined {
  if (isSimple(env)) return undefined
  const bytes = Buffer.from(text)
  if (bytes.length > MAX_CLIPBOARD_BYTES) return undefined
  return passed(`\x1b]52;c;${bytes.toString('base64')}\x07`, env)
}

/** For tmux to hand through, where it is set to; GNU screen takes it as a string of its own. Both
 *  get the bare sequence too: tmux keeps it and tells its own terminal (`set-clipboard`). */
function passed(sequence: string, env: Env): string {
  if (isInTmux(env)) {
    return `${sequence}\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\`
  }
  if (maybeInScreen(env)) return `\x1bP${sequence}\x1b\\`
  return sequence
}

export const title = (text: SafeText): string => `\x1b]2;${plain(text, MAX_TITLE)}\x1b\\`

export function notification(
  notifier: Notifier,
  { title: head, body }: { readonly title: SafeText; readonly body: SafeText },
): string {
  const [first, second] = [plain(head, MAX_TITLE), plain(body, MAX_NOTICE)]
  switch (notifier) {
    case 'osc9':
      return `\x1b]9;${second === '' ? first : `${first}: ${second}`}\x1b\\`
    case 'osc777':
      // A semicolon would begin the next field.
      return `\x1b]777;notify;${first.replaceAll(';', ',')};${second.replaceAll(';', ',')}\x1b\\`
    case 'osc99':
      return `\x1b]99;i=sotto:d=0;${first}\x1b\\\x1b]99;i=sotto:d=1:p=body;${second}\x1b\\`
    case 'none':
      return ''
  }
}

/** What the environment says of who understands which. Under tmux none comes through. */
export function notifierOf(env: Env): Notifier {
  if (isInTmux(env)) return 'none'
  if (env.KITTY_WINDOW_ID !== undefined || env.TERM === 'xterm-kitty') return 'osc99'
  const program = env.TERM_PROGRAM ?? ''
  if (/^(iTerm\.app|WezTerm|ghostty)$/.test(program) || env.ConEmuPID !== undefined) return 'osc9'
  if (env.VTE_VERSION !== undefined || /^(rxvt|foot|contour)/.test(env.TERM ?? '')) return 'osc777'
  return 'none'
}

/** One line, without the control characters that safe text may have: line breaks. */
const plain = (text: SafeText, most: number): string =>
  Array.from(text.replace(/[\x00-\x1f\x7f-\x9f]/g, ' '))
    .slice(0, most)
    .join('')
