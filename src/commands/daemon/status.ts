import { safe } from '../../protocol/safe-text.ts'
import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { statusLine, statusOf } from './status-line.ts'

export async function run({ out, globals }: Context, _input: Input): Promise<undefined> {
  const status = await statusOf(globals)
  if (status === undefined) {
    out.result({ v: 1, type: 'status', daemon: false, pid: null }, safe`no daemon`)
  } else out.result({ v: 1, type: 'status', ...status }, statusLine(status))
}
