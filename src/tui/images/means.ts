// How a terminal is shown pictures.

/** Two pixels in each cell, as text. */
export interface Means {
  readonly kind: 'blocks'
}

export const BLOCKS: Means = { kind: 'blocks' }
