// A device of the simulation: the real driver over the real store, and in place of the shell a
// small one whose wires are lists that the world moves, loses and repeats. A crash throws away all
// that is in memory; the store stays.

import type { Directory } from '../../../src/client/directory.ts'
import { DirectoryError } from '../../../src/client/directory.ts'
import { createDriver, type Driver } from '../../../src/client/driver.ts'
import type { CryptoEnv } from '../../../src/crypto/primitives.ts'
import type { Intent } from '../../../src/engine/intent.ts'
import type { Entry } from '../../../src/protocol/frames.ts'
import { type AccountId, type LogId, type MessageId, mailboxOf } from '../../../src/protocol/ids.ts'
import { MAX_CLOCK_SKEW_MS } from '../../../src/protocol/limits.ts'
import type { OutboxRow, Store } from '../../../src/store/port.ts'
import type { SealLog } from './primitives.ts'
import type { Profile } from './profile.ts'
import type { Answer, ModelServer } from './server.ts'

/** Deliberate mistakes, to see that a run finds them. The product has no such switches. */
export interface Plants {
  /** The acknowledgement goes out before the commit. */
  readonly ackFirst?: boolean
  /** What the driver's store is, instead of the real one. */
  readonly store?: (store: Store) => Store
  /** Done before a row is sent a second time. */
  readonly resend?: (device: Device, row: OutboxRow) => Promise<void>
}

export type Upward =
  | { readonly kind: 'append'; readonly row: OutboxRow }
  | { readonly kind: 'ack'; readonly upTo: number }
export type Downward =
  | { readonly kind: 'entries'; readonly entries: readonly Entry[] }
  | { readonly kind: 'answer'; readonly row: OutboxRow; readonly answer: Answer }
  | {
      readonly kind: 'welcome'
      readonly cursor: number
      readonly head: number
      readonly time: number
    }

export interface Wire {
  readonly up: Upward[]
  readonly down: Downward[]
  readonly inFlight: Map<number, readonly LogId[]>
  /** Entries above it were not pushed yet on this connection. */
  pushed: number
}

interface Call {
  readonly work: () => void
}

interface Life {
  readonly driver: Driver
  dead: boolean
}

class Dead extends Error {}

export type CrashPoint = 'before' | 'after'

export interface DeviceOptions {
  readonly profile: Profile
  readonly store: Store
  readonly env: CryptoEnv
  readonly server: ModelServer
  readonly seals: SealLog
  readonly plants: Plants
}

export class Device {
  readonly profile: Profile
  readonly store: Store
  readonly log: LogId
  readonly env: CryptoEnv
  readonly calls: Call[] = []
  readonly failures: unknown[] = []
  /** Which message rows the server durably took, per log that they went to. */
  readonly taken: {
    readonly message: MessageId
    readonly log: LogId
    readonly seq: number
    readonly era: number
  }[] = []
  readonly #server: ModelServer
  readonly #seals: SealLog
  readonly #plants: Plants
  readonly #sentOnce = new Set<number>()
  /** Whom its owner ever blocked, and what they deleted here: neither is missed. */
  readonly shut = new Set<AccountId>()
  readonly letGo = new Set<MessageId>()
  wire: Wire | undefined
  online = true
  nextTick: number | undefined
  /** Transactions until the process dies, and on which side of the commit. */
  fuse: { left: number; readonly at: CrashPoint } | undefined
  #life: Life
  busy = 0
  #stirred = false

  /** How far this device's clock is ahead of the world's. */
  skew = 0
  readonly #worldTime: () => number

  constructor({ profile, store, env, server, seals, plants }: DeviceOptions) {
    this.profile = profile
    this.store = store
    this.#worldTime = env.now
    this.env = { ...env, now: () => env.now() + this.skew }
    this.log = mailboxOf(profile.local.device)
    this.#server = server
    this.#seals = seals
    this.#plants = plants
    this.#life = this.#born()
    this.nextTick = this.#worldTime()
  }

  get driver(): Driver {
    return this.#life.driver
  }

  crash(): void {
    this.#life.dead = true
    this.wire = undefined
    this.calls.length = 0
    this.busy = 0
    this.fuse = undefined
    this.#life = this.#born()
    this.nextTick = this.#worldTime()
  }

  /** Something may stand in the outbox. */
  stir(): void {
    this.#stirred = true
  }

  connect(): void {
    if (!this.punctual) return
    this.#stirred = true
    const place = this.#server.position(this.log)
    const welcome = { kind: 'welcome', ...place, time: this.#worldTime() } as const
    this.wire = { up: [], down: [welcome], inFlight: new Map(), pushed: place.cursor }
  }

  disconnect(): void {
    this.wire = undefined
  }

  /** Everything that a shell does, each time something may have changed. */
  pump(): void {
    const { wire } = this
    if (wire === undefined || !this.#stirred) return
    this.#stirred = false
    // One append per mailbox is under way: what the server refuses for now cannot be overtaken.
    for (const row of this.driver.outbox(16)) {
      if (row.items.some(({ log }) => [...wire.inFlight.values()].flat().includes(log))) continue
      if (this.#plants.resend !== undefined && this.#sentOnce.has(row.row)) {
        this.#sentOnce.delete(row.row)
        this.#do(() => this.#plants.resend?.(this, row) ?? Promise.resolve())
        return
      }
      this.#sentOnce.add(row.row)
      wire.inFlight.set(
        row.row,
        row.items.map((item) => item.log),
      )
      for (const { body } of row.items) this.#seals.speak(body)
      wire.up.push({ kind: 'append', row })
    }
  }

  submit(intent: Intent): void {
    this.#do(async () => {
      await this.driver.submit(intent)
    })
  }

  tick(): void {
    this.nextTick = undefined
    this.#do(async () => {
      const next = await this.driver.tick()
      if (next !== undefined) this.#wakeAt(next)
    })
  }

  /** Timers run by a clock that nobody sets. */
  #wakeAt(time: number): void {
    const at = this.#worldTime() + Math.max(0, time - this.env.now())
    this.nextTick = Math.min(at, this.nextTick ?? at)
  }

  /** A server refuses what is signed at another time. */
  get punctual(): boolean {
    return Math.abs(this.skew) <= MAX_CLOCK_SKEW_MS
  }

  refresh(account: Profile['account']): void {
    this.#do(() => this.driver.refreshDevices(account))
  }

  take(frame: Downward): void {
    const { wire } = this
    switch (frame.kind) {
      case 'welcome': {
        const { cursor, head, time } = frame
        const { restored } = this.#server
        this.#do(() => this.driver.welcomed(this.log, { cursor, head }))
        const counts = this.#server.counts(this.profile.local.device)
        this.#do(() => this.driver.prekeys(counts, { restored, time }))
        this.nextTick = this.#worldTime()
        break
      }
      case 'entries':
        this.#takeEntries(frame.entries)
        break
      case 'answer':
        this.#takeAnswer(frame.row, frame.answer, wire)
        break
    }
  }

  #takeEntries(entries: readonly Entry[]): void {
    const { wire } = this
    const last = entries.at(-1)
    if (this.#plants.ackFirst && last !== undefined) {
      wire?.up.push({ kind: 'ack', upTo: last.seq })
    }
    this.#do(async () => {
      const upTo = await this.driver.entries(this.log, entries)
      if (wire === this.wire) wire?.up.push({ kind: 'ack', upTo })
    })
  }

  #takeAnswer(row: OutboxRow, answer: Answer, wire: Wire | undefined): void {
    this.#do(async () => {
      if (answer.kind === 'appended') await this.driver.stored(row.row, answer.results)
      else {
        const { reason, accounts, retryAfter } = answer
        const again = await this.driver.refused(row.row, reason, accounts, retryAfter)
        if (again !== undefined) this.#wakeAt(again)
      }
      wire?.inFlight.delete(row.row)
    })
  }

  /** Runs in this life; what it leaves behind when the life ends is never heard of again. */
  #do(work: () => Promise<void>): void {
    const life = this.#life
    this.busy += 1
    const settle = (): void => {
      this.#stirred = true
      if (life === this.#life) this.busy -= 1
    }
    work().then(settle, (error: unknown) => {
      settle()
      if (error instanceof Dead || life.dead) return
      if (error instanceof DirectoryError) this.wire = undefined
      else this.failures.push(error)
    })
  }

  #born(): Life {
    const life: { -readonly [K in keyof Life]?: Life[K] } & { dead: boolean } = { dead: false }
    const base = this.#plants.store?.(this.store) ?? this.store
    const store = this.#mortal(base, life)
    const driver = createDriver({
      store,
      directory: this.#directory(life),
      env: this.env,
      local: this.profile.local,
    })
    driver.subscribe((notice) => {
      if (notice.kind === 'due') this.nextTick = this.#worldTime()
      if (notice.kind === 'outbox') this.#stirred = true
      if (notice.kind === 'doubt' && this.wire !== undefined) {
        this.disconnect()
        this.connect()
      }
    })
    return Object.assign(life, { driver }) as Life
  }

  /** The process dies at its chosen transaction, on the chosen side of the commit. */
  #mortal(store: Store, life: { dead: boolean }): Store {
    const transaction: Store['transaction'] = (work) => {
      if (life.dead) throw new Dead()
      const { fuse } = this
      if (fuse !== undefined) fuse.left -= 1
      const blown = fuse !== undefined && fuse.left <= 0
      const result = store.transaction((tx) => {
        const inner = work(tx)
        if (blown && fuse.at === 'before') throw this.#die(life)
        return inner
      })
      if (blown) throw this.#die(life)
      return result
    }
    return { ...store, transaction }
  }

  #die(life: { dead: boolean }): Dead {
    life.dead = true
    this.fuse = undefined
    // What stands on the stack unwinds first; then the next life begins.
    queueMicrotask(() => this.crash())
    return new Dead()
  }

  #directory(life: { dead: boolean }): Directory {
    const call = <T>(work: () => T): Promise<T> =>
      new Promise((resolve, reject) => {
        const perform = (): void => {
          if (life.dead) return
          try {
            if (!this.online || !this.punctual) throw new DirectoryError('network')
            resolve(work())
          } catch (error) {
            reject(error as Error)
          }
        }
        this.calls.push({ work: perform })
      })
    const server = this.#server
    return {
      lookup: (name) => call(() => server.lookup(name)),
      account: (account) => call(() => server.account(account)),
      deviceLists: (account, after) => call(() => server.chain(account, after)),
      claimPrekeys: (_account, devices) => call(() => server.claim(devices)),
      uploadPrekeys: (upload, replace) =>
        call(() => server.upload(this.profile.local.device, upload, replace)),
    }
  }
}
