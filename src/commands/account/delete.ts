import { ClientError } from '../../client/api.ts'
import { nameOf } from '../../client/shown.ts'
import { safe } from '../../protocol/safe-text.ts'
import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { askLine } from '../prompt.ts'

export async function run(context: Context, input: Input): Promise<undefined> {
  const { out, world, signal } = context
  const { name } = await context.call('account.show', {})
  const question = safe`This deletes ${nameOf(name)}, on the server and here. Type the name: `
  const confirm = input.text('confirm') ?? (await askLine(out, world, question, signal))
  if (confirm !== name) {
    throw new ClientError('usage', 'Nothing was deleted: the name was not repeated.', {
      hint: 'sotto account delete --confirm NAME',
    })
  }
  await context.call('account.delete', { confirm })
  out.done('account.delete', safe`${nameOf(name)} is deleted.`)
}
