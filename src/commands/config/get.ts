import { ClientError } from '../../client/api.ts'
import { safeText } from '../../protocol/safe-text.ts'
import type { Context } from '../context.ts'
import { configPath, readConfig } from '../globals.ts'
import type { Input } from '../input.ts'
import { flatten } from './keys.ts'

export async function run({ out, globals }: Context, input: Input): Promise<undefined> {
  const key = input.word(0)
  const value = flatten(await readConfig(configPath(globals))).get(key)
  if (value === undefined) throw new ClientError('not_found', 'This is not set.')
  out.result({ v: 1, type: 'setting', key, value }, safeText(String(value)))
}
