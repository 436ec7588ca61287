import { hostname } from 'node:os'
import { ClientError } from '../../client/api.ts'
import { safe } from '../../protocol/safe-text.ts'
import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { accountLines } from './account-lines.ts'

export async function run(context: Context, input: Input): Promise<undefined> {
  const server = input.text('server')
  const invite = input.text('invite')
  if (server === undefined) {
    throw new ClientError('usage', 'Which server?', {
      hint: 'sotto register NAME --server URL; sotto server run starts one and prints its address',
    })
  }
  if (input.text('email') !== undefined) {
    throw new ClientError('usage', 'This version registers by invite or openly, not by e-mail.', {
      hint: 'leave --email out',
    })
  }
  const account = await context.register({
    name: input.word(0).replace(/^@/, ''),
    server,
    deviceName: input.text('deviceName') ?? hostname(),
    ...(invite === undefined ? {} : { invite }),
  })
  context.out.result(account, accountLines(account))
  context.out.note(safe`Write down the recovery key: sotto account recovery-key`)
}
