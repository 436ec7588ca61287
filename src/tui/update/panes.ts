// What holds of panes after everything that happens: a name whose conversation is known is that
// conversation, and a conversation on the screen is read.

import type { Step } from '../effect.ts'
import type { Main, Model } from '../model.ts'
import { conversationMade, readWhatIsSeen } from './chats.ts'
import { fetchNear } from './scroll.ts'
import { andThen, ask, doing, mainOf, paneOf, still, withMain } from './step.ts'
import { beingRead } from './thread.ts'

export function settlePanes(model: Model): Step {
  const main = mainOf(model)
  if (main === undefined) return still(model)
  const next = named(main)
  const open = new Set(next.panes.map(({ chat }) => chat).filter((chat) => chat !== undefined))
  const unread = [...open].filter((chat) => !next.threads.has(chat))
  if (next === main && unread.length === 0) return still(model)
  const threads = new Map(next.threads)
  for (const chat of unread) threads.set(chat, beingRead(chat))
  return doing(
    withMain(model, { ...next, threads }),
    ...unread.map((chat) => ask({ kind: 'history', chat, place: 'end' })),
  )
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
