// One profile, whoever holds it. If nobody does, this process takes the lock and serves; if the
// holder dies or leaves, the next call finds out, takes the lock or finds the new holder, and
// asks again: every call that changes something has an idempotency key or is the same twice.

import { randomInt } from 'node:crypto'
import type { Client, MethodName, Params, Result } from './api.ts'
import { type Attached, attach } from './attach.ts'
import { timedOut, toClientError } from './errors.ts'
import { LinkLost } from './json-rpc-client.ts'
import { checkedParams } from './params.ts'
import type { ProfilePaths } from './paths.ts'
import { Leaving, type LiveEvent } from './service.ts'

/** The profile in this process: open, and served to the others. */
export interface Held {
  call(name: string, params: object, signal: AbortSignal): Promise<unknown>
  subscribe(listener: (event: LiveEvent) => void): () => void
  close(): Promise<void>
}

interface ProfileClientPorts {
  readonly paths: ProfilePaths
  /** Undefined while another process has the lock. Throws when the profile cannot be opened. */
  readonly hold: () => Promise<Held | undefined>
  /** Milliseconds that finding or becoming the holder may take. */
  readonly patience: number
  /** A daemon or a screen: when a holder goes away, take its place at once. */
  readonly keep: boolean
}

type Backend =
  | { readonly kind: 'held'; readonly held: Held }
  | { readonly kind: 'attached'; readonly attached: Attached }

/** Between two looks at a lock that is changing hands: about the time a handover takes. */
const LOOK_AGAIN_MS = 15
/** So that thirty processes do not look in step. */
const JITTER_MS = 20

export class ProfileClient implements Client {
  readonly #ports: ProfileClientPorts
  readonly #listeners = new Set<(event: LiveEvent) => void>()
  readonly #closing = new AbortController()
  #backend: Promise<Backend> | undefined
  #attached: Attached | undefined
  /** Listening to the profile in this process; only while somebody listens to us. */
  #unsubscribe: (() => void) | undefined
  /** The attached holder was asked for live events. */
  #subscribed: Attached | undefined

  constructor(ports: ProfileClientPorts) {
    this.#ports = ports
  }

  /** Finds or becomes the holder; without it the first call would. */
  async open(): Promise<this> {
    await this.#reach()
    return this
  }

  async call<M extends MethodName>(
    method: M,
    params: Params<M>,
    signal?: AbortSignal,
  ): Promise<Result<M>> {
    const given = signal ?? new AbortController().signal
    // Here too: what no line of the control socket can carry must not be put on it.
    checkedParams(method, params)
    if (method !== 'receive') return this.#call(method, params, given)
    return (await this.#receive(params as Params<'receive'>, given)) as Result<M>
  }

  /** Acknowledged when it is here: a holder that dies with the answer on its way loses no event. */
  async #receive(params: Params<'receive'>, signal: AbortSignal): Promise<Result<'receive'>> {
    const { ack, since, consumer, in: chats, types } = params
    const received = await this.#call('receive', { ...params, ack: 'manual' }, signal)
    if (ack === 'manual' || since !== undefined) return received
    const reader = {
      ...(consumer === undefined ? {} : { consumer }),
      ...(chats === undefined ? {} : { in: chats }),
      ...(types === undefined ? {} : { types }),
    }
    await this.#call('ack', { ...reader, cursor: received.cursor }, signal)
    return received
  }

  async #call<M extends MethodName>(
    method: M,
    params: Params<M>,
    given: AbortSignal,
  ): Promise<Result<M>> {
    for (;;) {
      const backend = await this.#reach()
      try {
        return (await this.#ask(backend, method, params, given)) as Result<M>
      } catch (error) {
        const handedOver = error instanceof LinkLost || error instanceof Leaving
        if (!handedOver || this.#closing.signal.aborted) throw toClientError(error)
        if (backend.kind === 'attached') this.#forget(backend.attached)
      }
    }
  }

  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener)
    void this.#listen()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size > 0) return
      this.#unsubscribe?.()
      this.#unsubscribe = undefined
    }
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return
    this.#closing.abort()
    const backend = await this.#backend?.catch(() => undefined)
    this.#unsubscribe?.()
    if (backend?.kind === 'held') await backend.held.close()
    else backend?.attached.close()
  }

  #ask(backend: Backend, method: string, params: object, signal: AbortSignal): Promise<unknown> {
    return backend.kind === 'held'
      ? backend.held.call(method, params, signal)
      : backend.attached.call(method, params, signal)
  }

  #reach(): Promise<Backend> {
    if (this.#backend !== undefined) return this.#backend
    const backend = this.#acquire().catch((error: unknown) => {
      this.#backend = undefined
      throw toClientError(error)
    })
    this.#backend = backend
    // Listeners follow, also where listening itself had to give up meanwhile.
    backend.then(
      () => {
        if (this.#listeners.size > 0 && !this.#closing.signal.aborted) void this.#listen()
      },
      () => {},
    )
    return backend
  }

  async #acquire(): Promise<Backend> {
    const until = Date.now() + this.#ports.patience
    for (;;) {
      const attached = await this.#attach()
      if (attached !== undefined) {
        this.#attached = attached
        return { kind: 'attached', attached }
      }
      const held = await this.#ports.hold()
      if (held !== undefined) return { kind: 'held', held }
      if (Date.now() > until) throw timedOut('Another process holds the profile and is silent.')
      await pause(LOOK_AGAIN_MS + randomInt(JITTER_MS))
    }
  }

  async #attach(): Promise<Attached | undefined> {
    let lost = false
    let mine: Attached | undefined
    mine = await attach(this.#ports.paths, {
      event: (event) => this.#tell(event),
      lost: () => {
        lost = true
        if (mine !== undefined) this.#lost(mine)
      },
    })
    return lost ? undefined : mine
  }

  /** A listener must not wait for the next call to learn that its holder is gone. */
  #lost(attached: Attached): void {
    this.#forget(attached)
    const needed = this.#ports.keep || this.#listeners.size > 0
    if (needed && !this.#closing.signal.aborted) void this.#listen()
  }

  #forget(attached: Attached): void {
    attached.close()
    if (this.#attached !== attached) return
    this.#attached = undefined
    this.#backend = undefined
  }

  async #listen(): Promise<void> {
    try {
      const backend = await this.#reach()
      if (this.#listeners.size === 0) return
      if (backend.kind === 'held') {
        this.#unsubscribe ??= backend.held.subscribe((event) => this.#tell(event))
        return
      }
      if (this.#subscribed === backend.attached) return
      this.#subscribed = backend.attached
      await backend.attached.call('subscribe', {})
    } catch (error) {
      // What is wrong with the profile, the next call says to whoever makes it.
      if (error instanceof LinkLost && !this.#closing.signal.aborted) void this.#listen()
    }
  }

  #tell(event: LiveEvent): void {
    for (const listener of [...this.#listeners]) listener(event)
  }
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))
