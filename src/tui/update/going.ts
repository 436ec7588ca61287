// Going to a message: from a search, a pin, a quote.

import type { Step } from '../effect.ts'
import type { Main, Model } from '../model.ts'
import { openChat } from './chats.ts'
import { andThen, ask, doing, mainOf, paneOf, still, withMain, withPane } from './step.ts'
import { beingRead } from './thread.ts'

/** Opens its conversation there; what stands around it is fetched where it is not loaded. */
export function goToMessage(model: Model, chat: string, id: string): Step {
  return andThen(openChat(model, chat), (next) => {
    const main = mainOf(next)
    const pane = main === undefined ? undefined : paneOf(main)
    if (main === undefined || pane === undefined) return still(next)
    const there: Main = {
      ...withPane(main, { ...pane, anchor: { kind: 'reveal', message: id }, selected: id }),
      focus: 'thread',
    }
    const thread = there.threads.get(chat)
    if (thread?.messages.some((one) => one.id === id) === true) return still(withMain(next, there))
    const threads = new Map(there.threads).set(chat, thread ?? beingRead(chat))
    return doing(
      withMain(next, { ...there, threads }),
      ask({ kind: 'history', chat, place: 'around', from: id }),
    )
  })
}
