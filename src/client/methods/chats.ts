// Conversations and their settings.

import { setImmediate as nextTurn } from 'node:timers/promises'

import type { ChatChange } from '../../engine/intent.ts'
import type { ChatRow } from '../../store/port.ts'
import { resolveChat } from '../addresses.ts'
import type { ChatListJson } from '../api.ts'
import { chatListJson } from '../json.ts'
import { type MethodsOf, type Profile, submit } from '../profile.ts'

type Names =
  | 'chats'
  | 'chat.show'
  | 'chat.mute'
  | 'chat.archive'
  | 'chat.pin'
  | 'chat.delete'
  | 'chat.expire'
  | 'chat.read'

/** A list of hundreds takes as long as many frames of a screen: others have their turn between. */
const CHATS_A_TURN = 25

/** Muted until further notice: the last moment that a Date can name. */
const FOR_EVER = 8.64e15

export const chatMethods: MethodsOf<Names> = {
  chats: async ({ store }, { archived }) => {
    const rows = store
      .chats()
      .filter((chat) => chat.archived === (archived === true))
      .toSorted((a, b) => Number(b.pinned) - Number(a.pinned) || b.lastAt - a.lastAt)
    const self = store.self()
    const reader = { ...store, self: () => self }
    const chats: ChatListJson[] = []
    for (const [at, { id }] of rows.entries()) {
      if (at % CHATS_A_TURN === CHATS_A_TURN - 1) await nextTurn()
      const chat = store.chat(id)
      if (chat !== undefined) chats.push(chatListJson(reader, chat))
    }
    return { chats }
  },
  'chat.show': async ({ store }, { chat }) => chatListJson(store, resolveChat(store, chat)),
  'chat.mute': (profile, params) => {
    const { now } = profile.env
    const until = params.for === undefined ? FOR_EVER : now() + params.for
    return change(profile, params.chat, { mutedUntil: params.off === true ? null : until })
  },
  'chat.archive': (profile, { chat, off }) => change(profile, chat, { archived: off !== true }),
  'chat.pin': (profile, { chat, off }) => change(profile, chat, { pinned: off !== true }),
  'chat.expire': (profile, { chat, after }) => change(profile, chat, { expireAfter: after }),
  'chat.delete': async (profile, params) => {
    const chat = resolveChat(profile.store, params.chat)
    await submit(profile, { kind: 'deleteChat', chat: chat.id })
    return {}
  },
  'chat.read': async (profile, params) => {
    const chat = resolveChat(profile.store, params.chat)
    await submit(profile, { kind: 'markRead', chat: chat.id })
    return current(profile, chat)
  },
}

async function change(profile: Profile, typed: string, what: ChatChange): Promise<ChatListJson> {
  const chat = resolveChat(profile.store, typed)
  await submit(profile, { kind: 'setChat', chat: chat.id, change: what })
  return current(profile, chat)
}

const current = ({ store }: Profile, chat: ChatRow): ChatListJson =>
  chatListJson(store, store.chat(chat.id) ?? chat)
