import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { openScreen } from '../screen/open-screen.ts'

export async function run(context: Context, input: Input): Promise<undefined> {
  await openScreen(context, input.words[0])
}
