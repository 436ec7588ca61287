import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { chatLine } from '../render.ts'

export async function run({ call, out }: Context, input: Input): Promise<undefined> {
  const off = input.flag('off') ? { off: true } : {}
  const chat = await call('chat.pin', { chat: input.word(0), ...off })
  out.result(chat, chatLine(chat, out.style))
}
