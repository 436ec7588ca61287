import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { messageLines } from '../render.ts'

export async function run({ call, out }: Context, input: Input): Promise<undefined> {
  const message = await call('msg.react', { id: input.word(0), emoji: input.word(1) })
  out.result(message, messageLines(message, out.style))
}
