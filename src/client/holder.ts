// The process that holds the profile serves the others on the control socket, and hands over when
// it leaves: once they are calm, nobody new, calls in flight end, then the socket is gone and the lock is free.

import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { monotonic, realClock } from './clock.ts'
import {
  isCookie,
  isListeningWanted,
  listenControl,
  removeControl,
  socketPath,
} from './control-socket.ts'
import { errorJson, toClientError } from './errors.ts'
import { CALL_FAILED, failure, type RpcId, type RpcReply, type RpcRequest } from './json-rpc.ts'
import { type RpcConversation, serveJsonRpc } from './json-rpc-server.ts'
import type { ProfilePaths } from './paths.ts'
import { Leaving, type Service } from './service.ts'

export interface Holder {
  /** Other processes that are connected now. */
  readonly clients: number
  close(): Promise<void>
}

/** Of the conversation on the control socket; another number means another build. */
export const CONTROL_VERSION = 1
/** The peer repeats its call to the next holder. */
export const HANDED_OVER = -32_001
const NOT_ADMITTED = -32_002
/** A peer that says nothing is not one of ours. */
const ADMIT_TIMEOUT_MS = 5_000
/** Calls that do not wait for anything are done in milliseconds; this is a fuse. */
const DRAIN_MS = 5_000
/** Where many commands come at once, each that becomes the holder pays for the keychain anew: one
 *  that leaves first serves those that are here or about to look again. */
const CALM_MS = 100
const LINGER_MS = 2_000
const MAX_PEERS = 256
/** Most commands are over before somebody else looks. Who comes meanwhile looks again. */
const LISTEN_AFTER_MS = 100

interface HolderOptions {
  /** For one command: listening, and all that the runtime loads for it, waits whether it stays. */
  readonly late: boolean
  /** Who listens late and cannot tells it here; whoever else comes waits for the lock. */
  readonly failed: (error: unknown) => void
}

export async function serveProfile(
  paths: ProfilePaths,
  service: Service,
  { late, failed }: HolderOptions,
): Promise<Holder> {
  const peers = new Set<Peer>()
  let leaving = false
  const idle = new Idle()

  const accept = (socket: Socket, cookie: string): void => {
    if (leaving || peers.size >= MAX_PEERS) {
      socket.destroy()
      return
    }
    const peer = new Peer(socket, cookie, service, {
      leaving: () => leaving,
      busy: (change) => idle.count(change),
      gone: () => peers.delete(peer),
    })
    peers.add(peer)
  }
  // No matter when: a path that is nobody's but ours is found out now.
  const path = socketPath(paths)
  removeControl(paths)
  let control: ReturnType<typeof listenControl> | undefined
  const listen = (): typeof control => {
    control = listenControl(path, paths.cookie, accept)
    return control
  }
  const timer = late
    ? realClock.after(LISTEN_AFTER_MS, () => void listen()?.catch(failed))
    : undefined
  if (!late) await listen()

  return {
    get clients() {
      return peers.size
    },
    async close() {
      timer?.cancel()
      if (control === undefined && isListeningWanted(paths)) {
        await listen()?.catch(failed)
        idle.begin()
      }
      await idle.calm()
      leaving = true
      await (await control?.catch(() => undefined))?.close()
      service.leave()
      await idle.reached(DRAIN_MS)
      for (const peer of peers) peer.close()
    },
  }
}

/** Resolves when no call is in flight. */
class Idle {
  #count = 0
  #wake: (() => void) | undefined
  #changedAt = Number.NEGATIVE_INFINITY

  count(change: 1 | -1): void {
    this.#count += change
    this.#changedAt = monotonic()
    if (this.#count === 0) this.#wake?.()
  }

  /** As if somebody had called now. */
  begin(): void {
    this.#changedAt = monotonic()
  }

  /** Resolves when calls neither began nor ended for a moment: at once where nobody ever called. */
  async calm(): Promise<void> {
    const until = monotonic() + LINGER_MS
    for (;;) {
      const now = monotonic()
      const rest = Math.min(this.#changedAt + CALM_MS, until) - now
      if (rest <= 0) return
      await pause(rest)
    }
  }

  async reached(limitMs: number): Promise<void> {
    if (this.#count === 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limitMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

interface Host {
  leaving(): boolean
  busy(change: 1 | -1): void
  gone(): void
}

class Peer {
  readonly #service: Service
  readonly #host: Host
  readonly #cookie: string
  readonly #conversation: RpcConversation
  readonly #admission: NodeJS.Timeout
  #unsubscribe: (() => void) | undefined

  constructor(socket: Socket, cookie: string, service: Service, host: Host) {
    this.#service = service
    this.#host = host
    this.#cookie = cookie
    this.#admission = setTimeout(() => socket.destroy(), ADMIT_TIMEOUT_MS)
    this.#conversation = serveJsonRpc(socket, socket, {
      admit: (request) => this.#admit(request),
      answer: (request, signal) => this.#answer(request, signal),
      closed: () => this.#closed(),
    })
  }

  close(): void {
    this.#conversation.close()
  }

  #closed(): void {
    clearTimeout(this.#admission)
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
    this.#host.gone()
  }

  #admit(request: RpcRequest | undefined): RpcReply | 'refused' {
    if (request?.method !== 'hello' || request.id === undefined) return 'refused'
    if (!isCookie(this.#cookie, request.params.cookie)) return 'refused'
    clearTimeout(this.#admission)
    if (request.params.v !== CONTROL_VERSION) {
      return failure(request.id, NOT_ADMITTED, `this process speaks version ${CONTROL_VERSION}`)
    }
    return { kind: 'result', id: request.id, result: { v: CONTROL_VERSION, pid: process.pid } }
  }

  async #answer(request: RpcRequest, signal: AbortSignal): Promise<RpcReply> {
    const id = request.id ?? null
    if (this.#host.leaving()) return failure(id, HANDED_OVER, 'handed over')
    if (request.method === 'subscribe') return this.#subscribe(id)
    this.#host.busy(1)
    try {
      const result = await this.#service.call(request.method, request.params, signal)
      return { kind: 'result', id, result }
    } catch (error) {
      if (error instanceof Leaving) return failure(id, HANDED_OVER, 'handed over')
      const known = toClientError(error)
      return failure(id, CALL_FAILED, known.message, errorJson(known))
    } finally {
      // After the reply is written, which happens in the microtasks that follow.
      setImmediate(() => this.#host.busy(-1))
    }
  }

  #subscribe(id: RpcId): RpcReply {
    this.#unsubscribe ??= this.#service.subscribe((event) => {
      this.#conversation.notify('event', { ...event })
    })
    return { kind: 'result', id, result: {} }
  }
}
