import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { messageLines } from '../render.ts'

export async function run({ call, out }: Context, input: Input): Promise<undefined> {
  const everyone = input.flag('forEveryone') ? { forEveryone: true } : {}
  const message = await call('msg.delete', { id: input.word(0), ...everyone })
  out.result(message, messageLines(message, out.style))
}
