// The demo where nobody sits at a terminal: a conversation through the same real parts, printed as
// it happens, and what it proves.

import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Client,
  ClientError,
  type EventJson,
  type MessageJson,
  type SendParams,
} from '../../client/api.ts'
import { errorFromJson } from '../../client/errors.ts'
import { bytesOf } from '../../client/shown.ts'
import { type SafeText, safe, safeText } from '../../protocol/safe-text.ts'
import type { Context } from '../context.ts'
import { isMessage, messageLines } from '../render.ts'
import type { DemoWorld } from './demo-world.ts'
import { findPlaintext } from './find-plaintext.ts'

/** Far more than loopback needs; the demo as a whole takes a few seconds. */
const PATIENCE_MS = 10_000
const SECRETS = {
  hello: 'Hello echo, nobody but you can read this.',
  question: 'Does the server know what we say?',
  edited: 'Does the server know what we say? (edited)',
  file: 'A file of the demo, sealed before it left this machine.',
}

export async function playScript(context: Context, demo: DemoWorld): Promise<void> {
  const { out } = context
  const say = (text: SafeText): void => out.result({ v: 1, type: 'demo', step: text }, text)
  const show = (message: MessageJson): void => out.result(message, messageLines(message, out.style))
  const inbox = openInbox(demo.you)
  const send = async (what: Partial<SendParams>): Promise<MessageJson> => {
    const message = await sent(demo.you, what)
    show(message)
    return message
  }
  try {
    say(safe`A server listens on ${safeText(demo.url)}; you and echo have an account each.`)
    say(safe`You write to echo, who does not know you: a request.`)
    const hello = await send({ text: SECRETS.hello })
    const welcome = await inbox.next((event) => isMessage(event) && event.reply_to === hello.id)
    say(safe`Echo accepted it, and answers:`)
    show(welcome as MessageJson)
    const reaction = await demo.you.call('msg.show', { id: hello.id })
    say(
      safe`Your message has a reaction: ${safeText(reaction.reactions.map(({ emoji }) => emoji).join(' '))}`,
    )

    const question = await send({ text: SECRETS.question, reply: welcome.id as string })
    show(
      (await inbox.next(
        (event) => isMessage(event) && event.reply_to === question.id,
      )) as MessageJson,
    )
    say(safe`You edit it; both sides change:`)
    show(await demo.you.call('msg.edit', { id: question.id, text: SECRETS.edited }))

    const path = join(demo.folder, 'letter.txt')
    writeFileSync(path, SECRETS.file, { mode: 0o600 })
    const letter = await send({ files: [path] })
    show(
      (await inbox.next(
        (event) => isMessage(event) && event.reply_to === letter.id,
      )) as MessageJson,
    )
    await prove(context, demo)
  } finally {
    inbox.close()
  }
}

/** What was claimed, checked on both sides and on the server's disk. */
async function prove({ out }: Context, demo: DemoWorld): Promise<void> {
  const [mine, theirs] = await Promise.all([
    demo.you.call('verify', { name: 'echo' }),
    demo.echo.call('verify', { name: 'you' }),
  ])
  const equal = mine.digits === theirs.digits
  out.result(
    { v: 1, type: 'proof', proof: 'safety_numbers_equal', ok: equal, digits: mine.digits },
    safe`Both safety numbers are ${equal ? safe`equal` : safe`DIFFERENT`}: ${safeText(mine.digits)}`,
  )
  const { bytes, files, found } = findPlaintext(demo.serverData, Object.values(SECRETS))
  const ok = found.length === 0
  out.result(
    { v: 1, type: 'proof', proof: 'no_plaintext_on_server', ok, files, bytes, found: found.length },
    safe`The server's ${files} files (${bytesOf(bytes)}) were searched for every text that was sent: ${
      ok ? safe`none found` : safe`FOUND ${found.length}`
    }.`,
  )
  if (!equal || !ok) throw new ClientError('bug', 'The demo did not prove what it should.')
}

async function sent(client: Client, what: Partial<SendParams>): Promise<MessageJson> {
  const { results } = await client.call('send', {
    to: ['echo'],
    idempotencyKey: randomUUID(),
    wait: 'stored',
    timeout: PATIENCE_MS,
    ...what,
  })
  const [result] = results
  if (result?.message !== undefined) return result.message
  throw result?.error === undefined
    ? new ClientError('bug', 'The message went nowhere.')
    : errorFromJson(result.error)
}

interface Inbox {
  /** The first event, from the beginning, that fits; each is given once. */
  next(fits: (event: MessageJson | EventJson) => boolean): Promise<MessageJson | EventJson>
  close(): void
}

function openInbox(client: Client): Inbox {
  const waiting: (MessageJson | EventJson)[] = []
  let look = (): void => {}
  const unsubscribe = client.subscribe((event) => {
    waiting.push(event)
    look()
  })
  return {
    close: unsubscribe,
    next: (fits) =>
      new Promise((resolve, reject) => {
        const late = new ClientError('timeout', 'The demo waited for an answer that did not come.')
        const timer = setTimeout(() => reject(late), PATIENCE_MS)
        look = () => {
          const at = waiting.findIndex(fits)
          const [event] = at < 0 ? [] : waiting.splice(at, 1)
          if (event === undefined) return
          clearTimeout(timer)
          look = () => {}
          resolve(event)
        }
        look()
      }),
  }
}
