// Everything at once with nothing to set up: a server on loopback, you, and somebody who answers.
// All of it real, none of it kept.

import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { stopped } from '../stopped.ts'
import { type DemoWorld, openDemoWorld } from './demo-world.ts'
import { answerAsEcho } from './echo.ts'

export async function run(context: Context, _input: Input): Promise<number | undefined> {
  const world = await openDemoWorld(context)
  const hush = answerAsEcho(world.echo, world.echoFolder)
  try {
    return (await Promise.race([play(context, world), stopped(context.signal)])) ?? undefined
  } finally {
    hush()
    await world.close()
  }
}

async function play(context: Context, world: DemoWorld): Promise<number | undefined> {
  if (context.out.terminal && context.world.stdin.isTTY === true) {
    const { talkWithEcho } = await import('./talk-with-echo.ts')
    return talkWithEcho(context, world)
  }
  const { playScript } = await import('./script.ts')
  await playScript(context, world)
  return undefined
}
