import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { converse } from './converse.ts'

export async function run(context: Context, input: Input): Promise<undefined> {
  const client = await context.client({ serve: true })
  await converse(context, client, input.words[0])
}
