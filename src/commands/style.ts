// Colours, where somebody sees them: `--no-color`, then FORCE_COLOR, then NO_COLOR, then whether
// it is a terminal at all. Meaning never hangs on colour alone.

import type { SafeText } from '../protocol/safe-text.ts'
import type { TerminalOutput } from './world.ts'

type Paint = (text: SafeText) => SafeText

export interface Style {
  readonly bold: Paint
  readonly dim: Paint
  readonly good: Paint
  readonly bad: Paint
  readonly accent: Paint
}

interface StyleOptions {
  readonly json: boolean
  readonly colour: boolean | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

const plain: Paint = (text) => text
/** Our own sequence around safe text: it is closed on the same line and says colour only. */
const paint =
  (on: number, off: number): Paint =>
  (text) =>
    `\x1b[${on}m${text}\x1b[${off}m` as SafeText

const COLOURED: Style = {
  bold: paint(1, 22),
  dim: paint(2, 22),
  good: paint(32, 39),
  bad: paint(31, 39),
  accent: paint(36, 39),
}
const PLAIN: Style = { bold: plain, dim: plain, good: plain, bad: plain, accent: plain }

export const styleOf = (stream: TerminalOutput, options: StyleOptions): Style =>
  wanted(stream, options) ? COLOURED : PLAIN

function wanted(stream: TerminalOutput, { json, colour, env }: StyleOptions): boolean {
  if (json || colour === false) return false
  const force = env.FORCE_COLOR
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false'
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false
  return stream.isTTY === true && env.TERM !== 'dumb'
}
