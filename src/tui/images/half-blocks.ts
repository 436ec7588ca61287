// A picture of half blocks: two pixels in one cell, the upper as its colour, the lower behind it.

import type { SafeText } from '../../protocol/safe-text.ts'
import type { Picture } from '../host.ts'
import type { Colour, Line, Span } from '../text/line.ts'
import { type Depth, downgradedStyle } from '../theme/colour.ts'

const UPPER = '▀' as SafeText

export function blocksOf(
  picture: Picture,
  {
    width,
    height,
    depth,
  }: { readonly width: number; readonly height: number; readonly depth: Depth },
): readonly Line[] {
  const rows = Math.min(height, Math.ceil(picture.height / 2))
  const columns = Math.min(width, picture.width)
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column): Span => {
      const style = { fg: pixel(picture, column, 2 * row), bg: pixel(picture, column, 2 * row + 1) }
      return { text: UPPER, style: downgradedStyle(style, depth) }
    }),
  )
}

function pixel({ height, pixels, width }: Picture, x: number, y: number): Colour | undefined {
  if (y >= height) return undefined
  const at = 4 * (y * width + x)
  const [red = 0, green = 0, blue = 0] = pixels.subarray(at, at + 3)
  return `#${[red, green, blue].map((value) => value.toString(16).padStart(2, '0')).join('')}`
}
