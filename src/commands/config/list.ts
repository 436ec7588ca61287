import { safe, safeText } from '../../protocol/safe-text.ts'
import type { Context } from '../context.ts'
import { configPath, readConfig } from '../globals.ts'
import type { Input } from '../input.ts'
import { flatten } from './keys.ts'

export async function run({ out, globals }: Context, _input: Input): Promise<undefined> {
  for (const [key, value] of flatten(await readConfig(configPath(globals)))) {
    out.result(
      { v: 1, type: 'setting', key, value },
      safe`${safeText(key)} = ${safeText(String(value))}`,
    )
  }
}
