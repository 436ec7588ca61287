import { resolve } from 'node:path'
import { safe, safeText } from '../../protocol/safe-text.ts'
import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { clockOf } from '../render.ts'
import { telling } from './failure.ts'
import { pathOf } from './options.ts'

export async function run(context: Context, input: Input): Promise<undefined> {
  const { world, out } = context
  const { restoreServer } = await import('../../../server/restore.ts')
  const from = resolve(world.cwd, input.word(0))
  const check = input.flag('check')
  const summary = await telling(() =>
    restoreServer({ ...pathOf(context, input, 'data'), from, check }),
  )
  const { accounts, files } = summary
  const time = new Date(summary.createdAt).toISOString()
  out.result(
    { v: 1, type: 'server_restore', path: from, check, accounts, files, created_at: time },
    safe`${safeText(from)} of ${clockOf(time)}: ${accounts} accounts, ${files} files, ${check ? safe`whole` : safe`restored`}`,
  )
}
