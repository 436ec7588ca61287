// What holds of panes after everything that happens: a name whose conversation is known is that
// conversation, and a conversation on the screen is read.

import type { Step } from '../effect.ts'
import { paneViewport } from '../layout/pane.ts'
import { placed } from '../layout/thread.ts'
import type { Main, Model, Pane } from '../model.ts'
import { conversationMade, readWhatIsSeen } from './chats.ts'
import { fetchNear } from './scroll.ts'
import { andThen, ask, doing, mainOf, paneOf, still, withMain } from './step.ts'
import { beingRead } from './thread.ts'

export function settlePanes(model: Model): Step {
  const main = mainOf(model)
  if (main === undefined) return still(model)
  const next = placedPanes(model, named(main))
  const open = new Map(
    next.panes.flatMap(({ anchor, chat }) => (chat === undefined ? [] : [[chat, anchor] as const])),
  )
  const unread = [...open].filter(([chat]) => !next.threads.has(chat))
  if (next === main && unread.length === 0) return still(model)
  const threads = new Map(next.threads)
  for (const [chat] of unread) threads.set(chat, beingRead(chat))
  return doing(
    withMain(model, { ...next, threads }),
    ...unread.map(([chat, anchor]) =>
      ask(
        anchor.kind === 'end'
          ? { kind: 'history', chat, place: 'end' }
          : { kind: 'history', chat, place: 'around', from: anchor.message },
      ),
    ),
  )
}

/** What was to be seen has a place once it is there: what comes afterwards does not move it. */
function placedPanes(model: Model, main: Main): Main {
  const isThere = ({ anchor, chat }: Pane): boolean =>
    anchor.kind === 'reveal' &&
    (main.threads.get(chat ?? '')?.messages.some(({ id }) => id === anchor.message) ?? false)
  if (!main.panes.some(isThere)) return main
  const shown = withMain(model, main)
  return {
    ...main,
    panes: main.panes.map((pane, at) =>
      isThere(pane) ? { ...pane, anchor: placed(paneViewport(shown, main, at)) } : pane,
    ),
  }
}

/** More of the conversation, where one is near the edge of what is there. */
export function settleReading(model: Model): Step {
  const main = mainOf(model)
  const chat = main === undefined ? undefined : paneOf(main)?.chat
  const thread = chat === undefined ? undefined : main?.threads.get(chat)
  return thread === undefined ? still(model) : andThen(fetchNear(model, thread), readWhatIsSeen)
}

/** Whoever was named by the command line or opened before there was a conversation. */
function named(main: Main): Main {
  const known = main.panes.flatMap(({ chat, to }) =>
    chat === undefined && to !== undefined
      ? (main.chats.all?.filter(({ id, name }) => id === to || name === to) ?? [])
      : [],
  )
  return known.reduce(conversationMade, main)
}
