import { resolve } from 'node:path'
import { safe, safeText } from '../protocol/safe-text.ts'
import type { Context } from './context.ts'
import type { Input } from './input.ts'

const FORMATS = ['jsonl', 'md', 'html'] as const

export async function run(context: Context, input: Input): Promise<undefined> {
  const { call, out, world } = context
  const chat = input.word(0)
  const given = input.text('output')
  const format = input.choice('format', FORMATS) ?? formatOf(given) ?? 'md'
  const output = resolve(world.cwd, given ?? `${nameFor(chat)}.${format}`)
  const { messages, path } = await call('export', { chat, format, output })
  out.result({ v: 1, type: 'export', path, messages }, safeText(path))
  out.note(safe`${messages} messages. The file is not encrypted.`)
}

const formatOf = (path: string | undefined): (typeof FORMATS)[number] | undefined =>
  FORMATS.find((format) => path?.endsWith(`.${format}`) === true)

/** What was typed to name the chat, as far as it may be a file's name. */
const nameFor = (chat: string): string =>
  chat.replace(/[^A-Za-z0-9._-]/g, '').replace(/^[.-]+/, '') || 'chat'
