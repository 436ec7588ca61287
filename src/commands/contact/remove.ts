import { nameOf } from '../../client/shown.ts'
import { safe } from '../../protocol/safe-text.ts'
import type { Context } from '../context.ts'
import type { Input } from '../input.ts'

export async function run({ call, out }: Context, input: Input): Promise<undefined> {
  const name = input.word(0)
  await call('contact.remove', { name })
  out.done('contact.remove', safe`${nameOf(name)} is no contact any more.`)
}
