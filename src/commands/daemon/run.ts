import { safe } from '../../protocol/safe-text.ts'
import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { statusOf } from './status-line.ts'

export async function run(context: Context, _input: Input): Promise<undefined> {
  const { out, signal, globals } = context
  const before = await statusOf(globals)
  if (before?.daemon === true) {
    out.note(safe`A daemon is running: process ${before.pid}.`)
    return
  }
  await new Promise<void>((leave, reject) => {
    signal.addEventListener('abort', () => leave(), { once: true })
    context
      .client({ serve: true, onStop: leave })
      .then((client) => client.call('status', {}))
      .then((status) => out.note(safe`ready, process ${status.pid}`))
      .catch(reject)
  })
}
