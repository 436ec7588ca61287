// From a hello to a welcome: prove the device, advance its generation, replace its older
// connection, open its mailbox.

import type { Env } from '../src/protocol/env.ts'
import type { ByeCode } from '../src/protocol/frames.ts'
import type { DeviceId } from '../src/protocol/ids.ts'
import type { Connection } from './connection.ts'
import type { GatewayContext } from './gateway-context.ts'
import { judgeHello } from './handlers/hello.ts'
import type { HelloFrame, Peer } from './handlers/session.ts'
import { verifyDevice } from './signatures.ts'
import type { DirectoryDevice, PrekeyCounts } from './storage/directory-port.ts'
import type { LogStorage } from './storage/log-port.ts'

/** What a login asks of the directory. */
export interface LoginDirectory {
  device(device: DeviceId): Promise<DirectoryDevice | undefined>
  prekeyCounts(device: DeviceId): Promise<PrekeyCounts>
  restored(): Promise<{ readonly mark: number }>
}

interface LoginOptions {
  readonly env: Env
  readonly serverKey: Uint8Array
  readonly directory: LoginDirectory
  readonly logs: LogStorage
  readonly rates: GatewayContext<Connection>['rates']
  /** It takes its place among the connected, and that of an older connection of its device. */
  readonly enter: (connection: Connection, peer: Peer) => void
}

export class Login {
  readonly #options: LoginOptions
  /** Devices whose login is under way, and whether they were cut meanwhile. */
  readonly #under = new Map<DeviceId, Set<Connection>>()

  constructor(options: LoginOptions) {
    this.#options = options
  }

  async run(connection: Connection, nonce: Uint8Array, hello: HelloFrame): Promise<void> {
    const under = this.#under.get(hello.device) ?? new Set()
    this.#under.set(hello.device, under.add(connection))
    try {
      await this.#run(connection, nonce, hello)
    } finally {
      under.delete(connection)
      if (under.size === 0) this.#under.delete(hello.device)
    }
  }

  /** The device was removed while it was logging in. */
  disconnect(device: DeviceId, code: ByeCode): void {
    for (const connection of this.#under.get(device) ?? []) connection.bye(code)
  }

  /** A device that went over its rate and was told to go does not come back at once. */
  #wait(device: DeviceId): number {
    const { env, rates } = this.#options
    const now = env.now()
    return rates.chatter.take(device, 1, now) || rates.logins.take(device, 1, now)
  }

  async #run(connection: Connection, nonce: Uint8Array, hello: HelloFrame): Promise<void> {
    const { env, serverKey, directory, logs, enter } = this.#options
    // It may have gone while others were let in before it.
    if (connection.state !== 'authenticating') return
    const device = await directory.device(hello.device)
    const challenge = { server: serverKey, nonce, now: env.now() }
    const verdict = judgeHello(challenge, hello, { device, verify: verifyDevice })
    if (verdict.kind === 'denied') {
      connection.bye(verdict.code)
      return
    }
    // Asked only of who is proven: a stranger must not use up somebody's logins.
    const wait = this.#wait(hello.device)
    if (wait > 0) {
      connection.bye('rate_limited', wait)
      return
    }
    const opened = await logs.open(hello)
    if (opened.kind !== 'opened') {
      connection.bye(opened.kind === 'rolled_back' ? 'rolled_back' : 'unauthorised')
      return
    }
    const [counts, restored] = await Promise.all([
      directory.prekeyCounts(hello.device),
      directory.restored(),
    ])
    if (connection.state !== 'authenticating') return
    const peer = { account: hello.account, device: hello.device }
    connection.open(peer, opened, {
      version: verdict.version,
      time: env.now(),
      curvePrekeys: counts.curve,
      kemPrekeys: counts.kem,
      restored: restored.mark,
    })
    enter(connection, peer)
  }
}
