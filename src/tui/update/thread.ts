// What was read of a conversation: one stretch of its history without gaps. Messages come, change
// and go; older and newer ones are fetched as one gets near the edge.

import type { EventJson, MessageJson } from '../../client/api.ts'
import { eventWords } from '../../client/event-words.ts'
import type { Main, Note, Thread } from '../model.ts'
import type { Answer } from '../request.ts'

/** Some screens full: one answer of a few hundred kilobytes. */
export const HISTORY_PAGE = 100
/** Beyond this the far end is let go: it is fetched again when somebody comes back to it. */
export const MAX_LOADED = 3_000

type HistoryAnswer = Extract<Answer, { kind: 'history' }>

export const beingRead = (chat: string): Thread => ({
  chat,
  state: 'reading',
  messages: [],
  older: 'end',
  newer: 'end',
  newFrom: undefined,
  notes: [],
})

export function loaded(thread: Thread, answer: HistoryAnswer): Thread {
  const { place, messages, older, newer } = answer
  const [first, last] = [older ? 'more' : 'end', newer ? 'more' : 'end'] as const
  if (thread.state !== 'read' || place === 'end' || place === 'around') {
    const got = new Set(messages.map(({ id }) => id))
    const late =
      thread.state === 'reading' && !newer
        ? thread.messages.filter((one) => !got.has(one.id) && !isBefore(one, messages.at(-1)))
        : []
    return {
      ...thread,
      state: 'read',
      messages: [...messages, ...late],
      older: first,
      newer: last,
      newFrom: undefined,
    }
  }
  const known = new Set(thread.messages.map(({ id }) => id))
  const fresh = messages.filter(({ id }) => !known.has(id))
  if (place === 'older') {
    const all = [...fresh, ...thread.messages]
    const cut = all.length > MAX_LOADED
    return {
      ...thread,
      messages: all.slice(0, MAX_LOADED),
      older: first,
      newer: cut ? 'more' : thread.newer,
    }
  }
  const all = [...thread.messages, ...fresh]
  const cut = all.length > MAX_LOADED
  return {
    ...thread,
    messages: all.slice(-MAX_LOADED),
    older: cut ? 'more' : thread.older,
    newer: last,
  }
}

/** A message that came or changed. One that belongs behind what is loaded waits to be fetched. */
export function withMessage(thread: Thread, message: MessageJson): Thread {
  const at = thread.messages.findLastIndex(({ id }) => id === message.id)
  if (at >= 0) return { ...thread, messages: thread.messages.with(at, message) }
  if (thread.newer !== 'end') return thread
  // One of long ago that changed: it is fetched, as it is then, with its page.
  if (thread.older !== 'end' && isBefore(message, thread.messages[0])) return thread
  return { ...thread, messages: [...thread.messages, message] }
}

/** Lets go of the oldest, where nobody reads further up. */
export const trimmed = (thread: Thread): Thread =>
  thread.messages.length <= MAX_LOADED
    ? thread
    : { ...thread, messages: thread.messages.slice(-MAX_LOADED), older: 'more' }

const isBefore = (one: MessageJson, other: MessageJson | undefined): boolean =>
  other !== undefined && one.received_at < other.received_at

export const withoutMessage = (thread: Thread, gone: string): Thread =>
  thread.messages.some(({ id }) => id === gone)
    ? { ...thread, messages: thread.messages.filter(({ id }) => id !== gone) }
    : thread

/** The line of what is new, above the first of so many unread messages. */
export function markNew(thread: Thread, unread: number): Thread {
  let left = unread
  let from: string | undefined
  for (const { id, direction } of thread.messages.toReversed()) {
    if (left === 0) break
    if (direction !== 'in') continue
    from = id
    left -= 1
  }
  return { ...thread, newFrom: from }
}

/** What stands in a conversation beside its messages. */
export const NOTED = [
  'contact_accepted',
  'identity_changed',
  'device_added',
  'device_removed',
  'gap',
  'error',
] as const
const BAD: ReadonlySet<string> = new Set(['identity_changed', 'gap', 'error'])

export function noteOf(event: EventJson): Note | undefined {
  if (!(NOTED as readonly string[]).includes(event.type)) return undefined
  const text = eventWords(event, 'screen')
  if (text === undefined || event.cursor === undefined) return undefined
  const at = typeof event.at === 'string' ? event.at : ''
  return { cursor: event.cursor, at, text, mood: BAD.has(event.type) ? 'bad' : 'plain' }
}

/** Each once, in their order. */
export function withNotes(thread: Thread, notes: readonly Note[]): Thread {
  const known = new Set(thread.notes.map(({ cursor }) => cursor))
  const fresh = notes.filter(({ cursor }) => !known.has(cursor))
  if (fresh.length === 0) return thread
  const all = [...thread.notes, ...fresh].toSorted((a, b) => a.at.localeCompare(b.at))
  return { ...thread, notes: all }
}

export const changeThread = (
  main: Main,
  chat: string,
  change: (thread: Thread) => Thread,
): Main => {
  const thread = main.threads.get(chat)
  if (thread === undefined) return main
  const next = change(thread)
  return next === thread ? main : { ...main, threads: new Map(main.threads).set(chat, next) }
}
