// Half of the people are away. What is written to them is stored; then they come, all at once, and
// have it all.

import type { Figures, Scene } from '../messages.ts'
import { Countdown, connected, type Stage } from '../stage.ts'

type Offline = Extract<Scene, { kind: 'offline' }>

/** Unanswered appends of one sender. */
const WINDOW = 16

export async function offline(stage: Stage, { pairs, messages }: Offline): Promise<Figures> {
  const each = messages / pairs
  let stored = new Countdown(messages)
  const left = new Array<number>(pairs).fill(0)
  const senders = await connected(stage, { from: 0, to: pairs }, (index) => ({
    appended: () => {
      stored.hit()
      send(index)
    },
    entry: () => undefined,
  }))
  function send(index: number): void {
    if ((left[index] ?? 0) <= 0) return
    left[index] = (left[index] ?? 0) - 1
    senders[index]?.append()
  }

  async function round(from: number) {
    left.fill(each)
    stored = new Countdown(messages)
    for (const [index, sender] of senders.entries()) {
      sender.aim(stage.world.people[from + index]?.device ?? '')
    }
    const begun = performance.now()
    for (let count = 0; count < WINDOW; count += 1) for (const index of senders.keys()) send(index)
    await stored.done
    const storedMs = performance.now() - begun
    const had = new Countdown(messages)
    const back = performance.now()
    const readers = await connected(stage, { from, to: from + pairs }, () => ({
      appended: () => undefined,
      entry: () => had.hit(),
    }))
    await had.done
    const drainMs = performance.now() - back
    for (const reader of readers) reader.end()
    return { storedPerSecond: (messages / storedMs) * 1000, drainMs }
  }

  // The first round is to others, and warms up.
  await round(pairs)
  await stage.mark()
  return { messages, ...(await round(2 * pairs)) }
}
