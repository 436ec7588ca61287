// A profile that is open: its database, driver and connection, for as long as somebody holds it.
// Nothing of the network is touched before somebody wants it.

import { setMaxListeners } from 'node:events'
import { rmSync } from 'node:fs'
import { deviceFromSeeds } from '../crypto/identity.ts'
import type { Notice } from '../engine/step.ts'
import { removeMarker } from '../keychain/marker.ts'
import type { Keychain, KeychainSecrets } from '../keychain/port.ts'
import type { SelfRow, Store } from '../store/port.ts'
import { removeStore } from '../store/sqlite-store.ts'
import type { ClientError } from './api.ts'
import { monotonic, realClock, type Timer } from './clock.ts'
import { clockDiffers } from './clock-fault.ts'
import type { Connection, LinkState, StopReason } from './connection.ts'
import { DirectoryError } from './directory.ts'
import { httpDirectory } from './directory-http.ts'
import { createDriver, type Driver } from './driver.ts'
import type { EarlySocket } from './early-dial.ts'
import { realEnv } from './env.ts'
import { linkStopped, offline } from './errors.ts'
import type { Generation } from './generation.ts'
import type { Http } from './http.ts'
import { liveEvent } from './live-events.ts'
import { bugEvent, type Log, openLog } from './log.ts'
import type { ProfilePaths } from './paths.ts'
import type { Condition, Profile } from './profile.ts'
import type { ProfileOptions } from './profile-options.ts'
import { parseServerAddress } from './server-address.ts'
import { ServerLink } from './server-link.ts'
import { Leaving, type LiveEvent } from './service.ts'
import { openTransfers, type Transfers } from './transfers.ts'

/** What may still go out when a process ends; the rest goes with the next one. */
const FLUSH_MS = 3_000
const OPENING_BYTES = 16
/** After upkeep that failed, on a full disk for one. */
const TICK_RETRY_MS = 3_000
/** What a storm of messages owes is gathered for so long. */
const TICK_EVERY_MS = 250
/** As upkeep.ts has it: whoever sleeps looks at the clock within the hour. */
const MAX_SLEEP_MS = 3_600_000

interface Opened {
  readonly paths: ProfilePaths
  readonly options: ProfileOptions
  readonly keychain: Keychain
  readonly store: Store
  readonly self: SelfRow
  readonly generation: Generation
  readonly condition: Condition
  readonly early: Promise<EarlySocket | undefined> | undefined
}

/** Loaded by who connects. */
export const connectionModules = () =>
  Promise.all([import('./connection.ts'), import('./socket.ts'), import('./early-dial.ts')])

export class OpenProfile implements Profile {
  readonly paths: ProfilePaths
  readonly env = realEnv
  readonly log: Log
  readonly store: Store
  readonly driver: Driver
  readonly link: ServerLink
  readonly transfers: Transfers
  readonly openedAt = Date.now()
  readonly serving: boolean
  readonly online: boolean
  readonly timeout: number | undefined
  readonly onStop: (() => void) | undefined
  readonly #opened: Opened
  readonly #local: ReturnType<typeof deviceFromSeeds>
  readonly #opening = realEnv.random(OPENING_BYTES)
  readonly #listeners = new Set<(event: LiveEvent) => void>()
  readonly #leaving = new AbortController()
  #condition: Condition
  #http: Promise<Http> | undefined
  #flush = false
  #erased = false
  #tick: Timer | undefined
  #ticking = false
  #tickedAt = Number.NEGATIVE_INFINITY
  /** Told by the holder. */
  peers: () => number = () => 0

  constructor(opened: Opened) {
    const { paths, options, store, self, generation } = opened
    const { signingSeed, agreementSeed } = generation.secrets
    this.#opened = opened
    this.#condition = opened.condition
    this.paths = paths
    this.store = store
    // Every call that waits listens: as many as there are processes.
    setMaxListeners(0, this.#leaving.signal)
    this.log = openLog(paths.log)
    this.serving = options.serve
    this.online = options.network !== 'offline'
    this.timeout = options.timeout
    this.onStop = options.onStop
    this.#local = deviceFromSeeds(this.env.primitives, {
      account: self.account,
      accountKey: self.identityKey,
      device: self.device,
      signingSeed,
      agreementSeed,
    })
    const directory = httpDirectory(() => this.http())
    this.driver = createDriver({ store, directory, env: this.env, local: this.#local })
    this.driver.subscribe((notice) => this.#hear(notice))
    this.link = this.#makeLink()
    this.transfers = this.#makeTransfers()
    if (this.serving) this.link.want()
    if (store.dueExpired(this.env.now(), 1).length > 0) this.#tend()
  }

  get condition(): Condition {
    return this.#condition
  }

  get keychain(): Keychain['kind'] {
    return this.#opened.keychain.kind
  }

  get secrets(): KeychainSecrets {
    return this.#opened.generation.secrets
  }

  get leaving(): AbortSignal {
    return this.#leaving.signal
  }

  clients(): number {
    return this.peers()
  }

  http(): Promise<Http> {
    if (!this.online) return Promise.reject(offline())
    this.#http ??= this.#openHttp()
    return this.#http
  }

  tell(event: LiveEvent): void {
    for (const listener of [...this.#listeners]) listener(event)
  }

  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener)
    // Whoever listens wants to hear what comes, so somebody must be connected.
    const release = this.link.want()
    return () => {
      if (this.#listeners.delete(listener)) release()
    }
  }

  flushAtEnd(): void {
    this.#flush = true
  }

  leave(): void {
    this.#leaving.abort(new Leaving())
  }

  async mend(): Promise<void> {
    await this.driver.submit({ kind: 'mendRollback' })
    await this.#opened.generation.mend(this.env.now())
    this.#condition = { kind: 'sound' }
    this.link.reset()
  }

  async erase(): Promise<void> {
    this.#erased = true
    await this.#closeAll()
    await removeMarker(this.paths.marker)
    await this.#opened.keychain.remove()
    removeStore(this.paths.database)
    for (const path of [this.paths.log, `${this.paths.log}.1`, this.paths.config]) {
      rmSync(path, { force: true })
    }
  }

  async close(): Promise<void> {
    this.leave()
    if (this.#erased) return
    await this.#flushOut()
    await this.#closeAll()
  }

  async #closeAll(): Promise<void> {
    this.#tick?.cancel()
    await this.transfers.close()
    ;(await this.#opened.early)?.drop()
    // Before the link: an entry that waits for the directory gives up and comes again.
    ;(await this.#http?.catch(() => undefined))?.close()
    await this.link.close()
    await this.driver.close()
    const sound = this.#condition.kind === 'sound' && !this.#erased
    // Its half of the database is written at once; the keychain's takes longer than the rest.
    const left = sound ? this.#opened.generation.leave() : undefined
    try {
      this.store.close()
    } finally {
      await left
    }
  }

  /** Receipts without the rest of their wait, and what a command left in the outbox. */
  async #flushOut(): Promise<void> {
    const { link, driver } = this
    const may = this.online && this.#condition.kind === 'sound'
    if (!may || !(link.open || (this.#flush && !link.drained))) return
    const release = link.want()
    const done = async (): Promise<true> => {
      if (link.open) await driver.flush()
      return true
    }
    try {
      const wait = { until: Date.now() + FLUSH_MS, signals: [] }
      await link.when(() => (link.open ? true : undefined), wait)
      await done()
      link.pump()
      await link.when(() => (link.drained || !link.open ? true : undefined), wait)
    } catch {
      // It stands in the outbox and goes with the next process.
    } finally {
      release()
    }
  }

  #makeLink(): ServerLink {
    return new ServerLink({
      store: this.store,
      driver: this.driver,
      device: this.#opened.self.device,
      clock: realClock,
      connect: (handlers) => this.#connect(handlers),
      changed: (state) => this.#linkChanged(state),
      stopped: (reason) => this.#stopped(reason),
      bug: (where, error) => this.#bug(where, error),
    })
  }

  #makeTransfers(): Transfers {
    return openTransfers({
      env: this.env,
      clock: realClock,
      store: this.store,
      driver: this.driver,
      http: () => this.http(),
      tell: (event) => this.tell(event),
      wanted: () => this.link.wanted && this.#condition.kind === 'sound',
    })
  }

  async #connect(handlers: {
    readonly changed: (state: LinkState) => void
    readonly frame: Parameters<ConstructorParameters<typeof ServerLink>[0]['connect']>[0]['frame']
  }): Promise<Connection | undefined> {
    if (!this.online || this.#condition.kind !== 'sound') return undefined
    const [{ createConnection }, { dialSocket }] = await connectionModules()
    const { self, generation } = this.#opened
    const address = parseServerAddress(self.server)
    const early = await this.#opened.early
    return createConnection({
      dial: (socket) => early?.take(socket) ?? dialSocket(address, socket),
      clock: realClock,
      env: this.env,
      login: {
        account: self.account,
        device: self.device,
        serverKey: self.serverKey,
        signingKey: this.#local.signing.privateKey,
        generation: generation.current,
        opening: this.#opening,
      },
      ...handlers,
    })
  }

  async #openHttp(): Promise<Http> {
    const { openHttp } = await import('./http.ts')
    const { account, device, server, serverKey } = this.#opened.self
    const signingKey = this.#local.signing.privateKey
    const identity = { account, device, serverKey, signingKey }
    return openHttp({ address: parseServerAddress(server), env: this.env, identity })
  }

  #linkChanged(state: LinkState): void {
    if (state.kind === 'open') {
      this.tell({ v: 1, type: 'connected' })
      // After the link, which hands over what waits.
      queueMicrotask(() => this.#tend())
      this.transfers.resume()
    } else if (state.kind === 'waiting') {
      this.tell({ v: 1, type: 'disconnected', reason: state.detail })
      if (state.skew !== undefined) this.#tellTrouble(clockDiffers(state.skew))
      this.log.write({ what: 'connection', state: state.kind, detail: state.detail })
    }
  }

  #stopped(reason: StopReason): void {
    const why = linkStopped(reason)
    this.log.write({ what: 'connection', state: 'stopped', detail: reason })
    if (reason === 'rolled_back' || reason === 'replaced') this.#halt(why)
    this.#tellTrouble(why)
  }

  #tellTrouble({ code, message, hint }: ClientError): void {
    this.tell({ v: 1, type: 'error', code, message, hint: hint ?? null })
  }

  /** Another copy has gone on: no key of this one is used again. */
  #halt(why: ClientError): void {
    this.#condition = { kind: 'stopped', why }
    this.#opened.generation.stop()
  }

  #hear(notice: Notice): void {
    if (notice.kind === 'outbox') this.link.pump()
    if (notice.kind === 'due') this.#tend()
    if (notice.kind === 'doubt') this.link.again('clock_doubt')
    if (notice.kind === 'upload') this.transfers.resume()
    const event = this.#listeners.size === 0 ? undefined : liveEvent(this.store, notice)
    if (event !== undefined) this.tell(event)
    this.link.look(notice.kind === 'message' ? notice.message : notice.kind)
  }

  /** What falls due is done while somebody is connected, and what expired goes in any case. */
  #tend(): void {
    if (this.#ticking || this.leaving.aborted) return
    this.#tick?.cancel()
    const early = this.#tickedAt + TICK_EVERY_MS - monotonic()
    if (early > 0) {
      this.#tick = realClock.after(early, () => this.#tend())
      return
    }
    this.#ticking = true
    this.#tickedAt = monotonic()
    this.driver
      .tick()
      .then((next) => {
        if (next === undefined || this.leaving.aborted) return
        // The clock may have been set since the moment was named.
        const wait = Math.min(Math.max(0, next - this.env.now()), MAX_SLEEP_MS)
        this.#tick = realClock.after(wait, () => this.#tend())
      })
      .catch((error: unknown) => {
        if (!(error instanceof DirectoryError)) this.#bug('tick', error)
        if (!this.leaving.aborted) this.#tick = realClock.after(TICK_RETRY_MS, () => this.#tend())
      })
      .finally(() => {
        this.#ticking = false
        this.link.pump()
        this.link.look('tick')
      })
  }

  #bug(where: string, error: unknown): void {
    if (!this.leaving.aborted) this.log.write(bugEvent(where, error))
  }
}
