import type { Context } from '../../context.ts'
import type { Input } from '../../input.ts'
import { telling } from '../failure.ts'
import { pathOf } from '../options.ts'
import { inviteJson, inviteLine } from './invite-line.ts'

export async function run(context: Context, input: Input): Promise<undefined> {
  const { adminCall } = await import('../../../../server/admin-client.ts')
  const { data } = pathOf(context, input, 'data')
  const invites = await telling(() => adminCall(data, 'invite.list', {}))
  const oldestFirst = [...invites].sort((a, b) => a.createdAt - b.createdAt)
  for (const invite of oldestFirst) context.out.result(inviteJson(invite), inviteLine(invite))
}
