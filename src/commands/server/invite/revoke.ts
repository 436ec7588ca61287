import { safe } from '../../../protocol/safe-text.ts'
import type { Context } from '../../context.ts'
import type { Input } from '../../input.ts'
import { telling } from '../failure.ts'
import { pathOf } from '../options.ts'

export async function run(context: Context, input: Input): Promise<undefined> {
  const { adminCall } = await import('../../../../server/admin-client.ts')
  const { data } = pathOf(context, input, 'data')
  await telling(() => adminCall(data, 'invite.revoke', { id: input.word(0) }))
  context.out.done('server.invite.revoke', safe`The invite is worth nothing any more.`)
}
