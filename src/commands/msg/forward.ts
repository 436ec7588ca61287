import { randomUUID } from 'node:crypto'
import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { printResults } from '../send-results.ts'

export async function run({ call, out }: Context, input: Input): Promise<number> {
  const { results } = await call('msg.forward', {
    id: input.word(0),
    to: input.word(1),
    idempotencyKey: input.text('idempotencyKey') ?? randomUUID(),
  })
  return printResults(out, results)
}
