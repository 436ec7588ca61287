// What can be typed in a conversation besides text.

import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { type Client, ClientError } from '../../client/api.ts'
import { errorFromJson } from '../../client/errors.ts'
import { type SafeText, safe, safeText } from '../../protocol/safe-text.ts'
import { chatLine, contactLine, messageLines } from '../render.ts'
import type { Style } from '../style.ts'

export interface Conversation {
  readonly client: Client
  readonly print: (...texts: readonly SafeText[]) => void
  readonly style: Style
  /** With whom; `/to` changes it. */
  chat: string | undefined
  /** Ids of what came and stands on the screen already. */
  readonly shown: Set<string>
  readonly leave: () => void
}

interface SlashCommand {
  readonly usage: string
  readonly summary: string
  readonly run: (conversation: Conversation, rest: string) => Promise<void>
}

const LIST_LENGTH = 20

export const SLASH_COMMANDS: ReadonlyMap<string, SlashCommand> = new Map<string, SlashCommand>([
  ['to', { usage: 'NAME', summary: 'talk to somebody else', run: to }],
  ['chats', { usage: '', summary: 'conversations', run: chats }],
  ['history', { usage: '', summary: 'what was said before', run: history }],
  ['accept', { usage: 'NAME', summary: 'accept a message request', run: accept }],
  ['reply', { usage: 'ID TEXT', summary: 'answer a message', run: reply }],
  ['react', { usage: 'ID EMOJI', summary: 'react to a message', run: react }],
  ['edit', { usage: 'ID TEXT', summary: 'replace your message', run: edit }],
  ['delete', { usage: 'ID', summary: 'delete a message for everyone', run: remove }],
  ['file', { usage: 'PATH', summary: 'send a file', run: file }],
  ['help', { usage: '', summary: 'this', run: help }],
  ['quit', { usage: '', summary: 'leave; so does Ctrl+D', run: async ({ leave }) => leave() }],
])

async function to(conversation: Conversation, name: string): Promise<void> {
  if (name === '') throw new ClientError('usage', 'To whom?', { hint: '/to NAME' })
  conversation.chat = name
}

async function chats({ client, print, style }: Conversation): Promise<void> {
  const { chats } = await client.call('chats', {})
  print(...chats.map((chat) => chatLine(chat, style)))
}

async function history(conversation: Conversation): Promise<void> {
  const { client, print, style } = conversation
  const { messages } = await client.call('history', {
    chat: chatOf(conversation),
    limit: LIST_LENGTH,
  })
  for (const message of messages) print(...messageLines(message, style))
}

async function accept({ client, print, style }: Conversation, name: string): Promise<void> {
  print(contactLine(await client.call('contact.accept', { name }), style))
}

async function reply(conversation: Conversation, rest: string): Promise<void> {
  const [id, text] = twoOf(rest)
  await sent(conversation, { reply: id, text })
}

async function react({ client }: Conversation, rest: string): Promise<void> {
  const [id, emoji] = twoOf(rest)
  await client.call('msg.react', { id, emoji })
}

async function edit({ client }: Conversation, rest: string): Promise<void> {
  const [id, text] = twoOf(rest)
  await client.call('msg.edit', { id, text })
}

async function remove({ client }: Conversation, id: string): Promise<void> {
  await client.call('msg.delete', { id, forEveryone: true })
}

async function file(conversation: Conversation, path: string): Promise<void> {
  await sent(conversation, { files: [resolve(path)] })
}

async function help({ print }: Conversation): Promise<void> {
  for (const [name, { usage, summary }] of SLASH_COMMANDS) {
    print(safe`  ${safeText(`/${name} ${usage}`.padEnd(20))}${safeText(summary)}`)
  }
}

/** What the server would not take is told; what only waits for it goes out by itself. */
export async function sent(
  conversation: Conversation,
  what: { readonly text?: string; readonly files?: readonly string[]; readonly reply?: string },
): Promise<void> {
  const { results } = await conversation.client.call('send', {
    to: [chatOf(conversation)],
    ...what,
    idempotencyKey: randomUUID(),
    wait: 'queued',
  })
  for (const { error } of results) {
    if (error !== undefined) throw errorFromJson(error)
  }
}

function chatOf({ chat }: Conversation): string {
  if (chat === undefined) throw new ClientError('usage', 'To whom?', { hint: '/to NAME' })
  return chat
}

function twoOf(rest: string): readonly [string, string] {
  const [, first, second] = /^(\S+)\s+(.+)$/s.exec(rest) ?? []
  if (first === undefined || second === undefined)
    throw new ClientError('usage', 'Something is missing here.', { hint: '/help' })
  return [first, second]
}
