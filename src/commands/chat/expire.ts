import { parseDuration } from '../../client/duration.ts'
import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { chatLine } from '../render.ts'

export async function run({ call, out }: Context, input: Input): Promise<undefined> {
  const after = input.word(1) === 'off' ? null : parseDuration(input.word(1))
  const chat = await call('chat.expire', { chat: input.word(0), after })
  out.result(chat, chatLine(chat, out.style))
}
