// A view as the text that a terminal would show: no terminal, no painter, the same cells.

import type { ReactNode } from 'react'
import type { Cells } from '../../src/tui/paint/cells.ts'
import type { Frame, Size } from '../../src/tui/paint/frame.ts'
import { Canvas } from '../../src/tui/screen/canvas.tsx'

/** The frame of an element on a screen of that size. */
export function frameOf(element: ReactNode, size: Size): Frame {
  let failed: Error | undefined
  const canvas = new Canvas({
    size,
    onChange: () => {},
    onError: (error) => {
      failed = error
    },
  })
  try {
    const frame = canvas.frame(element)
    if (failed !== undefined) throw failed
    return frame
  } finally {
    canvas.close()
  }
}

/** Its rows, without blanks at their ends. Isolates are left out: they have no column. */
export const snapshot = (element: ReactNode, size: Size): string =>
  frameOf(element, size).map(rowText).join('\n')

export const rowText = ({ glyphs }: Cells): string =>
  glyphs
    .join('')
    .replace(/[\u2066-\u2069]/g, '')
    .trimEnd()
