// A QR code of half blocks: two of its rows in one of the screen, dark on light whatever the theme.

import { encode } from 'uqr'
import type { SafeText } from '../../protocol/safe-text.ts'
import type { Line, Style } from '../text/line.ts'

const QUIET = 2
const PAPER: Style = { fg: '#000000', bg: '#ffffff' }

/** Undefined where there is no room for it. */
export function qrLines(
  text: string,
  { width, height }: { readonly width: number; readonly height: number },
): readonly Line[] | undefined {
  const { data, size } = encode(text, { border: QUIET })
  const rows = Math.ceil(size / 2)
  if (size > width || rows > height) return undefined
  return Array.from({ length: rows }, (_, row) => {
    const glyphs = Array.from({ length: size }, (_, column) => {
      const upper = data[2 * row]?.[column] === true
      const lower = data[2 * row + 1]?.[column] === true
      return upper ? (lower ? '█' : '▀') : lower ? '▄' : ' '
    })
    return [{ text: glyphs.join('') as SafeText, style: PAPER }]
  })
}
