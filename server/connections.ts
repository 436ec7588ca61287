// Who is connected to this node, by device and by account. A device has one connection: the
// newest that proved itself.

import type { AccountId, DeviceId } from '../src/protocol/ids.ts'
import type { Connection } from './connection.ts'

export class Connections {
  readonly #all = new Set<Connection>()
  readonly #devices = new Map<DeviceId, Connection>()
  readonly #accounts = new Map<AccountId, Set<Connection>>()
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
    const others = this.#accounts.get(account)
    if (others === undefined) this.#accounts.set(account, new Set([connection]))
    else others.add(connection)
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
    const others = this.#accounts.get(peer.account)
    others?.delete(connection)
    if (others?.size === 0) this.#accounts.delete(peer.account)
  }
}
