// What one does to a conversation.

import type { ChatListJson } from '../../client/api.ts'
import { parseDuration } from '../../client/duration.ts'
import { nameOf } from '../../client/shown.ts'
import { isolated, type SafeText, safe, safeText } from '../../protocol/safe-text.ts'
import type { Action, ActionContext } from '../action.ts'
import { EMPTY_EDITOR } from '../editor.ts'
import type { Step } from '../effect.ts'
import type { Main } from '../model.ts'
import { placed } from '../path.ts'
import type { Deed } from '../request.ts'
import { chatNamed, openChat, openPerson, selectedChat } from '../update/chats.ts'
import { durationOf } from '../update/pages.ts'
import { chatPicker, choices } from '../update/pickers.ts'
import { ask, deed, doing, opened, paneOf, still, toasted, withMain } from '../update/step.ts'

/** The one that is selected in the list, or the one that is open. */
export const chatAtHand = (main: Main): ChatListJson | undefined =>
  main.focus === 'list' ? selectedChat(main.chats) : chatNamed(main, paneOf(main)?.chat)

const hasChat = ({ main }: ActionContext): boolean => chatAtHand(main) !== undefined

function withChat(
  context: ActionContext,
  what: (chat: ChatListJson) => readonly [Deed, SafeText] | undefined,
): Step {
  const chat = chatAtHand(context.main)
  const wanted = chat === undefined ? undefined : what(chat)
  return wanted === undefined
    ? toasted(still(context.model), 'plain', safe`No conversation is open.`)
    : doing(context.model, deed(...wanted))
}

const EXPIRY: readonly (readonly [string, SafeText])[] = [
  ['off', safe`never`],
  ['1h', safe`an hour`],
  ['1d', safe`a day`],
  ['7d', safe`a week`],
  ['30d', safe`thirty days`],
]

function expire(context: ActionContext): Step {
  const { model, main, args } = context
  if (args === '') {
    const values = EXPIRY.map(([value, label]) => [value, label, safe``] as const)
    return still(
      withMain(model, opened(main, choices(safe`Messages disappear after`, 'chat.expire', values))),
    )
  }
  const after = args === 'off' ? null : parseDuration(args)
  return withChat(context, ({ id, name }) => [
    { method: 'chat.expire', params: { chat: id, after } },
    after === null
      ? safe`Messages with ${nameOf(name)} stay.`
      : safe`New messages with ${nameOf(name)} disappear after ${durationOf(after)}.`,
  ])
}

function search(context: ActionContext, within: string | undefined): Step {
  const { model, main } = context
  const next = opened(main, {
    kind: 'search',
    query: EMPTY_EDITOR,
    within,
    results: [],
    selected: 0,
    number: 0,
    busy: false,
  })
  return still(withMain(model, next))
}

function jump({ model, main, args }: ActionContext): Step {
  if (args === '') {
    return still(withMain(model, opened(main, chatPicker(main, 'chat.jump', safe`Talk to whom?`))))
  }
  const word = args.startsWith('@') ? args.slice(1) : args
  return chatNamed(main, word) === undefined ? openPerson(model, word) : openChat(model, word)
}

export const CONVERSATIONS: readonly Action[] = [
  {
    id: 'chat.jump',
    group: 'conversations',
    slash: 'to',
    title: safe`Go to a conversation`,
    summary: safe`find a conversation or a person and go there`,
    args: 'chat',
    commands: ['chat', 'chats', 'chat show'],
    run: jump,
  },
  {
    id: 'chat.me',
    group: 'conversations',
    slash: 'me',
    title: safe`Note to self`,
    summary: safe`write to yourself`,
    run: ({ model }) => openPerson(model, 'me'),
  },
  {
    id: 'search.chat',
    group: 'conversations',
    slash: 'search',
    title: safe`Search in this conversation`,
    summary: safe`find words in this conversation; Tab widens it to all`,
    commands: ['search', 'history'],
    run: (context) => search(context, paneOf(context.main)?.chat),
  },
  {
    id: 'search.all',
    group: 'conversations',
    slash: 'searchall',
    title: safe`Search everywhere`,
    summary: safe`find words in all conversations`,
    run: (context) => search(context, undefined),
  },
  {
    id: 'chat.mute',
    group: 'conversations',
    slash: 'mute',
    title: safe`Mute, or unmute`,
    summary: safe`no notifications from this conversation: /mute, /mute 8h, /unmute`,
    args: 'duration',
    commands: ['chat mute'],
    available: hasChat,
    run: (context) =>
      withChat(context, ({ id, name, muted_until }) =>
        muted_until !== null && context.args === ''
          ? [
              { method: 'chat.mute', params: { chat: id, off: true } },
              safe`${nameOf(name)} is heard again.`,
            ]
          : [
              {
                method: 'chat.mute',
                params: {
                  chat: id,
                  ...(context.args === '' ? {} : { for: parseDuration(context.args) }),
                },
              },
              safe`${nameOf(name)} is muted.`,
            ],
      ),
  },
  {
    id: 'chat.unmute',
    group: 'conversations',
    slash: 'unmute',
    title: safe`Unmute`,
    summary: safe`notifications again`,
    available: ({ main }) => (chatAtHand(main)?.muted_until ?? null) !== null,
    run: (context) =>
      withChat(context, ({ id, name }) => [
        { method: 'chat.mute', params: { chat: id, off: true } },
        safe`${nameOf(name)} is heard again.`,
      ]),
  },
  {
    id: 'chat.pin',
    group: 'conversations',
    slash: 'pinchat',
    title: safe`Pin the conversation, or unpin it`,
    summary: safe`keep the conversation at the top of the list`,
    commands: ['chat pin'],
    available: hasChat,
    run: (context) =>
      withChat(context, ({ id, name, pinned }) => [
        { method: 'chat.pin', params: { chat: id, ...(pinned ? { off: true } : {}) } },
        pinned ? safe`${nameOf(name)} is not pinned any more.` : safe`${nameOf(name)} is pinned.`,
      ]),
  },
  {
    id: 'chat.archive',
    group: 'conversations',
    slash: 'archive',
    title: safe`Archive, or take out of the archive`,
    summary: safe`out of the list until something comes`,
    commands: ['chat archive'],
    available: hasChat,
    run: (context) =>
      withChat(context, ({ id, name, archived }) => [
        { method: 'chat.archive', params: { chat: id, ...(archived ? { off: true } : {}) } },
        archived ? safe`${nameOf(name)} is in the list again.` : safe`${nameOf(name)} is archived.`,
      ]),
  },
  {
    id: 'chat.archived',
    group: 'conversations',
    slash: 'archived',
    title: safe`Show the archive, or the list`,
    summary: safe`the list shows archived conversations, or the others again`,
    run: ({ model, main }) => {
      const archived = !main.chats.archived
      const chats = { ...main.chats, archived, all: undefined, selected: undefined }
      return doing(
        withMain(model, { ...main, chats, focus: 'list' }),
        ask({ kind: 'chats', archived }),
      )
    },
  },
  {
    id: 'chat.expire',
    group: 'conversations',
    slash: 'expire',
    title: safe`Disappearing messages`,
    summary: safe`new messages disappear after a while: /expire 1d, /expire off`,
    args: ['off', '1h', '1d', '7d', '30d'],
    commands: ['chat expire'],
    available: hasChat,
    run: expire,
  },
  {
    id: 'chat.read',
    group: 'conversations',
    slash: 'read',
    title: safe`Mark as read`,
    summary: safe`everything in this conversation counts as read`,
    commands: ['chat read'],
    available: hasChat,
    run: (context) =>
      withChat(context, ({ id }) => [{ method: 'chat.read', params: { chat: id } }, safe`Read.`]),
  },
  {
    id: 'chat.pins',
    group: 'conversations',
    slash: 'pins',
    title: safe`Pinned messages`,
    summary: safe`what was pinned in this conversation`,
    available: hasChat,
    run: ({ model, main }) => {
      const chat = chatAtHand(main)
      return chat === undefined
        ? still(model)
        : doing(model, ask({ kind: 'pinned', chat: chat.id }))
    },
  },
  {
    id: 'chat.scheduled',
    group: 'conversations',
    slash: 'scheduled',
    title: safe`Scheduled messages`,
    summary: safe`what waits for its time in this conversation; Enter cancels one`,
    available: hasChat,
    run: ({ model, main }) => {
      const chat = chatAtHand(main)
      return chat === undefined
        ? still(model)
        : doing(model, ask({ kind: 'scheduled', chat: chat.id }))
    },
  },
  {
    id: 'chat.export',
    group: 'conversations',
    slash: 'export',
    title: safe`Export the conversation`,
    summary: safe`write this conversation to a file: /export chat.md (or .jsonl, .html)`,
    args: 'path',
    prompt: safe`Write it to which file? .md, .html or .jsonl`,
    commands: ['export'],
    available: hasChat,
    run: (context) =>
      withChat(context, ({ id }) => {
        const output = placed(context.model, context.args)
        const format = output.endsWith('.html')
          ? 'html'
          : output.endsWith('.jsonl')
            ? 'jsonl'
            : 'md'
        return [
          { method: 'export', params: { chat: id, format, output } },
          safe`Exported to ${isolated(safeText(output))}`,
        ]
      }),
  },
  {
    id: 'chat.delete',
    group: 'conversations',
    slash: 'deletechat',
    title: safe`Delete the conversation`,
    summary: safe`delete this conversation on this device`,
    commands: ['chat delete'],
    available: hasChat,
    run: (context) => {
      const { model, main, args } = context
      const chat = chatAtHand(main)
      if (chat === undefined) return still(model)
      if (args !== chat.id) {
        return still(
          withMain(
            model,
            opened(main, {
              kind: 'confirm',
              question: safe`Delete the whole conversation with ${nameOf(chat.name)} on this device?`,
              yes: { action: 'chat.delete', args: chat.id },
              danger: true,
            }),
          ),
        )
      }
      const threads = new Map(main.threads)
      threads.delete(chat.id)
      const known = new Map(main.known)
      known.delete(chat.id)
      const panes = main.panes.map((pane) =>
        pane.chat === chat.id
          ? { ...pane, chat: undefined, to: chat.name, selected: undefined }
          : pane,
      )
      const all = main.chats.all?.filter(({ id }) => id !== chat.id)
      return doing(
        withMain(model, { ...main, threads, known, panes, chats: { ...main.chats, all } }),
        deed({ method: 'chat.delete', params: { chat: chat.id } }, safe`The conversation is gone.`),
      )
    },
  },
]
