import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { accountLines } from './account-lines.ts'

export async function run(context: Context, _input: Input): Promise<undefined> {
  const account = await context.call('whoami', {})
  context.out.result(account, accountLines(account))
}
