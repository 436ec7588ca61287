// The demo on a terminal.

import { safe, safeText } from '../../protocol/safe-text.ts'
import { converse } from '../chat/converse.ts'
import type { Context } from '../context.ts'
import type { DemoWorld } from './demo-world.ts'

export async function talkWithEcho(context: Context, demo: DemoWorld): Promise<void> {
  const { out } = context
  out.note(safe`A server listens on ${safeText(demo.url)}; nothing of this is kept.`)
  out.note(safe`You talk to echo, who answers. /help helps, Ctrl+D leaves.`)
  await converse(context, demo.you, 'echo')
}
