import type { Context } from './context.ts'
import type { Input } from './input.ts'

export async function run(context: Context, _input: Input): Promise<undefined> {
  const client = await context.client({ serve: true })
  const { serveStdio } = await import('../rpc/stdio.ts')
  const { signal } = context
  // Whoever holds the other end of the pipes may never hang up.
  const stopped = new Promise<void>((done) => {
    if (signal.aborted) done()
    else signal.addEventListener('abort', () => done(), { once: true })
  })
  await Promise.race([serveStdio(client), stopped])
}
