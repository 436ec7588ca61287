import { ClientError } from '../client/api.ts'
import { requireTime } from '../client/moment.ts'
import type { Context } from './context.ts'
import type { Input } from './input.ts'
import { messageLines } from './render.ts'

export async function run({ call, out, world }: Context, input: Input): Promise<undefined> {
  const since = input.text('since')
  const before = input.text('before')
  const after = input.text('after')
  const limit = input.count('limit')
  const only = onlyOf(input)
  const { messages } = await call('history', {
    chat: input.word(0),
    ...(only === undefined ? {} : { only }),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(since === undefined ? {} : { since: requireTime(since, world.now(), 'back') }),
    ...(limit === undefined ? {} : { limit }),
  })
  for (const message of messages) out.result(message, messageLines(message, out.style))
}

function onlyOf(input: Input): 'pinned' | 'scheduled' | undefined {
  const [pinned, scheduled] = [input.flag('pinned'), input.flag('scheduled')]
  if (pinned && scheduled) throw new ClientError('usage', 'Either --pinned or --scheduled.')
  return pinned ? 'pinned' : scheduled ? 'scheduled' : undefined
}
