// The process that makes the load.

import { LightClient } from './light-client.ts'
import type { ClientSays, Task } from './messages.ts'

const say = (what: ClientSays): void => {
  process.send?.(what)
}
/** Connections that are opened at once: a login is a commit, and commits go in groups. */
const OPEN_AT_ONCE = 200
/** Before the clock runs: code is compiled, caches are filled. */
const WARM_SHARE = 0.2

process.on('message', (task: Task) => {
  run(task).catch((error: unknown) => {
    process.stderr.write(`${error}\n`)
    process.exit(1)
  })
})

async function run(task: Task): Promise<void> {
  const tally = new Tally(task)
  const clients: LightClient[] = []
  const count = connectionsOf(task)
  while (clients.length < count) {
    const batch = task.people
      .slice(clients.length, Math.min(count, clients.length + OPEN_AT_ONCE))
      .map((person, index) =>
        LightClient.open(task.port, person, tally.handlers(clients.length + index)),
      )
    clients.push(...(await Promise.all(batch)))
  }
  say({ kind: 'ready' })
  tally.start(clients)
}

function connectionsOf(task: Task): number {
  switch (task.kind) {
    case 'pairs':
    case 'paced':
      return task.pairs * 2
    case 'fanOut':
      return task.readers
    case 'idle':
      return task.connections
  }
}

class Tally {
  readonly #task: Task
  readonly #warm: number
  readonly #total: number
  #sent = 0
  #delivered = 0
  #begun = 0
  #clients: readonly LightClient[] = []
  readonly #latencies: number[] = []

  constructor(task: Task) {
    this.#task = task
    const copies = task.kind === 'fanOut' ? task.readers : 1
    const messages = task.kind === 'idle' ? 0 : task.messages
    this.#warm = Math.ceil(messages * WARM_SHARE) * copies
    this.#total = this.#warm + messages * copies
  }

  handlers(index: number) {
    const again = this.#task.kind === 'pairs' || this.#task.kind === 'fanOut'
    return {
      appended: () => {
        if (again) this.#send(index)
      },
      entry: (body: Buffer) => this.#entry(body),
    }
  }

  start(clients: readonly LightClient[]): void {
    this.#clients = clients
    const task = this.#task
    if (task.kind === 'idle') return
    if (task.kind === 'fanOut') {
      for (const client of clients) {
        client.read(task.group)
        client.aim(task.group)
      }
      setTimeout(() => this.#fill(task.window, 1), 500)
      return
    }
    for (const [index, client] of clients.entries()) {
      client.aim(clients[index ^ 1]?.person.device ?? '')
    }
    if (task.kind === 'pairs') this.#fill(task.window, clients.length)
    else this.#pace(task.perSecond)
  }

  #fill(window: number, senders: number): void {
    for (let round = 0; round < window; round += 1) {
      for (let index = 0; index < senders; index += 1) this.#send(index)
    }
  }

  #pace(perSecond: number): void {
    const begun = performance.now()
    const timer = setInterval(() => {
      const due = ((performance.now() - begun) / 1000) * perSecond
      while (this.#sent < due && this.#sent < this.#total) {
        this.#send(this.#sent % this.#clients.length)
      }
      if (this.#sent >= this.#total) clearInterval(timer)
    }, 1)
  }

  #send(index: number): void {
    const copies = this.#task.kind === 'fanOut' ? this.#task.readers : 1
    if (this.#sent * copies >= this.#total) return
    this.#sent += 1
    this.#clients[index]?.append()
  }

  #entry(body: Buffer): void {
    this.#delivered += 1
    if (this.#delivered === this.#warm) {
      this.#begun = performance.now()
      say({ kind: 'warm' })
    } else if (this.#delivered > this.#warm) {
      this.#latencies.push(performance.now() - body.readDoubleBE(0))
    }
    if (this.#delivered !== this.#total) return
    say({
      kind: 'done',
      ms: performance.now() - this.#begun,
      delivered: this.#total - this.#warm,
      latencies: this.#latencies,
    })
  }
}
