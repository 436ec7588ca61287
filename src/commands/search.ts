import { requireTime } from '../client/moment.ts'
import type { Context } from './context.ts'
import type { Input } from './input.ts'
import { messageLines } from './render.ts'

export async function run({ call, out, world }: Context, input: Input): Promise<undefined> {
  const since = input.text('since')
  const chat = input.text('in')
  const from = input.text('from')
  const limit = input.count('limit')
  const { messages } = await call('search', {
    query: input.word(0),
    ...(chat === undefined ? {} : { in: chat }),
    ...(from === undefined ? {} : { from }),
    ...(since === undefined ? {} : { since: requireTime(since, world.now(), 'back') }),
    ...(limit === undefined ? {} : { limit }),
  })
  for (const message of messages) out.result(message, messageLines(message, out.style))
}
