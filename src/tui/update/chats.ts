// The list of conversations: what it shows, what is selected in it, and opening one.

import type { ChatListJson, MessageJson } from '../../client/api.ts'
import { EMPTY_EDITOR } from '../editor.ts'
import type { Step } from '../effect.ts'
import { columnsOf, firstPane } from '../layout/columns.ts'
import type { ChatList, Main, Model, Pane, Thread } from '../model.ts'
import { deed, doing, mainOf, paneOf, still, withMain, withPane } from './step.ts'
import { changeThread, markNew } from './thread.ts'

/** What the list shows: in the façade's order, requests last, as far as they fit the filter. */
export function listed({ all, filter, filtering }: ChatList): readonly ChatListJson[] {
  if (all === undefined) return []
  const wanted = filter.text.trim().toLowerCase()
  const fits = ({ name, last }: ChatListJson): boolean =>
    name.toLowerCase().includes(wanted) || (last?.body.toLowerCase().includes(wanted) ?? false)
  const shown = filtering && wanted !== '' ? all.filter(fits) : all
  return [...shown.filter(({ request }) => !request), ...shown.filter(({ request }) => request)]
}

export const selectedChat = (list: ChatList): ChatListJson | undefined => {
  const shown = listed(list)
  return shown.find(({ id }) => id === list.selected) ?? shown[0]
}

export const chatNamed = (main: Main, id: string | undefined): ChatListJson | undefined =>
  id === undefined
    ? undefined
    : (main.chats.all?.find((chat) => chat.id === id) ?? main.known.get(id))

/** By so many places; it stops at the ends. */
export function moveSelection(list: ChatList, by: number): ChatList {
  const shown = listed(list)
  const now = shown.findIndex(({ id }) => id === selectedChat(list)?.id)
  const at = Math.min(Math.max(0, now + by), shown.length - 1)
  return { ...list, selected: shown[at]?.id }
}

export const unfiltered = (list: ChatList): ChatList => ({
  ...list,
  filter: EMPTY_EDITOR,
  filtering: false,
})

/** Puts a conversation into the pane that has the focus, where one was when it was left. */
export function openChat(model: Model, id: string): Step {
  const main = mainOf(model)
  if (main === undefined) return still(model)
  const left = entered(leavePane(main), id)
  const pane: Pane = {
    chat: id,
    to: undefined,
    anchor: left.anchors.get(id) ?? { kind: 'end' },
    selected: undefined,
  }
  const chats = { ...unfiltered(left.chats), selected: id }
  const next: Main = { ...withPane(left, pane), chats, focus: 'composer', mode: 'insert' }
  return readWhatIsSeen(withMain(model, next))
}

/** Above what is unread stands the line of what is new. One that could not be read is read anew. */
function entered(main: Main, id: string): Main {
  const thread = main.threads.get(id)
  if (thread?.state === 'failed') {
    const threads = new Map(main.threads)
    threads.delete(id)
    return { ...main, threads }
  }
  const unread = chatNamed(main, id)?.unread ?? 0
  return unread === 0 ? main : changeThread(main, id, (one) => markNew(one, unread))
}

/** To somebody without a conversation yet: it begins with the first message. */
export function openPerson(model: Model, name: string): Step {
  const main = mainOf(model)
  if (main === undefined) return still(model)
  const known = main.chats.all?.find((chat) => chat.kind !== 'group' && chat.name === name)
  if (known !== undefined) return openChat(model, known.id)
  const pane: Pane = { chat: undefined, to: name, anchor: { kind: 'end' }, selected: undefined }
  const next: Main = { ...withPane(leavePane(main), pane), focus: 'composer', mode: 'insert' }
  return still(withMain(model, next))
}

/** Panes that were to a person are to this conversation now; what was being written goes along. */
export function conversationMade(
  main: Main,
  { id, name }: Pick<ChatListJson, 'id' | 'name'>,
): Main {
  const isOne = ({ chat, to }: Pane): boolean => chat === undefined && (to === name || to === id)
  const pane = main.panes.find(isOne)
  if (pane === undefined) return main
  const panes = main.panes.map((one) =>
    isOne(one)
      ? { ...one, chat: id, to: undefined, anchor: main.anchors.get(id) ?? one.anchor }
      : one,
  )
  const begun = main.composers.get(`@${pane.to}`)
  if (begun === undefined) return { ...main, panes }
  const composers = new Map(main.composers)
  composers.delete(`@${pane.to}`)
  if (!composers.has(id)) composers.set(id, begun)
  return { ...main, panes, composers }
}

/** Conversations whose newest message is on the screen, while somebody looks at it. */
export function seenChats(model: Model): readonly string[] {
  const main = mainOf(model)
  if (main === undefined || !model.focused || main.overlays.length > 0) return []
  const count = columnsOf(model, main).panes.length
  const first = firstPane(main, count)
  return main.panes.slice(first, first + count).flatMap(({ anchor, chat }) => {
    const thread = chat === undefined ? undefined : main.threads.get(chat)
    const isThere = thread?.state === 'read' && thread.newer === 'end'
    return isThere && anchor.kind === 'end' ? [thread.chat] : []
  })
}

/** What is seen counts as read. A request does not: its sender would learn of it. */
export function readWhatIsSeen(model: Model): Step {
  const main = mainOf(model)
  if (main === undefined) return still(model)
  const seen = seenChats(model)
    .map((chat) => chatNamed(main, chat))
    .filter((chat): chat is ChatListJson => chat !== undefined && chat.unread > 0 && !chat.request)
  if (seen.length === 0) return still(model)
  const ids = new Set(seen.map(({ id }) => id))
  const all = main.chats.all?.map((chat) => (ids.has(chat.id) ? { ...chat, unread: 0 } : chat))
  return doing(
    withMain(model, { ...main, chats: { ...main.chats, all } }),
    ...seen.map(({ id }) => deed({ method: 'chat.read', params: { chat: id } })),
  )
}

/** Keeps where one was, and takes away the line of what was new: it has been seen. */
export function leavePane(main: Main): Main {
  const pane = paneOf(main)
  if (pane?.chat === undefined) return main
  const thread = main.threads.get(pane.chat)
  const anchors = new Map(main.anchors).set(pane.chat, pane.anchor)
  if (thread === undefined) return { ...main, anchors }
  const others = [...main.threads].filter(([chat]) => chat !== pane.chat)
  const left = [...others, [pane.chat, { ...thread, newFrom: undefined }] as const]
  return { ...main, anchors, threads: new Map(lately(main, left)) }
}

/** Conversations that one left long ago are read again when one comes back. */
const MAX_THREADS = 20

function lately(
  { panes }: Main,
  threads: readonly (readonly [string, Thread])[],
): readonly (readonly [string, Thread])[] {
  const shown = new Set(panes.map(({ chat }) => chat))
  const first = threads.length - MAX_THREADS
  return threads.filter(([chat], at) => at >= first || shown.has(chat))
}

/** The list as a message that came or changed leaves it; the façade's answer follows later. */
export function stirred(list: ChatList, message: MessageJson, isNew: boolean): ChatList {
  const { all } = list
  const found = all?.find(({ id }) => id === message.chat.id)
  if (all === undefined || found === undefined) return list
  const isLast = found.last === null || isNew || found.last.id === message.id
  const chat: ChatListJson = {
    ...found,
    last: isLast ? message : found.last,
    unread: found.unread + (isNew && message.direction === 'in' ? 1 : 0),
  }
  if (!isNew) return { ...list, all: all.map((one) => (one === found ? chat : one)) }
  const others = all.filter((one) => one !== found)
  const at = chat.pinned ? 0 : others.filter(({ pinned }) => pinned).length
  return { ...list, all: others.toSpliced(at, 0, chat) }
}

/** The next conversation with something unread, from the one at hand on and around. */
export function nextUnread(main: Main): ChatListJson | undefined {
  const shown = listed(main.chats)
  const here = shown.findIndex(({ id }) => id === paneOf(main)?.chat)
  const around = [...shown.slice(here + 1), ...shown.slice(0, here + 1)]
  return (
    around.find(({ unread, muted_until }) => unread > 0 && muted_until === null) ??
    around.find(({ unread }) => unread > 0)
  )
}
