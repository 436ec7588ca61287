// A conversation line by line: what is typed is sent, what comes appears above the prompt.

import { clearLine, createInterface, cursorTo, type Interface } from 'node:readline'
import { type Client, ClientError, type EventJson, type MessageJson } from '../../client/api.ts'
import { toClientError } from '../../client/errors.ts'
import { nameOf } from '../../client/shown.ts'
import { type SafeText, safe, safeText } from '../../protocol/safe-text.ts'
import type { Context } from '../context.ts'
import { eventLine } from '../event-line.ts'
import { isMessage, messageLines } from '../render.ts'
import { type Conversation, SLASH_COMMANDS, sent } from './slash-commands.ts'

const SHOWN_AT_START = 20
/** What a person at a prompt wants to know of; receipts would drown the talk. */
const WORTH_A_LINE = new Set([
  'contact_request',
  'contact_accepted',
  'edit',
  'delete',
  'reaction',
  'identity_changed',
  'device_added',
  'gap',
  'error',
])

export async function converse(
  context: Context,
  client: Client,
  first: string | undefined,
): Promise<void> {
  const { out, signal, world } = context
  const lines = createInterface({
    input: world.stdin,
    ...(out.terminal ? { output: world.stdout } : {}),
    terminal: out.terminal && world.stdin.isTTY === true,
  })
  let open = true
  const closed = new Promise<void>((done) => {
    lines.once('close', () => {
      open = false
      done()
    })
  })
  // What was typed is shown again; a line that was closed must not be asked for (an error on 24).
  const show = (): void => {
    if (open && lines.terminal) lines.prompt(true)
  }
  const print = (...texts: readonly SafeText[]): void => above(context, lines, texts, show)
  const prompt = (): void => {
    lines.setPrompt(conversation.chat === undefined ? '> ' : `${nameOf(conversation.chat)}> `)
    show()
  }
  const conversation: Conversation = {
    client,
    print,
    style: out.style,
    chat: first,
    shown: new Set(),
    leave: () => lines.close(),
  }
  const unsubscribe = client.subscribe((event) => tell(conversation, event))
  signal.addEventListener('abort', () => lines.close(), { once: true })
  lines.on('SIGINT', () => lines.close())
  // One line after the other: an answer to the first must not overtake the second.
  let queue = begin(conversation)
  lines.on('line', (line) => {
    queue = queue.then(() => dealWith(conversation, line)).then(prompt)
  })
  await queue
  prompt()
  await closed
  await queue
  unsubscribe()
}

async function begin(conversation: Conversation): Promise<void> {
  const { chat, client, print, style } = conversation
  if (chat === undefined) {
    print(safe`/to NAME opens a conversation, /chats lists them, /help helps`)
    return
  }
  await told(conversation, async () => {
    const { messages } = await client.call('history', { chat, limit: SHOWN_AT_START }).catch(absent)
    for (const message of messages) {
      conversation.shown.add(message.id)
      print(...messageLines(message, style))
    }
    if (messages.length > 0) await client.call('chat.read', { chat })
  })
}

/** A conversation that has not begun yet is no failure here. */
function absent(error: unknown): { readonly messages: readonly MessageJson[] } {
  if (error instanceof ClientError && error.code === 'not_found') return { messages: [] }
  throw error
}

async function dealWith(conversation: Conversation, line: string): Promise<void> {
  const text = line.trim()
  if (text === '') return
  await told(conversation, async () => {
    const [, name, rest] = /^\/([a-z]+)(?:\s+(.*))?$/s.exec(text) ?? []
    const command = name === undefined ? undefined : SLASH_COMMANDS.get(name)
    if (command !== undefined) return command.run(conversation, rest ?? '')
    if (name !== undefined)
      throw new ClientError('usage', 'There is no such command.', {
        hint: '/help; a space before the slash sends it',
      })
    await sent(conversation, { text })
  })
}

/** A failure is a line, not the end of the conversation. */
async function told({ print, style }: Conversation, act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    const { message, hint } = toClientError(error)
    print(style.bad(safe`! ${safeText(message)}`))
    if (hint !== undefined) print(safe`  ${safeText(hint)}`)
  }
}

function tell(conversation: Conversation, event: MessageJson | EventJson): void {
  const { print, style, chat, client, shown } = conversation
  if (!isMessage(event)) {
    if (WORTH_A_LINE.has(event.type)) print(eventLine(event, style, 'screen'))
    return
  }
  // Told again whenever something of it changes; what changed has a line of its own.
  if (event.direction === 'out' || shown.has(event.id)) return
  shown.add(event.id)
  print(...messageLines(event, style))
  // What was shown is read; that it could not be said is no reason to interrupt.
  if (event.chat.name === chat) void client.call('chat.read', { chat }).catch(() => {})
}

/** Above the line that is being typed, which stays as it is. */
function above(
  { out, world }: Context,
  lines: Interface,
  texts: readonly SafeText[],
  show: () => void,
): void {
  if (lines.terminal) {
    cursorTo(world.stdout, 0)
    clearLine(world.stdout, 0)
  }
  for (const text of texts) out.text(text)
  show()
}
