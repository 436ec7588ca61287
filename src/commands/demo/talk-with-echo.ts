// The demo on a terminal.

import type { Context } from '../context.ts'
import { openScreen } from '../screen/open-screen.ts'
import type { DemoWorld } from './demo-world.ts'

export const talkWithEcho = (context: Context, demo: DemoWorld): Promise<number | undefined> =>
  openScreen(context, undefined, { kind: 'open', client: demo.you, chat: 'echo' })
