// The core of a node: logs, connections and the bus between nodes, put together. Whoever runs it
// brings the storage, the server's key, a clock and an HTTP server.

import type { IncomingMessage, Server } from 'node:http'
import type { Env } from '../src/protocol/env.ts'
import { type ByeCode, encodeServerFrame } from '../src/protocol/frames.ts'
import type { AccountId, DeviceId, LogId } from '../src/protocol/ids.ts'
import { localBus } from './bus/local.ts'
import type { Bus, BusMessage, Seat, SignalMessage } from './bus/port.ts'
import type { Connection } from './connection.ts'
import { Connections } from './connections.ts'
import { Corks } from './corks.ts'
import { Gateway, type GatewayLimits } from './gateway.ts'
import type { GatewayContext } from './gateway-context.ts'
import type { Peer } from './handlers/session.ts'
import { LogService } from './log.ts'
import type { Logger } from './logger.ts'
import { Login, type LoginDirectory } from './login.ts'
import type { Metrics } from './metrics.ts'
import { Buckets, type Rate } from './quota.ts'
import type { Storage } from './storage/port.ts'
import { Turnstile } from './turnstile.ts'

export interface CoreLimits extends GatewayLimits {
  /** Items appended by one account, and each further 4 KiB of one. */
  readonly appends: Rate
  readonly signals: Rate
  /** Logs that one device begins to read. */
  readonly reads: Rate
  /** Frames of one device that bring nothing: pings, presence, acknowledgements of what was
   *  acknowledged, whatever was over its rate. */
  readonly chatter: Rate
  /** Of one device. */
  readonly logins: Rate
  readonly retentionMs: number
  readonly pollMs: number
}

const DEFAULT_CORE_LIMITS: CoreLimits = {
  connections: 50_000,
  connectionsPerAddress: 1_000,
  // All of them at once after a restart; then each costs half a millisecond.
  connects: { burst: 1_000, perSecond: 50 },
  helloMs: 10_000,
  idleMs: 60_000,
  // A conversation of two people with all their devices, at typing speed, many times over; a
  // reconnecting client may bring a full outbox at once.
  appends: { burst: 4_000, perSecond: 200 },
  signals: { burst: 200, perSecond: 20 },
  // All the logs that a connection may read, twice; each costs a commit and a page.
  reads: { burst: 4_000, perSecond: 40 },
  // Each costs a microsecond: this is a two-thousandth of a processor. A client with a full outbox
  // hears of each of its messages once that it is over its rate.
  chatter: { burst: 4_000, perSecond: 400 },
  // Each is a commit; a client that lost its connection waits longer than that by itself.
  logins: { burst: 60, perSecond: 1 },
  retentionMs: 30 * 24 * 3_600_000,
  pollMs: 30_000,
}

interface CoreOptions {
  readonly storage: Storage
  /** Ed25519 public key. */
  readonly serverKey: Uint8Array
  readonly env: Env
  readonly logger: Logger
  readonly metrics: Metrics
  readonly limits?: Partial<CoreLimits>
  readonly bus?: Bus
  /** With a cache before the storage, if there is one. */
  readonly directory?: LoginDirectory
  readonly origins?: readonly string[]
  readonly addressOf?: (request: IncomingMessage) => string
  readonly loggedIn?: (device: DeviceId) => void
  /** The one of the node's requests. */
  readonly turnstile?: Turnstile
}

export interface Core {
  attach(server: Server): void
  /** The device was removed or disabled: it is gone from every node within a second. */
  disconnect(device: DeviceId, code: ByeCode): void
  notifyPrekeys(device: DeviceId, left: { readonly curve: number; readonly kem: number }): void
  notifyDevicesChanged(account: AccountId): void
  /** The device no longer reads the group's log. */
  stopReading(device: DeviceId, log: LogId): void
  /** One second's housekeeping; runs by itself, tests call it with a clock of their own. */
  tick(): Promise<void>
  /** No new connections; all appends are answered; clients come back later, not all at once. */
  drain(): Promise<void>
}

const TICK_MS = 1_000
/** What a client waits when the server drains or is short of something. */
const RETRY_MS = { least: 500, spread: 4_500 }
const LATENCY_BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000]
/** How often a pass over what is past its time begins. */
const SWEEP_EVERY_MS = 60_000

export function createCore(options: CoreOptions): Core {
  return new NodeCore(options)
}

/** Between two lines that say the same. */
const SAID_EVERY_MS = 60_000

function nowAndThen(env: Env, say: () => void): () => void {
  let saidAt: number | undefined
  return () => {
    const now = env.now()
    if (saidAt !== undefined && Math.abs(now - saidAt) < SAID_EVERY_MS) return
    saidAt = now
    say()
  }
}

const ratesOf = (limits: CoreLimits): GatewayContext<Connection>['rates'] => ({
  appends: new Buckets(limits.appends),
  signals: new Buckets(limits.signals),
  reads: new Buckets(limits.reads),
  chatter: new Buckets(limits.chatter),
  logins: new Buckets(limits.logins),
})

class NodeCore implements Core {
  readonly #options: CoreOptions
  readonly #limits: CoreLimits
  readonly #rates: GatewayContext<Connection>['rates']
  readonly #connections = new Connections()
  readonly #seat: Seat
  readonly #logs: LogService
  readonly #login: Login
  readonly #gateway: Gateway
  readonly #turnstile: Turnstile
  readonly #timer: NodeJS.Timeout
  #polledAt: number
  #sweptAt: number
  #busy = false

  constructor(options: CoreOptions) {
    this.#options = options
    this.#limits = { ...DEFAULT_CORE_LIMITS, ...options.limits }
    this.#rates = ratesOf(this.#limits)
    const { storage, env } = options
    this.#polledAt = env.now()
    this.#sweptAt = env.now()
    this.#seat = (options.bus ?? localBus()).join((message) => this.#heard(message))
    this.#logs = new LogService(storage.logs, this.#seat)
    this.#turnstile = options.turnstile ?? new Turnstile()
    this.#login = new Login({
      env,
      serverKey: options.serverKey,
      directory: options.directory ?? storage.directory,
      logs: storage.logs,
      rates: this.#rates,
      enter: (connection, peer) => this.#enter(connection, peer),
    })
    this.#gateway = new Gateway(this.#context(), this.#connections, {
      limits: this.#limits,
      origins: options.origins ?? [],
      addressOf: options.addressOf ?? ((request) => request.socket.remoteAddress ?? ''),
      turnstile: this.#turnstile,
    })
    this.#measure()
    this.#timer = setInterval(() => {
      this.tick().catch((error) => options.logger.error({ error }, 'the housekeeping failed'))
    }, TICK_MS)
    this.#timer.unref()
  }

  attach(server: Server): void {
    this.#gateway.attach(server)
  }

  disconnect(device: DeviceId, code: ByeCode): void {
    this.#disconnect(device, code)
    this.#seat.publish({ kind: 'disconnect', device, code })
  }

  notifyPrekeys(device: DeviceId, left: { readonly curve: number; readonly kem: number }): void {
    this.#tell({ kind: 'prekeys', device, ...left })
  }

  notifyDevicesChanged(account: AccountId): void {
    this.#tell({ kind: 'devicesChanged', account })
  }

  stopReading(device: DeviceId, log: LogId): void {
    this.#tell({ kind: 'unread', device, log })
  }

  async tick(): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    try {
      const now = this.#options.env.now()
      this.#gateway.sweep(now)
      if (now - this.#polledAt >= this.#limits.pollMs) {
        this.#polledAt = now
        await this.#logs.poll()
      }
      if (now - this.#sweptAt >= SWEEP_EVERY_MS) {
        const { retentionMs } = this.#limits
        const more = await this.#options.storage.logs.sweep({ now, retentionMs })
        if (!more) this.#sweptAt = now
      }
    } finally {
      this.#busy = false
    }
  }

  async drain(): Promise<void> {
    this.#gateway.stopAccepting()
    await this.#options.storage.logs.settled()
    for (const connection of this.#connections.all()) {
      connection.bye('draining', this.#retryAfter())
    }
    await this.#connections.emptied()
    await this.#options.storage.logs.settled()
    clearInterval(this.#timer)
    this.#seat.leave()
  }

  #context(): GatewayContext<Connection> {
    const { env, logger, serverKey, storage, metrics } = this.#options
    const corks = new Corks()
    storage.logs.onCommitted(() => corks.flush())
    return {
      env,
      log: logger,
      serverKey,
      storage: storage.logs,
      logs: this.#logs,
      corks,
      rates: this.#rates,
      metrics: {
        appended: metrics.counter('sotto_appends_total', 'Appends that were stored'),
        delivered: metrics.counter('sotto_delivered_frames_total', 'Frames of entries sent'),
        refused: metrics.counter('sotto_refused_total', 'Appends that were refused'),
        appendMs: metrics.histogram('sotto_append_ms', 'Arrival to outcome', LATENCY_BOUNDS_MS),
        byes: metrics.counter('sotto_byes_total', 'Connections that the server ended'),
      },
      retryAfter: () => this.#retryAfter(),
      diskFull: nowAndThen(env, () => {
        logger.error({ reason: 'storage_full' }, 'the disk is full: appends are refused')
      }),
      diskFailed: nowAndThen(env, () => {
        const doctor = 'see the system’s log; sotto server doctor looks at every page'
        logger.error({ reason: 'storage' }, `the disk failed: appends are refused; ${doctor}`)
      }),
      login: (connection, nonce, hello) =>
        new Promise((done, failed) => {
          const isIn = this.#turnstile.enter(connection.address, () => {
            this.#login.run(connection, nonce, hello).then(done, failed)
          })
          if (isIn) return
          connection.cut()
          done()
        }),
      flows: () => this.#turnstile.flows(),
      signal: (signal) => this.#tell({ kind: 'signal', ...signal }),
    }
  }

  #measure(): void {
    const { metrics } = this.#options
    metrics.gauge('sotto_connections', 'Open sockets', () => this.#connections.size)
    metrics.gauge('sotto_devices_online', 'Devices logged in', () => this.#connections.open)
    metrics.gauge('sotto_appends_pending', 'Waiting for their commit', () => this.#logs.pending)
  }

  #enter(connection: Connection, peer: Peer): void {
    this.#connections.enter(connection, peer)?.bye('replaced')
    this.#seat.publish({ kind: 'disconnect', device: peer.device, code: 'replaced' })
    this.#options.loggedIn?.(peer.device)
  }

  #tell(message: BusMessage): void {
    this.#heard(message)
    this.#seat.publish(message)
  }

  #heard(message: BusMessage): void {
    switch (message.kind) {
      case 'grown':
        this.#logs.grown(message.log, message.head)
        return
      case 'signal':
        this.#signal(message)
        return
      case 'disconnect':
        this.#disconnect(message.device, message.code)
        return
      case 'unread':
        this.#connections.ofDevice(message.device)?.stopReading(message.log)
        return
      case 'prekeys': {
        const { device, curve, kem } = message
        const counts = { curvePrekeys: curve, kemPrekeys: kem }
        this.#connections.ofDevice(device)?.notice({ about: 'prekeys_low', ...counts })
        return
      }
      case 'devicesChanged':
        for (const connection of this.#connections.ofAccount(message.account)) {
          connection.notice({ about: 'devices_changed' })
        }
        return
      default:
        message satisfies never
    }
  }

  #disconnect(device: DeviceId, code: ByeCode): void {
    // A login under way has no place yet; being replaced is for those who have one.
    if (code !== 'replaced') this.#login.disconnect(device, code)
    this.#connections.ofDevice(device)?.bye(code)
  }

  #signal({ from, to, device, body }: SignalMessage): void {
    const frame = encodeServerFrame({ kind: 'signalled', ...from, body })
    for (const connection of this.#connections.ofAccount(to)) {
      const meant = device === undefined || connection.device === device
      if (meant && connection.device !== from.device) connection.deliver(frame)
    }
  }

  #retryAfter(): number {
    const [high = 0, low = 0] = this.#options.env.random(2)
    return RETRY_MS.least + Math.floor((RETRY_MS.spread * (high * 256 + low)) / 65_536)
  }
}
