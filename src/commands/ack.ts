import { safe } from '../protocol/safe-text.ts'
import type { Context } from './context.ts'
import type { Input } from './input.ts'

export async function run({ call, out }: Context, input: Input): Promise<undefined> {
  const consumer = input.text('consumer')
  const cursor = input.word(0)
  await call('ack', consumer === undefined ? { cursor } : { cursor, consumer })
  out.done('ack', safe`Acknowledged.`)
}
