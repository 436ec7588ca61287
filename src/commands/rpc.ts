import type { Context } from './context.ts'
import type { Input } from './input.ts'

export async function run(context: Context, _input: Input): Promise<undefined> {
  const client = await context.client({ serve: true })
  const { serveStdio } = await import('../rpc/stdio.ts')
  await serveStdio(client)
}
