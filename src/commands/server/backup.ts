import { resolve } from 'node:path'
import { bytesOf } from '../../client/shown.ts'
import { safe, safeText } from '../../protocol/safe-text.ts'
import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { telling } from './failure.ts'
import { pathOf } from './options.ts'

export async function run(context: Context, input: Input): Promise<undefined> {
  const { world, out } = context
  const { backupServer } = await import('../../../server/backup.ts')
  const to = resolve(world.cwd, input.word(0))
  const made = await telling(() =>
    backupServer({ ...pathOf(context, input, 'data'), to, now: world.now() }),
  )
  const { accounts, blobs, bytes } = made
  out.result(
    { v: 1, type: 'server_backup', path: to, accounts, blobs, bytes },
    safe`${safeText(to)}: ${accounts} accounts, ${blobs} files, ${bytesOf(bytes)}`,
  )
}
