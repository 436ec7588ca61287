// Who stands between us and the terminal, and what cannot be asked of it.

import type { Env } from '../theme/depth.ts'

const isSet = (value: string | undefined): boolean => value !== undefined && value !== ''

export const isInTmux = (env: Env): boolean => isSet(env.TMUX)

/** GNU screen, or what may be one: over ssh its TERM is all that is left, and a tmux may have it too. */
export const maybeInScreen = (env: Env): boolean =>
  isSet(env.STY) || (/^screen/.test(env.TERM ?? '') && !isInTmux(env))

/** While an application listens to the mouse, GNU screen keeps a lone Escape back until the next key.
 *  `version` is what the terminal calls itself, when it has answered. */
export const takesMouse = (env: Env, version = ''): boolean =>
  !maybeInScreen(env) || (!isSet(env.STY) && version.startsWith('tmux '))

export const isBehindAnother = (env: Env): boolean =>
  isInTmux(env) || isSet(env.STY) || /^(screen|tmux)/.test(env.TERM ?? '')
