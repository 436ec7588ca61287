import { ClientError } from '../../client/api.ts'
import { nameOf } from '../../client/shown.ts'
import { safe } from '../../protocol/safe-text.ts'
import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { askLine } from '../prompt.ts'

export async function run(context: Context, input: Input): Promise<undefined> {
  const { out, world, signal } = context
  const chat = input.word(0)
  const question = safe`Delete the history of ${nameOf(chat)} on this device? [y/N] `
  const sure =
    input.flag('yes') || /^y(es)?$/i.test((await askLine(out, world, question, signal)) ?? '')
  if (!sure) {
    throw new ClientError('usage', 'Nothing was deleted.', { hint: 'sotto chat delete CHAT --yes' })
  }
  await context.call('chat.delete', { chat })
  out.done('chat.delete', safe`The history of ${nameOf(chat)} is deleted here.`)
}
