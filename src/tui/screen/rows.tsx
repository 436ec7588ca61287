// The leaf of every view: a block of finished lines. Ink gives it its place; what stands in it goes
// to the painter as it is.

import { Box, Text, Transform } from 'ink'
import { createContext, type ReactNode, useContext } from 'react'
import type { FrameBook } from '../paint/frame.ts'
import type { Line, Style } from '../text/line.ts'

export const BookContext = createContext<FrameBook | undefined>(undefined)

interface RowsProps {
  /** Each of at most `width` columns; what is wider is cut off, without an ellipsis. */
  readonly lines: readonly Line[]
  readonly width: number
  /** How the rest of each row looks. */
  readonly fill?: Style | undefined
}

/** Row number `n` of a block, on its way through Ink: private characters of the sixteenth plane. */
const FIRST_RULE = 0xf0000
const MAX_ROWS = 4096
const rules: string[] = []

export function Rows({ lines, width, fill }: RowsProps): ReactNode {
  const book = useContext(BookContext)
  const height = Math.min(lines.length, MAX_ROWS)
  if (book === undefined || width < 1 || height < 1) return null
  // Called by Ink when it draws, for each row that is not clipped away.
  const transform = (rule: string): string => {
    const line = lines[(rule.codePointAt(0) ?? 0) - FIRST_RULE]
    return line === undefined ? '' : book.place({ line, width, fill })
  }
  return (
    <Box width={width} height={height} flexShrink={0}>
      <Transform transform={transform}>
        <Text>{rule(height)}</Text>
      </Transform>
    </Box>
  )
}

function rule(height: number): string {
  const made = rules[height]
  if (made !== undefined) return made
  const text = Array.from({ length: height }, (_, row) => String.fromCodePoint(FIRST_RULE + row))
  const joined = text.join('\n')
  rules[height] = joined
  return joined
}
