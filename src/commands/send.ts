// `sotto send TO… [TEXT|-] [-f FILE]…`: with two words or more the last is the text, unless
// `--text` has it; `--run -- CMD…` makes it from how the command went.

import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { ClientError, type SendParams, type WaitFor } from '../client/api.ts'
import { requireTime } from '../client/moment.ts'
import { MAX_TEXT_BYTES } from '../protocol/limits.ts'
import { safe } from '../protocol/safe-text.ts'
import type { Context } from './context.ts'
import type { Input } from './input.ts'
import { printResults } from './send-results.ts'
import type { World } from './world.ts'

const WAITS = ['queued', 'stored', 'delivered', 'read'] as const satisfies readonly WaitFor[]

export async function run(context: Context, input: Input): Promise<number> {
  if (input.flag('run')) return runAndSend(context, input)
  const { to, text } = split(input)
  const files = input.list('file').map((file) => resolve(context.world.cwd, file))
  if (text === undefined && files.length === 0) {
    throw new ClientError('usage', 'There is nothing to send.', {
      hint: 'sotto send TO TEXT; a lone - reads the text from stdin; -f FILE sends a file',
    })
  }
  const body = text === '-' ? await textFrom(context.world) : text
  return send(context, input, {
    to,
    ...(body === undefined || body === '' ? {} : { text: body }),
    ...(files.length === 0 ? {} : { files }),
  })
}

function split(input: Input): {
  readonly to: readonly string[]
  readonly text: string | undefined
} {
  const { words } = input
  const text = input.text('text')
  if (text !== undefined) return { to: words, text }
  return words.length < 2
    ? { to: words, text: undefined }
    : { to: words.slice(0, -1), text: words.at(-1) }
}

async function send(
  context: Context,
  input: Input,
  what: Pick<SendParams, 'to' | 'text' | 'files'>,
): Promise<number> {
  const reply = input.text('reply')
  const expire = input.duration('expire')
  const at = input.text('at')
  const { globals, out, world } = context
  // `--timeout` is how long the message may take; queueing it needs the profile in any case.
  await context.client({ patient: true, network: 'soon' })
  const { results } = await context.call('send', {
    ...what,
    ...(reply === undefined ? {} : { reply }),
    ...(expire === undefined ? {} : { expire }),
    ...(at === undefined ? {} : { at: requireTime(at, world.now(), 'ahead') }),
    ...(input.flag('silent') ? { silent: true } : {}),
    idempotencyKey: input.text('idempotencyKey') ?? randomUUID(),
    wait: input.choice('wait', WAITS) ?? 'stored',
    ...(globals.timeout === undefined ? {} : { timeout: globals.timeout }),
  })
  return printResults(out, results)
}

/** Sends how the command went, and ends as the command ended. */
async function runAndSend(context: Context, input: Input): Promise<number> {
  if (input.rest.length === 0) {
    throw new ClientError('usage', 'Which command?', { hint: 'sotto send TO --run -- CMD ARGS…' })
  }
  const { runReported } = await import('./run-reported.ts')
  const report = await runReported(input.rest, context.world, context.signal)
  const code = await send(context, input, { to: input.words, text: report.text })
  if (code !== 0)
    context.out.note(safe`The command ended with ${report.status}; its report was not sent.`)
  return report.status
}

/** All of stdin, as one text; a final newline belongs to the pipe, not to the text. */
async function textFrom({ stdin }: World): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk as Uint8Array)
    size += bytes.length
    if (size > MAX_TEXT_BYTES + 1) {
      throw new ClientError('bad_input', 'The text is too long for a message.', {
        hint: 'send it as a file: -f FILE',
      })
    }
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '')
}
