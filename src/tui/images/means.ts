// How a terminal is shown pictures: by what it answered, and what the environment says of it.

import type { Reply } from '../input/event.ts'
import { isBehindAnother } from '../paint/multiplexer.ts'
import type { Env } from '../theme/depth.ts'

interface CellSize {
  readonly width: number
  readonly height: number
}

export type Means =
  /** Two pixels in each cell, as text. */
  | { readonly kind: 'blocks' }
  /** Pictures that the terminal keeps, and draws behind characters of their own. */
  | { readonly kind: 'kitty'; readonly cell: CellSize }

/** What the terminal answered so far. */
interface Answers {
  readonly graphics: boolean
  readonly cell: CellSize
  readonly version: string
}

export const BLOCKS: Means = { kind: 'blocks' }
/** Where a terminal does not say, and the finest that is sent: it makes of it what it needs. */
const USUAL_CELL: CellSize = { width: 10, height: 20 }
export const NO_ANSWERS: Answers = { graphics: false, cell: USUAL_CELL, version: '' }

export function answered(before: Answers, reply: Reply): Answers {
  switch (reply.of) {
    case 'kittyGraphics':
      return { ...before, graphics: reply.ok }
    case 'cellSize':
      return { ...before, cell: bounded(reply) }
    case 'version':
      return { ...before, version: reply.name }
    default:
      return before
  }
}

/** In the same shape. */
function bounded({ height, width }: CellSize): CellSize {
  const share = Math.min(1, USUAL_CELL.width / width, USUAL_CELL.height / height)
  return {
    width: Math.max(1, Math.round(width * share)),
    height: Math.max(1, Math.round(height * share)),
  }
}

/** Others that answer for kitty's graphics do not know its placeholders, and a picture that lies over
 *  the cells goes astray when they scroll. Of a multiplexer nobody knows what it hands through. */
export function meansOf({ cell, graphics, version }: Answers, env: Env): Means {
  if (isBehindAnother(env)) return BLOCKS
  return graphics && /^(kitty|ghostty)/i.test(version) ? { kind: 'kitty', cell } : BLOCKS
}
