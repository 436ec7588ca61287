// Everybody logs in and is silent; then one says something to all.

import type { Figures, Scene } from '../messages.ts'
import { Countdown, connected, type Stage } from '../stage.ts'

type Idle = Extract<Scene, { kind: 'idle' }>

export async function idle(stage: Stage, { connections }: Idle): Promise<Figures> {
  let had = new Countdown(connections)
  const begun = performance.now()
  const clients = await connected(stage, { from: 0, to: connections }, () => ({
    appended: () => undefined,
    entry: () => had.hit(),
  }))
  const loginMs = performance.now() - begun
  await stage.mark()
  const log = stage.world.groups[connections] ?? ''
  const [speaker] = clients
  speaker?.aim(log)
  // The first one arrives where everybody has begun to read.
  for (const client of clients) client.read(log)
  speaker?.append()
  await had.done
  had = new Countdown(connections)
  const said = performance.now()
  speaker?.append()
  await had.done
  return {
    connections,
    loginsPerSecond: (connections / loginMs) * 1000,
    toAllMs: performance.now() - said,
  }
}
