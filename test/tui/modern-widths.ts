// xterm.js has the widths of Unicode 6, which gives pictures one column. The terminals of today, tmux
// and GNU screen give them two, as this table of East Asian widths has it.

import type xterm from '@xterm/headless'
import { WIDE, within } from '../../src/tui/text/east-asian-width.ts'

type Terminal = InstanceType<typeof xterm.Terminal>
type Width = 0 | 1 | 2

const NOTHING = /[\p{Mn}\p{Me}\p{Cf}]/u

function widthOf(code: number): Width {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return 0
  if (code >= 0x300 && NOTHING.test(String.fromCodePoint(code))) return 0
  return within(code, WIDE) ? 2 : 1
}

/** As xterm.js packs it: a width in bits 1 and 2, and in bit 0 that it joins what is before it. */
function packed(code: number, preceding: number): number {
  const before = (preceding >> 1) & 3
  const width = widthOf(code)
  const joins = width === 0 && preceding !== 0 && before !== 0
  return ((joins ? before : width) << 1) | Number(joins)
}

export function giveModernWidths({ unicode }: Terminal): void {
  unicode.register({ version: 'modern', wcwidth: widthOf, charProperties: packed })
  unicode.activeVersion = 'modern'
}
