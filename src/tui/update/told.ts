// What the façade tells by itself: messages, receipts, the connection, trouble.

import type { EventJson, MessageJson } from '../../client/api.ts'
import { eventWords } from '../../client/event-words.ts'
import { nameOf } from '../../client/shown.ts'
import { type SafeText, safe, safeText } from '../../protocol/safe-text.ts'
import type { Effect, Step } from '../effect.ts'
import type { Main, Model } from '../model.ts'
import { chatNamed, conversationMade, seenChats, stirred } from './chats.ts'
import { also, anyMain, changeMain, doing, failed, mainOf, still, withMain } from './step.ts'
import { changeThread, noteOf, trimmed, withMessage, withNotes, withoutMessage } from './thread.ts'

/** The list is read again so long after something changed, and a long one seldom in a storm: what
 *  it shows is kept up by the messages themselves. */
const CHATS_AFTER_MS = 400
const CHATS_EACH_MS = 4
const READ_AFTER_MS = 150
/** In the status line, until they are looked at. */
const MAX_ALERTS = 9
const PREVIEW_LENGTH = 120

type Told = MessageJson | EventJson
const isMessage = (event: Told): event is MessageJson => event.type === 'message'

/** `chat` changed, or undefined where it may be any: it is read again soon, a long list less often. */
function chatsLater(model: Model, chat: string | undefined): Step {
  const chats = anyMain(model)?.chats
  if (chats === undefined) return still(model)
  const { all, readAt } = chats
  const isListed = all?.some(({ id }) => id === chat) === true
  const changed =
    chat === undefined || !isListed || chats.changed === 'all'
      ? 'all'
      : [...new Set([...chats.changed, chat])]
  const rest = changed === 'all' ? CHATS_EACH_MS * (all?.length ?? 0) : 0
  // Never more than the rest: the clock may have been set back.
  const left = Math.min(rest, readAt + rest - model.now)
  return doing(
    changeMain(model, (main) => ({ ...main, chats: { ...main.chats, changed } })),
    { kind: 'wake', in: Math.max(CHATS_AFTER_MS, left), tick: { kind: 'chats' } },
  )
}
const READ_LATER: Effect = { kind: 'wake', in: READ_AFTER_MS, tick: { kind: 'read' } }

export function told(model: Model, event: Told): Step {
  if (isMessage(event)) return message(model, event)
  switch (event.type) {
    case 'connected':
      return doing(
        changeMain(model, (main) => ({
          ...main,
          link: { kind: 'online' },
          threads: withoutFailed(main.threads),
        })),
        { kind: 'ask', request: { kind: 'account' } },
      )
    case 'disconnected': {
      const reason = safeText(textOf(event.reason))
      return still(changeMain(model, (main) => ({ ...main, link: { kind: 'offline', reason } })))
    }
    case 'message_removed':
      return chatsLater(
        changeMain(model, (main) =>
          changeThread(main, textOf(event.chat), (thread) =>
            withoutMessage(thread, textOf(event.id)),
          ),
        ),
        textOf(event.chat),
      )
    case 'progress':
      return still(progressed(model, event))
    case 'chat_changed':
      return chatsLater(model, textOf(event.chat))
    case 'contact_changed':
      return also(chatsLater(model, undefined), { kind: 'ask', request: { kind: 'contacts' } })
    case 'error':
      return isOfMessage(event) ? noted(model, event) : complained(model, event)
    default:
      return noted(model, event)
  }
}

const isOfMessage = (event: EventJson): boolean => eventWords(event, 'screen') !== undefined

/** What our own side says in sentences of its own: a clock that is off, a link that was refused. It
 *  comes with every try, and is said once until it was looked at. */
function complained(model: Model, event: EventJson): Step {
  const message = safeText(textOf(event.message))
  const main = anyMain(model)
  if (message === '' || main === undefined || main.alerts.includes(message)) return still(model)
  const hint = event.hint === undefined ? undefined : safeText(textOf(event.hint))
  const alerts = [...main.alerts, message].slice(-MAX_ALERTS)
  const step = still(withMain(model, { ...main, alerts }))
  // Behind a lock nothing is said on it.
  if (mainOf(model) === undefined) return step
  return failed(step, { code: textOf(event.code), message, hint: hint === '' ? undefined : hint })
}

function message(model: Model, event: MessageJson): Step {
  const main = anyMain(model)
  if (main === undefined) return still(model)
  const thread = main.threads.get(event.chat.id)
  const isKnown = thread?.messages.some(({ id }) => id === event.id) ?? false
  const known = chatNamed(main, event.chat.id)
  const last = known?.last ?? undefined
  // By when it came, not by when its sender says that it was sent: that clock is not ours.
  const isLate = last !== undefined && event.received_at < last.received_at
  const isNew = !isKnown && last?.id !== event.id && !isLate
  const isUnseen = isNew && event.direction === 'in' && !seenChats(model).includes(event.chat.id)
  const moved: Main = {
    ...changeThread(conversationMade(main, event.chat), event.chat.id, (one) => {
      const next = isReadAbove(main, one.chat)
        ? withMessage(one, event)
        : trimmed(withMessage(one, event))
      const begins = isUnseen && (known?.unread === 0 || one.newFrom === undefined)
      return begins ? { ...next, newFrom: event.id } : next
    }),
    chats: stirred(main.chats, event, isNew),
  }
  const step = also(chatsLater(withMain(model, moved), event.chat.id), READ_LATER)
  return isNew && event.direction === 'in' ? also(step, ...announced(model, main, event)) : step
}

const isReadAbove = ({ panes }: Main, chat: string): boolean =>
  panes.some((pane) => pane.chat === chat && pane.anchor.kind !== 'end')

/** A notification, where its person is not looking already. */
function announced(model: Model, main: Main, event: MessageJson): readonly Effect[] {
  const { notify, bell } = model.settings
  const chat = chatNamed(main, event.chat.id)
  const until = chat?.muted_until ?? null
  const muted = until !== null && Date.parse(until) > model.now
  const seen = seenChats(model).includes(event.chat.id)
  if (event.silent === true || muted || seen) return []
  const locked = model.screen.kind === 'locked'
  const from = nameOf(event.from.name)
  const effects: Effect[] = bell ? [{ kind: 'bell' }] : []
  if (notify === 'none') return effects
  const body = notify === 'full' && !locked ? previewOf(event) : safe`A new message.`
  const title = locked ? safe`sotto` : from
  return [...effects, { kind: 'notify', title, body }]
}

const previewOf = ({ body, attachments }: MessageJson): SafeText =>
  body === '' && attachments.length > 0
    ? safe`A file.`
    : safeText(Array.from(body).slice(0, PREVIEW_LENGTH).join(''))

function progressed(model: Model, event: EventJson): Model {
  const [done, total] = [Number(event.done), Number(event.total)]
  const id = textOf(event.id)
  return changeMain(model, (main) => {
    const transfers = new Map(main.transfers)
    if (done >= total) transfers.delete(id)
    else transfers.set(id, total > 0 ? done / total : 0)
    return { ...main, transfers }
  })
}

/** A line in its conversation, and where it is trouble, in the status line. */
function noted(model: Model, event: EventJson): Step {
  const note = noteOf(event)
  const words = eventWords(event, 'screen')
  const chat = (event.chat as { readonly id?: unknown } | null | undefined)?.id
  const isTrouble = note?.mood === 'bad' || (event.type === 'error' && words !== undefined)
  const next = changeMain(model, (main) => {
    const marked =
      note === undefined || typeof chat !== 'string'
        ? main
        : changeThread(main, chat, (thread) => withNotes(thread, [note]))
    if (!isTrouble || words === undefined) return marked
    return { ...marked, alerts: [...marked.alerts, words].slice(-MAX_ALERTS) }
  })
  return event.type === 'contact_request' ||
    event.type === 'contact_accepted' ||
    event.type === 'identity_changed'
    ? also(chatsLater(next, undefined), { kind: 'ask', request: { kind: 'contacts' } })
    : still(next)
}

/** What could not be read is read again, where it is on the screen. */
function withoutFailed(threads: Main['threads']): Main['threads'] {
  const kept = [...threads].filter(([, { state }]) => state !== 'failed')
  return kept.length === threads.size ? threads : new Map(kept)
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
