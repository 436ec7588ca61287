// From a picture's pixels to the lines of a screen, by whatever means the terminal has. Pure.

import type { Picture, PictureWish } from '../host.ts'
import type { Line } from '../text/line.ts'
import type { Depth } from '../theme/colour.ts'
import type { Theme } from '../theme/theme.ts'
import { blockLines } from './half-blocks.ts'
import { type KittyPicture, kittyPicture } from './kitty.ts'
import type { Means } from './means.ts'

/** Cells that a picture may take. */
export interface Room {
  readonly columns: number
  readonly rows: number
}

type Drawing = KittyPicture | { readonly lines: readonly Line[] }

/** So many pixels are of use in this room. */
export function wishFor({ columns, rows }: Room, means: Means, { dark }: Theme): PictureWish {
  const cell = means.kind === 'blocks' ? { width: 1, height: 2 } : means.cell
  return {
    width: Math.max(1, columns * cell.width),
    height: Math.max(1, rows * cell.height),
    ground: dark ? [0, 0, 0] : [255, 255, 255],
  }
}

/** Of a terminal without colours there is nothing to be made; sixteen are too few to see a thing. */
export const showsPictures = (depth: Depth): boolean => depth === '256' || depth === 'truecolor'

/** `name`: the same picture has the same. */
export function drawing(picture: Picture, means: Means, depth: Depth, name: string): Drawing {
  switch (means.kind) {
    case 'blocks':
      return { lines: blockLines(picture, depth) }
    case 'kitty':
      return kittyPicture(picture, means, name)
  }
}
