// Somebody who answers: accepts whoever asks, reacts, repeats, and sends files back. A client like
// any other, that knows of the world only what it receives.

import { randomUUID } from 'node:crypto'
import type { Client, MessageJson } from '../../client/api.ts'
import { isMessage } from '../render.ts'

const REACTION = '👋'

/** Returns the function that makes it fall silent. */
export function answerAsEcho(echo: Client, folder: string): () => void {
  let queue: Promise<unknown> = Promise.resolve()
  const answered = new Set<string>()
  return echo.subscribe((event) => {
    // A message is told again when something of it changes, such as by our own reaction.
    if (!isMessage(event) || event.direction !== 'in' || answered.has(event.id)) return
    answered.add(event.id)
    // One after the other: the answers come in the order of the questions.
    queue = queue.then(() => answer(echo, folder, event)).catch(() => {})
  })
}

async function answer(echo: Client, folder: string, event: MessageJson): Promise<void> {
  const from = event.from.name
  if (event.request === true) await echo.call('contact.accept', { name: from })
  await echo.call('chat.read', { chat: from })
  if (/^(hi|hello|hey)\b/i.test(event.body)) {
    await echo.call('msg.react', { id: event.id, emoji: REACTION })
  }
  const files: string[] = []
  for (const { id } of event.attachments) {
    files.push((await echo.call('download', { id, output: folder })).path)
  }
  await echo.call('send', {
    to: [from],
    text: answerTo(event),
    ...(files.length === 0 ? {} : { files }),
    reply: event.id,
    idempotencyKey: randomUUID(),
    wait: 'stored',
  })
}

function answerTo({ body, attachments }: MessageJson): string {
  const [file] = attachments
  if (file !== undefined) return `I got a file of ${file.size} bytes.`
  return `You said: ${body}`
}
