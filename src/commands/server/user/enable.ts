import type { Context } from '../../context.ts'
import type { Input } from '../../input.ts'
import { telling } from '../failure.ts'
import { pathOf } from '../options.ts'
import { userJson, userLine } from './user-line.ts'

export async function run(context: Context, input: Input): Promise<undefined> {
  const { adminCall } = await import('../../../../server/admin-client.ts')
  const { data } = pathOf(context, input, 'data')
  const user = await telling(() => adminCall(data, 'user.enable', { name: input.word(0) }))
  context.out.result(userJson(user), userLine(user))
}
