import type { Context } from './context.ts'
import type { Input } from './input.ts'
import { stopped } from './stopped.ts'

export async function run(context: Context, _input: Input): Promise<undefined> {
  const client = await context.client({ serve: true })
  const { serveStdio } = await import('../rpc/stdio.ts')
  // Whoever holds the other end of the pipes may never hang up.
  await Promise.race([serveStdio(client), stopped(context.signal)])
}
