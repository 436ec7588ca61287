// A picture of half blocks: two pixels in one cell, the upper as its colour, the lower behind it.

import type { SafeText } from '../../protocol/safe-text.ts'
import type { Picture } from '../host.ts'
import type { Colour, Line, Span, Style } from '../text/line.ts'
import { type Depth, downgradedStyle, hexOf } from '../theme/colour.ts'

const UPPER = '▀'

export function blockLines(picture: Picture, depth: Depth): readonly Line[] {
  return Array.from({ length: Math.ceil(picture.height / 2) }, (_, row) =>
    rowOf(picture, row, depth),
  )
}

/** Cells of the same colours are one span. */
function rowOf(picture: Picture, row: number, depth: Depth): Line {
  const spans: Span[] = []
  let [count, fg, bg]: [number, Colour | undefined, Colour | undefined] = [0, undefined, undefined]
  const close = (): void => {
    if (count === 0) return
    const style: Style = downgradedStyle({ fg, bg }, depth)
    spans.push({ text: UPPER.repeat(count) as SafeText, style })
  }
  for (let column = 0; column < picture.width; column++) {
    const upper = pixel(picture, column, 2 * row)
    const lower = pixel(picture, column, 2 * row + 1)
    if (upper !== fg || lower !== bg) {
      close()
      count = 0
    }
    ;[count, fg, bg] = [count + 1, upper, lower]
  }
  close()
  return spans
}

/** Undefined below the last row: there the terminal's own ground is seen. */
function pixel({ height, pixels, width }: Picture, x: number, y: number): Colour | undefined {
  if (y >= height) return undefined
  const at = 4 * (y * width + x)
  const [red = 0, green = 0, blue = 0] = pixels.subarray(at, at + 3)
  return hexOf({ red, green, blue })
}
