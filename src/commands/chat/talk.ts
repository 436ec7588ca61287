import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { openScreen } from '../screen/open-screen.ts'

export const run = (context: Context, input: Input): Promise<number | undefined> =>
  openScreen(context, input.words[0])
