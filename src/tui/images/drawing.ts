// From a picture's pixels to the lines of a screen, by whatever means the terminal has. Pure.

import type { Picture, PictureWish } from '../host.ts'
import type { Line } from '../text/line.ts'
import type { Depth } from '../theme/colour.ts'
import type { Theme } from '../theme/theme.ts'
import { blockLines } from './half-blocks.ts'
import type { Means } from './means.ts'

/** Cells that a picture may take. */
export interface Room {
  readonly columns: number
  readonly rows: number
}

/** So many pixels are of use in this room. */
export function wishFor({ columns, rows }: Room, _means: Means, { dark }: Theme): PictureWish {
  return {
    width: Math.max(1, columns),
    height: Math.max(1, 2 * rows),
    ground: dark ? [0, 0, 0] : [255, 255, 255],
  }
}

/** Of a terminal without colours there is nothing to be made; sixteen are too few to see a thing. */
export const showsPictures = (depth: Depth): boolean => depth === '256' || depth === 'truecolor'

export function drawing(picture: Picture, _means: Means, depth: Depth): readonly Line[] {
  return blockLines(picture, depth)
}
