import { safe } from '../../protocol/safe-text.ts'
import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { holderOf } from './status-line.ts'

export async function run({ out, globals }: Context, _input: Input): Promise<undefined> {
  const holder = await holderOf(globals)
  await holder?.call('stop', {})
  holder?.close()
  out.done('daemon.stop', holder === undefined ? safe`No daemon was running.` : safe`Stopped.`)
}
