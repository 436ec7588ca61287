// One stored log that many read: whoever is next writes, all have it.

import type { LightClient } from '../light-client.ts'
import type { Figures, Scene } from '../messages.ts'
import { Countdown, connected, type Stage } from '../stage.ts'

type FanOut = Extract<Scene, { kind: 'fanOut' }>

const WARM_SHARE = 0.2

export async function fanOut(stage: Stage, scene: FanOut): Promise<Figures> {
  const { readers, messages } = scene
  const log = stage.world.groups[readers] ?? ''
  let clients: readonly LightClient[] = []
  let had = new Countdown(1)
  let left = 0
  let turn = 0
  const send = (): void => {
    if (left <= 0) return
    left -= 1
    turn += 1
    clients[turn % readers]?.append()
  }
  clients = await connected(stage, { from: 0, to: readers }, () => ({
    appended: send,
    entry: () => had.hit(),
  }))
  for (const client of clients) {
    client.read(log)
    client.aim(log)
  }
  const round = async (count: number): Promise<number> => {
    had = new Countdown(count * readers)
    left = count
    const begun = performance.now()
    for (let sent = 0; sent < scene.window; sent += 1) send()
    await had.done
    return performance.now() - begun
  }
  await round(Math.ceil(messages * WARM_SHARE))
  await stage.mark()
  const ms = await round(messages)
  return {
    messages: messages * readers,
    deliveriesPerSecond: (messages * readers * 1000) / ms,
    messagesPerSecond: (messages * 1000) / ms,
  }
}
