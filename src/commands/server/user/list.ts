import type { Context } from '../../context.ts'
import type { Input } from '../../input.ts'
import { telling } from '../failure.ts'
import { pathOf } from '../options.ts'
import { userJson, userLine } from './user-line.ts'

const PAGE = 100

export async function run(context: Context, input: Input): Promise<undefined> {
  const { adminCall } = await import('../../../../server/admin-client.ts')
  const { data } = pathOf(context, input, 'data')
  let after: string | undefined
  for (;;) {
    const from = after === undefined ? {} : { after }
    const users = await telling(() => adminCall(data, 'user.list', { ...from, limit: PAGE }))
    for (const user of users) context.out.result(userJson(user), userLine(user))
    after = users.at(-1)?.name
    if (users.length < PAGE) return
  }
}
