import { safeText } from '../../protocol/safe-text.ts'
import type { Context } from '../context.ts'
import { configPath } from '../globals.ts'
import type { Input } from '../input.ts'

export async function run({ out, globals }: Context, _input: Input): Promise<undefined> {
  const path = configPath(globals)
  out.result({ v: 1, type: 'config_path', path }, safeText(path))
}
