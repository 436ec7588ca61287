// Who is connected to this node, by device and by account. A device has one connection: the
// newest that proved itself.

import type { AccountId, DeviceId } from '../src/protocol/ids.ts'
import type { Connection } from './connection.ts'

export class Connections {
  readonly #all = new Set<Connection>()
  readonly #devices = new Map<DeviceId, Connection>()
  /** Nearly everybody has one device, and a list of one is a third of a set. */
  readonly #accounts = new Map<AccountId, readonly Connection[]>()
  readonly #emptied: (() => void)[] = []

  get size(): number {
    return this.#all.size
  }

  get open(): number {
    return this.#devices.size
  }

  all(): Iterable<Connection> {
    return this.#all
  }

  add(connection: Connection): void {
    this.#all.add(connection)
  }

  ofDevice(device: DeviceId): Connection | undefined {
    return this.#devices.get(device)
  }

  ofAccount(account: AccountId): Iterable<Connection> {
    return this.#accounts.get(account) ?? []
  }

  /** It proved who it is; returns the connection whose place it takes. */
  enter(
    connection: Connection,
    { account, device }: { readonly account: AccountId; readonly device: DeviceId },
  ): Connection | undefined {
    const older = this.#devices.get(device)
    if (older !== undefined) this.#leave(older)
    this.#devices.set(device, connection)
    const others = (this.#accounts.get(account) ?? []).filter((one) => one !== connection)
    this.#accounts.set(account, [...others, connection])
    return older
  }

  remove(connection: Connection): void {
    this.#all.delete(connection)
    this.#leave(connection)
    if (this.#all.size === 0) for (const resolve of this.#emptied.splice(0)) resolve()
  }

  /** When the last one is gone. */
  emptied(): Promise<void> {
    if (this.#all.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#emptied.push(resolve)
    })
  }

  #leave(connection: Connection): void {
    const peer = connection.peer
    if (peer === undefined) return
    if (this.#devices.get(peer.device) === connection) this.#devices.delete(peer.device)
    const others = this.#accounts.get(peer.account)?.filter((one) => one !== connection) ?? []
    if (others.length === 0) this.#accounts.delete(peer.account)
    else this.#accounts.set(peer.account, others)
  }
}
