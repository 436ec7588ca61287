import { safe, safeText } from '../../protocol/safe-text.ts'
import type { Context } from '../context.ts'
import type { Input } from '../input.ts'

export async function run(context: Context, _input: Input): Promise<undefined> {
  const { key } = await context.call('account.recoveryKey', {})
  context.out.result({ v: 1, type: 'recovery_key', key }, safeText(key))
  context.out.note(safe`Whoever has this key is you. Keep it on paper, not on this machine.`)
}
