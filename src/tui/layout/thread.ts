// Which lines of a conversation are on the screen. Blocks (a message with what stands above it: a
// day, the line of what is new, notes) have heights that are only made where they are needed, so a
// frame costs as much as it shows, however long the conversation is.

import type { Anchor, Thread } from '../model.ts'
import type { Line } from '../text/line.ts'

/** Makes the lines of the block at an index. */
type Blocks = (index: number) => readonly Line[]

export interface Viewport {
  readonly thread: Thread
  readonly anchor: Anchor
  readonly height: number
  readonly blocks: Blocks
}

interface VisibleBlock {
  readonly message: string
  readonly index: number
  /** The screen row of its first visible line, and the lines. */
  readonly row: number
  readonly lines: readonly Line[]
}

/** The bottom edge of the viewport: below so many lines of a block that are not seen. */
interface Bottom {
  readonly index: number
  readonly below: number
}

export function visible(viewport: Viewport): readonly VisibleBlock[] {
  const { thread, height, blocks } = viewport
  const bottom = bottomOf(viewport)
  const shown: VisibleBlock[] = []
  let { index, below } = bottom
  let row = height
  while (index >= 0 && row > 0) {
    const all = blocks(index)
    const lines = below > 0 ? all.slice(0, all.length - below) : all
    const kept = lines.slice(Math.max(0, lines.length - row))
    row -= kept.length
    const message = thread.messages[index]?.id
    if (message !== undefined && kept.length > 0) shown.push({ message, index, row, lines: kept })
    index -= 1
    below = 0
  }
  return shown.reverse()
}

/** The anchor after so many lines up (or, negative, down). */
export function scrolled(viewport: Viewport, lines: number): Anchor {
  return anchorAt(viewport, moved(viewport, bottomOf(viewport), lines))
}

/** As little as has to be, until this message is on the screen. */
export function revealed(viewport: Viewport, message: string): Anchor {
  const { thread, height, blocks } = viewport
  const index = thread.messages.findLastIndex(({ id }) => id === message)
  if (index < 0) return viewport.anchor
  const shown = visible(viewport)
  const first = shown[0]
  const own = shown.find((block) => block.index === index)
  if (own !== undefined && own.lines.length === blocks(index).length) {
    return placed(viewport)
  }
  if (first === undefined || index <= first.index) {
    return anchorAt(viewport, moved(viewport, { index, below: blocks(index).length }, -height))
  }
  return anchorAt(viewport, { index, below: 0 })
}

/** Where the viewport stands, as a place that what comes does not move. */
export const placed = (viewport: Viewport): Anchor => anchorAt(viewport, bottomOf(viewport))

/** The oldest lines that are loaded are on the screen, or nearly. */
export const nearTop = (viewport: Viewport): boolean =>
  (visible(viewport)[0]?.index ?? 0) < NEAR_BLOCKS
export const nearBottom = (viewport: Viewport): boolean =>
  bottomOf(viewport).index >= viewport.thread.messages.length - NEAR_BLOCKS

/** So that the next page is there before it is needed. */
const NEAR_BLOCKS = 30

function bottomOf(viewport: Viewport): Bottom {
  const { anchor, thread } = viewport
  const last = thread.messages.length - 1
  switch (anchor.kind) {
    case 'end':
      return { index: last, below: 0 }
    case 'at': {
      const index = thread.messages.findLastIndex(({ id }) => id === anchor.message)
      return index < 0
        ? { index: last, below: 0 }
        : settled(viewport, { index, below: anchor.below })
    }
    case 'reveal': {
      const index = thread.messages.findLastIndex(({ id }) => id === anchor.message)
      if (index < 0) return { index: last, below: 0 }
      // In the middle: what was said before and after is why one looked.
      return moved(viewport, { index, below: 0 }, -Math.floor(viewport.height / 2))
    }
  }
}

/** A block that became shorter, and a top with empty lines above it, are put right. */
function settled(viewport: Viewport, { index, below }: Bottom): Bottom {
  const height = viewport.blocks(index).length
  return moved(viewport, { index, below: Math.min(below, Math.max(0, height - 1)) }, 0)
}

function moved(viewport: Viewport, from: Bottom, lines: number): Bottom {
  const { thread, blocks } = viewport
  const last = thread.messages.length - 1
  let { index, below } = from
  below += lines
  while (index >= 0 && below >= blocks(index).length) {
    below -= blocks(index).length
    index -= 1
  }
  while (below < 0 && index < last) {
    index += 1
    below += blocks(index).length
  }
  if (below < 0) return { index: last, below: 0 }
  return highest(viewport, { index, below })
}

/** Not so far up that there would be nothing above: the first line stands at the top then. */
function highest(viewport: Viewport, { index, below }: Bottom): Bottom {
  const { height, blocks, thread } = viewport
  const last = thread.messages.length - 1
  let lines = -below
  for (let at = index; at >= 0 && lines < height; at -= 1) lines += blocks(at).length
  if (index >= 0 && lines >= height) return { index, below }
  // The lines of the first blocks fill the screen.
  let sum = 0
  for (let at = 0; at <= last; at += 1) {
    sum += blocks(at).length
    if (sum >= height) return { index: at, below: sum - height }
  }
  return { index: last, below: 0 }
}

function anchorAt({ thread }: Viewport, { index, below }: Bottom): Anchor {
  const last = thread.messages.length - 1
  // The last that is loaded is no end while more is to be fetched behind it.
  if (index >= last && below === 0 && thread.newer === 'end') return { kind: 'end' }
  const message = thread.messages[index]?.id
  return message === undefined ? { kind: 'end' } : { kind: 'at', message, below }
}
