import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { messageLines } from '../render.ts'

export async function run({ call, out }: Context, input: Input): Promise<undefined> {
  const message = await call('msg.pin', { id: input.word(0) })
  out.result(message, messageLines(message, out.style))
}
