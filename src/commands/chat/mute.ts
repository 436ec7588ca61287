import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { chatLine } from '../render.ts'

export async function run({ call, out }: Context, input: Input): Promise<undefined> {
  const duration = input.duration('for')
  const chat = await call('chat.mute', {
    chat: input.word(0),
    ...(duration === undefined ? {} : { for: duration }),
    ...(input.flag('off') ? { off: true } : {}),
  })
  out.result(chat, chatLine(chat, out.style))
}
