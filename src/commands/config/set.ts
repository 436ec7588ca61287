import { safe, safeText } from '../../protocol/safe-text.ts'
import type { Context } from '../context.ts'
import { configPath } from '../globals.ts'
import type { Input } from '../input.ts'
import { changeConfig } from './file.ts'
import { settingOf } from './keys.ts'

export async function run({ out, globals }: Context, input: Input): Promise<undefined> {
  const key = input.word(0)
  const text = input.words[1]
  await changeConfig(
    configPath(globals),
    key,
    text === undefined ? undefined : settingOf(key, text),
  )
  out.done(
    'config.set',
    safe`${safeText(key)} is ${text === undefined ? safe`not set` : safeText(text)}.`,
  )
}
