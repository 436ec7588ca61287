// The WebSocket `/v1/stream`: who may open one, who is connected, who is cut.

import type { IncomingMessage, Server } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { Connection } from './connection.ts'
import type { Connections } from './connections.ts'
import type { GatewayContext } from './gateway-context.ts'
import { type Link, linkServer } from './link.ts'
import { Buckets, type Rate } from './quota.ts'
import type { Turnstile } from './turnstile.ts'

export interface GatewayLimits {
  readonly connections: number
  readonly connectionsPerAddress: number
  /** Connections that one address begins. */
  readonly connects: Rate
  /** From the upgrade to a hello that verifies. */
  readonly helloMs: number
  /** Without a frame from the client. Half-way it is pinged. */
  readonly idleMs: number
}

interface GatewayOptions {
  readonly limits: GatewayLimits
  /** Browsers' origins that may connect; none by default (N3). */
  readonly origins: readonly string[]
  /** The client's address, by the edge's rules about proxies. Never stored, never logged. */
  readonly addressOf: (request: IncomingMessage) => string
  readonly turnstile: Turnstile
}

const PATH = '/v1/stream'
/** All that a peer may send with its upgrade and its hello; a frame may be larger only later. */
const EARLY_BYTES = 32 * 1024

const CONNECTION = Symbol('connection')
type TiedSocket = Duplex & { [CONNECTION]?: Connection }

interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
  readonly address: string
}

export class Gateway {
  readonly #context: GatewayContext<Connection>
  readonly #connections: Connections
  readonly #options: GatewayOptions
  readonly #sockets = linkServer()
  readonly #perAddress = new Map<string, number>()
  readonly #connects: Buckets
  #closing = false

  constructor(
    context: GatewayContext<Connection>,
    connections: Connections,
    options: GatewayOptions,
  ) {
    this.#context = context
    this.#connections = connections
    this.#options = options
    this.#connects = new Buckets(options.limits.connects)
  }

  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => {
      // It may be gone before it is its turn.
      socket.on('error', ignore)
      const address = this.#options.addressOf(request)
      const isIn = this.#options.turnstile.enter(address, () => {
        socket.off('error', ignore)
        this.#upgrade({ request, socket, head, address })
      })
      if (!isIn) socket.destroy()
    })
  }

  /** No new connections from here on. */
  stopAccepting(): void {
    this.#closing = true
  }

  /** Ends what is overdue and pings what is quiet; called once a second. */
  sweep(now: number): void {
    const { helloMs, idleMs } = this.#options.limits
    for (const connection of this.#connections.all()) {
      if (connection.state !== 'open') {
        if (now - connection.openedAt >= helloMs) connection.cut()
      } else if (connection.isStuck(now)) {
        connection.cut()
      } else if (now - connection.heardAt >= idleMs) {
        connection.bye('idle')
      } else if (
        now - connection.heardAt >= idleMs / 2 &&
        connection.pingedAt < connection.heardAt
      ) {
        connection.pingedAt = now
        connection.send({ kind: 'ping', nonce: 0 })
      }
    }
  }

  #upgrade({ request, socket, head, address }: Upgrade): void {
    const refusal = this.#refusal(request, address)
    if (refusal !== undefined) {
      refuse(socket, refusal)
      return
    }
    this.#sockets.handleUpgrade(request, socket, head, (ws) => this.#accept(ws, socket, address))
  }

  #refusal(request: IncomingMessage, address: string): string | undefined {
    const { origins, limits } = this.#options
    const [path] = (request.url ?? '').split('?', 1)
    if (path !== PATH) return '404 Not Found'
    const origin = request.headers.origin
    if (origin !== undefined && !origins.includes(origin)) return '403 Forbidden'
    if (this.#closing || this.#connections.size >= limits.connections) {
      return '503 Service Unavailable'
    }
    const held = this.#perAddress.get(address) ?? 0
    const isOver =
      held >= limits.connectionsPerAddress ||
      this.#connects.take(address, 1, this.#context.env.now()) > 0
    return isOver ? '429 Too Many Requests' : undefined
  }

  #accept(ws: Link, socket: Duplex, address: string): void {
    const connection = new Connection(this.#context, { ws, socket, address })
    this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1)
    this.#connections.add(connection)
    ws.tie(connection, this.#ended)
    const tied: TiedSocket = socket
    tied[CONNECTION] = connection
    socket.on('drain', onDrain)
    socket.on('data', onEarlyData)
    connection.challenge()
  }

  /** One function for all: thousands of idle connections each pay for what is theirs alone. */
  readonly #ended = (connection: Connection): void => {
    const held = (this.#perAddress.get(connection.address) ?? 1) - 1
    if (held > 0) this.#perAddress.set(connection.address, held)
    else this.#perAddress.delete(connection.address)
    this.#connections.remove(connection)
    connection.gone()
  }
}

/** The library would gather a whole frame of a stranger first. */
function onEarlyData(this: TiedSocket): void {
  const connection = this[CONNECTION]
  if (connection === undefined || connection.state === 'open') this.off('data', onEarlyData)
  else if (this instanceof Socket && this.bytesRead > EARLY_BYTES) connection.cut()
}

function onDrain(this: TiedSocket): void {
  this[CONNECTION]?.roomAgain()
}

const ignore = (): void => undefined

function refuse(socket: Duplex, status: string): void {
  socket.on('error', ignore)
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () =>
    socket.destroy(),
  )
}
