// What was to happen after a while. Who is woken looks at the state as it is then.

import { locked } from '../actions/sotto.ts'
import type { Effect, Step } from '../effect.ts'
import type { Tick } from '../event.ts'
import type { ChatList, Model } from '../model.ts'
import { readWhatIsSeen } from './chats.ts'
import { keptOf } from './kept.ts'
import { CLOCK_MS } from './main.ts'
import { searchNow } from './overlay.ts'
import { anyMain, ask, deed, doing, mainOf, still, withMain } from './step.ts'

export function ticked(model: Model, tick: Tick): Step {
  const main = anyMain(model)
  switch (tick.kind) {
    case 'toast': {
      const { toast } = model
      if (toast === undefined) return still(model)
      return toast.number === tick.number
        ? still({ ...model, toast: undefined })
        : doing(model, {
            kind: 'wake',
            in: TOAST_AGAIN_MS,
            tick: { kind: 'toast', number: toast.number },
          })
    }
    case 'idle':
      return idle(model)
    case 'chats':
      return main === undefined
        ? still(model)
        : doing(
            withMain(model, { ...main, chats: { ...main.chats, changed: [] } }),
            ...changedChats(main.chats),
            ask({ kind: 'account' }),
          )
    case 'read':
      return readWhatIsSeen(model)
    case 'keep':
      return main === undefined
        ? still(model)
        : doing(model, deed({ method: 'screen.keep', params: { state: keptOf(main) } }))
    case 'clock':
      return doing(model, { kind: 'wake', in: CLOCK_MS, tick: { kind: 'clock' } })
    case 'search': {
      const seen = mainOf(model)
      return seen === undefined ? still(model) : searchNow(model, seen, tick.number)
    }
    case 'spelling':
      return spelling(model, tick.chat)
  }
}

/** More than these are read faster together. */
const MAX_SINGLE = 12

const changedChats = ({ archived, changed }: ChatList): readonly Effect[] =>
  changed === 'all' || changed.length > MAX_SINGLE
    ? [ask({ kind: 'chats', archived })]
    : changed.map((chat) => ask({ kind: 'chat', chat }))

const TOAST_AGAIN_MS = 3_000

function idle(model: Model): Step {
  const main = mainOf(model)
  const { idleLock } = model.settings
  if (main === undefined || idleLock === 0) return still(model)
  const left = model.lastKeyAt + idleLock - model.now
  return left <= 0
    ? locked(model, main)
    : doing(model, { kind: 'wake', in: left, tick: { kind: 'idle' } })
}

const WORDS = /[\p{L}][\p{L}'’]+/gu

function spelling(model: Model, chat: string): Step {
  const composer = anyMain(model)?.composers.get(chat)
  if (composer === undefined || composer.editor.text === '') return still(model)
  const words = [...new Set(composer.editor.text.match(WORDS) ?? [])]
  return doing(model, { kind: 'spell', chat, words })
}
