// Moving in a conversation: by lines, by messages, to its ends; and fetching what is near.

import type { Step } from '../effect.ts'
import { paneViewport } from '../layout/pane.ts'
import { nearBottom, nearTop, revealed, scrolled, type Viewport } from '../layout/thread.ts'
import type { Main, Model, Pane, Thread } from '../model.ts'
import { readWhatIsSeen } from './chats.ts'
import { andThen, ask, doing, mainOf, paneOf, still, withMain, withPane } from './step.ts'

interface Here {
  readonly main: Main
  readonly pane: Pane
  readonly thread: Thread
  readonly viewport: Viewport
}

function here(model: Model): Here | undefined {
  const main = mainOf(model)
  const pane = main === undefined ? undefined : paneOf(main)
  const thread = pane?.chat === undefined ? undefined : main?.threads.get(pane.chat)
  if (main === undefined || pane === undefined || thread === undefined) return undefined
  return { main, pane, thread, viewport: paneViewport(model, main, main.pane) }
}

export function scrollLines(model: Model, lines: number): Step {
  const at = here(model)
  if (at === undefined) return still(model)
  return settled(model, at, { ...at.pane, anchor: scrolled(at.viewport, lines) })
}

export function scrollPage(model: Model, direction: 1 | -1): Step {
  const at = here(model)
  // Two lines of before, to go on reading from.
  return at === undefined
    ? still(model)
    : scrollLines(model, direction * Math.max(1, at.viewport.height - 2))
}

/** The message above or below the one that is selected; without one, the newest. */
export function selectBy(model: Model, by: number): Step {
  const at = here(model)
  if (at === undefined || at.thread.messages.length === 0) return still(model)
  const { messages } = at.thread
  const now = messages.findLastIndex(({ id }) => id === at.pane.selected)
  const from = now < 0 ? messages.length : now
  const index = Math.min(Math.max(0, from + by), messages.length)
  const chosen = messages[index]?.id
  const main: Main = { ...at.main, focus: chosen === undefined ? 'composer' : 'thread' }
  const anchor = chosen === undefined ? at.pane.anchor : revealed(at.viewport, chosen)
  return settled(withMain(model, main), { ...at, main }, { ...at.pane, selected: chosen, anchor })
}

export function selectEnd(model: Model, end: 'first' | 'last'): Step {
  const at = here(model)
  if (at === undefined) return still(model)
  if (end === 'last' && at.thread.newer !== 'end' && at.pane.chat !== undefined) {
    const pane: Pane = { ...at.pane, anchor: { kind: 'end' }, selected: undefined }
    return doing(
      withMain(model, withPane(at.main, pane)),
      ask({ kind: 'history', chat: at.pane.chat, place: 'end' }),
    )
  }
  const chosen = end === 'first' ? at.thread.messages[0]?.id : at.thread.messages.at(-1)?.id
  const anchor =
    end === 'last' || chosen === undefined
      ? ({ kind: 'end' } as const)
      : revealed(at.viewport, chosen)
  return settled(model, at, { ...at.pane, selected: chosen, anchor })
}

function settled(model: Model, { main, thread }: Here, pane: Pane): Step {
  const moved = withMain(model, withPane(main, pane))
  return andThen(fetchNear(moved, thread), readWhatIsSeen)
}

/** The page before or behind, once one is near the edge of what is loaded. */
export function fetchNear(model: Model, thread: Thread): Step {
  const at = here(model)
  if (at === undefined) return still(model)
  const [first, last] = [thread.messages[0]?.id, thread.messages.at(-1)?.id]
  const { chat } = thread
  if (thread.older === 'more' && first !== undefined && nearTop(at.viewport)) {
    const threads = new Map(at.main.threads).set(chat, { ...thread, older: 'loading' })
    return doing(
      withMain(model, { ...at.main, threads }),
      ask({ kind: 'history', chat, place: 'older', from: first }),
    )
  }
  if (thread.newer === 'more' && last !== undefined && nearBottom(at.viewport)) {
    const threads = new Map(at.main.threads).set(chat, { ...thread, newer: 'loading' })
    return doing(
      withMain(model, { ...at.main, threads }),
      ask({ kind: 'history', chat, place: 'newer', from: last }),
    )
  }
  return still(model)
}
