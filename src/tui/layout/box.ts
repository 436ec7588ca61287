// The room that an overlay has.

import type { Model } from '../model.ts'

export interface Box {
  readonly width: number
  readonly height: number
}

const MAX_WIDTH = 84
const MARGIN = 4
/** The frame's lines and a blank at each side. */
const EDGES = 4

/** The room inside of the frame. */
export function boxOf({ size }: Pick<Model, 'size'>): Box {
  const width = Math.max(10, Math.min(MAX_WIDTH, size.columns - MARGIN) - EDGES)
  return { width, height: Math.max(3, size.rows - MARGIN - 2) }
}
