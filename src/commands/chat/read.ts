import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { chatLine } from '../render.ts'

export async function run({ call, out }: Context, input: Input): Promise<undefined> {
  const chat = await call('chat.read', { chat: input.word(0) })
  out.result(chat, chatLine(chat, out.style))
}
