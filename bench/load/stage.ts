// What every scene stands on: the server's address, its people, and connections of them.

import { type Handlers, LightClient } from './light-client.ts'
import type { WorldJson } from './messages.ts'

export interface Stage {
  readonly port: number
  readonly world: WorldJson
  /** The parent looks at the server's usage; resolves when it has. */
  mark(): Promise<void>
}

/** Connections that are opened at once: a login is a commit, and commits go in groups. */
const OPEN_AT_ONCE = 200
/** Half of what the server grants one address. */
const PER_ADDRESS = 500

/** All of 127/8 is this machine: people of many addresses come from many addresses. */
export const addressOf = (slot: number): string =>
  `127.1.${1 + Math.floor(slot / 250)}.${1 + (slot % 250)}`

/** People `from` to `to`, logged in. */
export async function connected(
  stage: Stage,
  { from, to }: { readonly from: number; readonly to: number },
  handlers: (index: number) => Handlers,
): Promise<readonly LightClient[]> {
  const clients: LightClient[] = []
  for (let at = from; at < to; at += OPEN_AT_ONCE) {
    const batch = stage.world.people
      .slice(at, Math.min(to, at + OPEN_AT_ONCE))
      .map((person, index) =>
        LightClient.open(person, {
          port: stage.port,
          localAddress: addressOf(Math.floor((at + index) / PER_ADDRESS)),
          handlers: handlers(at + index),
        }),
      )
    clients.push(...(await Promise.all(batch)))
  }
  return clients
}

/** When the last of `count` things came. */
export class Countdown {
  readonly done: Promise<void>
  #left: number
  #resolve = (): void => undefined

  constructor(count: number) {
    this.#left = count
    this.done = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  get left(): number {
    return this.#left
  }

  hit(): void {
    this.#left -= 1
    if (this.#left === 0) this.#resolve()
  }
}
