// The room that an overlay has.

import type { Model, Overlay } from '../model.ts'

export interface Box {
  readonly width: number
  readonly height: number
}

const MAX_WIDTH = 84
const MARGIN = 4
/** The frame's lines and a blank at each side. */
const EDGES = 4

/** The room inside of the frame. A QR code cannot be scrolled: it has the whole screen. */
export function boxOf({ size }: Pick<Model, 'size'>, overlay?: Overlay): Box {
  const width = Math.max(10, Math.min(MAX_WIDTH, size.columns - MARGIN) - EDGES)
  const isCode = overlay?.kind === 'verify' && overlay.show === 'qr'
  return { width, height: Math.max(3, size.rows - (isCode ? 0 : MARGIN) - 2) }
}
