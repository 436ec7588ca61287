// People write to each other in pairs: as fast as answers come, or at a steady rate.

import { percentile } from '../../report/figures.ts'
import type { LightClient } from '../light-client.ts'
import type { Figures, Scene } from '../messages.ts'
import { connected, type Stage } from '../stage.ts'

/** Before the clock runs: code is compiled, caches are filled. */
const WARM_SHARE = 0.2

type Pairs = Extract<Scene, { kind: 'pairs' }>
type Paced = Extract<Scene, { kind: 'paced' }>

export async function pairs(stage: Stage, scene: Pairs): Promise<Figures> {
  const talk = new Talk(stage, scene.messages)
  const clients = await talk.open(scene.pairs * 2, (index) => talk.send(index))
  for (let round = 0; round < scene.window; round += 1) {
    for (const index of clients.keys()) talk.send(index)
  }
  return talk.figures()
}

export async function paced(stage: Stage, scene: Paced): Promise<Figures> {
  const talk = new Talk(stage, scene.messages)
  const clients = await talk.open(scene.pairs * 2, () => undefined)
  const begun = performance.now()
  const timer = setInterval(() => {
    const due = ((performance.now() - begun) / 1000) * scene.perSecond
    while (talk.sent < due) {
      if (!talk.send(talk.sent % clients.length)) clearInterval(timer)
    }
  }, 1)
  return talk.figures()
}

class Talk {
  readonly #stage: Stage
  readonly #messages: number
  readonly #warm: number
  readonly #latencies: number[] = []
  #clients: readonly LightClient[] = []
  #begun = 0
  #delivered = 0
  #end: (ms: number) => void = () => undefined
  readonly #ended = new Promise<number>((resolve) => {
    this.#end = resolve
  })
  sent = 0

  constructor(stage: Stage, messages: number) {
    this.#stage = stage
    this.#messages = messages
    this.#warm = Math.ceil(messages * WARM_SHARE)
  }

  async open(count: number, appended: (index: number) => void): Promise<readonly LightClient[]> {
    this.#clients = await connected(this.#stage, { from: 0, to: count }, (index) => ({
      appended: () => appended(index),
      entry: (body) => this.#entry(body),
    }))
    for (const [index, client] of this.#clients.entries()) {
      client.aim(this.#clients[index ^ 1]?.person.device ?? '')
    }
    return this.#clients
  }

  /** False when all was sent. */
  send(index: number): boolean {
    if (this.sent >= this.#warm + this.#messages) {
      this.sent = Number.POSITIVE_INFINITY
      return false
    }
    this.sent += 1
    this.#clients[index]?.append()
    return true
  }

  async figures(): Promise<Figures> {
    const ms = await this.#ended
    return {
      messages: this.#messages,
      perSecond: (this.#messages / ms) * 1000,
      p50: percentile(this.#latencies, 0.5),
      p99: percentile(this.#latencies, 0.99),
    }
  }

  #entry(body: Buffer): void {
    const now = performance.now()
    this.#delivered += 1
    if (this.#delivered === this.#warm) {
      this.#begun = now
      // Not waited for: the load goes on.
      this.#stage.mark()
    } else if (this.#delivered > this.#warm) {
      this.#latencies.push(now - body.readDoubleBE(0))
    }
    if (this.#delivered === this.#warm + this.#messages) this.#end(now - this.#begun)
  }
}
