import { safe, safeText } from '../../protocol/safe-text.ts'
import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { telling } from './failure.ts'
import { pathOf } from './options.ts'

export async function run(context: Context, input: Input): Promise<undefined> {
  const { initServer } = await import('../../../server/init.ts')
  const { data, config } = await telling(() => initServer(pathOf(context, input, 'data').data))
  context.out.result({ v: 1, type: 'server_config', data, config }, safeText(config))
  context.out.note(safe`Read it, change what you want, then: sotto server run`)
}
