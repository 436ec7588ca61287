import type { Context } from '../../context.ts'
import type { Input } from '../../input.ts'
import { telling } from '../failure.ts'
import { pathOf } from '../options.ts'
import { inviteJson, inviteLine } from './invite-line.ts'

export async function run(context: Context, input: Input): Promise<undefined> {
  const uses = input.count('uses')
  const expires = input.duration('expires')
  const { adminCall } = await import('../../../../server/admin-client.ts')
  const { data } = pathOf(context, input, 'data')
  const invite = await telling(() =>
    adminCall(data, 'invite.create', {
      ...(uses === undefined ? {} : { uses }),
      ...(expires === undefined ? {} : { expiresInMs: expires }),
    }),
  )
  context.out.result(inviteJson(invite), inviteLine(invite))
}
