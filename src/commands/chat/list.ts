import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { chatLine } from '../render.ts'

export async function run({ call, out }: Context, input: Input): Promise<undefined> {
  const { chats } = await call('chats', input.flag('archived') ? { archived: true } : {})
  for (const chat of chats) out.result(chat, chatLine(chat, out.style))
}
