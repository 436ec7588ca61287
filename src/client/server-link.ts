// Between the connection and the driver: what the server says goes into transactions, what stands
// in the outbox goes out, acknowledgements follow commits. It decides nothing about a message.

import type { ClientFrame } from '../protocol/frames.ts'
import { type DeviceId, mailboxOf } from '../protocol/ids.ts'
import { type OutboxRow, type Store, StoreError } from '../store/port.ts'
import type { ClientError } from './api.ts'
import { appendsOf } from './appends.ts'
import { Changes, type Wait } from './changes.ts'
import type { Clock, Timer } from './clock.ts'
import { clockDiffers } from './clock-fault.ts'
import type { Connection, DataFrame, LinkState, StopReason } from './connection.ts'
import { DirectoryError } from './directory.ts'
import type { Driver } from './driver.ts'
import { linkStopped, toClientError } from './errors.ts'
import { Intake } from './intake.ts'
import { Newest } from './newest.ts'
import type { Welcomed } from './upkeep.ts'

interface ServerLinkPorts {
  readonly store: Store
  readonly driver: Driver
  readonly device: DeviceId
  readonly clock: Clock
  /** Made with our handlers, at the first demand: a command that needs no server pays for none.
   *  Undefined when this process is not to connect. */
  readonly connect: (handlers: {
    readonly changed: (state: LinkState) => void
    readonly frame: (frame: DataFrame) => void
  }) => Promise<Connection | undefined>
  readonly changed: (state: LinkState) => void
  readonly stopped: (reason: StopReason) => void
  readonly bug: (where: string, error: unknown) => void
}

type Appended = Extract<DataFrame, { kind: 'appended' }>
type Refused = Extract<DataFrame, { kind: 'refused' }>

interface Counts {
  readonly curve: number
  readonly kem: number
  readonly welcome?: Welcomed
}

/** Appends on the wire without an answer: enough to fill a slow line, small enough to resend. */
const MAX_IN_FLIGHT = 64
/** A disk that is full or failed is not asked again at once, nor is the server. */
const DISK_RETRY_MS = 3_000
/** A server that answers pings and no append is as good as gone: ask it on another connection. */
const ANSWER_MS = 60_000

export class ServerLink {
  readonly #ports: ServerLinkPorts
  readonly #changes = new Changes()
  readonly #intake: Intake
  readonly #inFlight = new Map<number, readonly OutboxRow[]>()
  /** Requests whose answer is being written down. */
  readonly #settling = new Set<number>()
  #connection: Connection | undefined
  #connecting: Promise<void> | undefined
  #demand = 0
  #closed = false
  #wasOpen = false
  #lastRequest = 0
  /** The profile's disk failed at what the server said; gone when it takes something again. */
  #fault: StoreError | undefined
  #retry: Timer | undefined
  #answerDue: Timer | undefined
  readonly #prekeys: Newest<Counts>

  constructor(ports: ServerLinkPorts) {
    this.#ports = ports
    const mailbox = mailboxOf(ports.device)
    this.#intake = new Intake({
      ...ports,
      mailbox,
      cursor: () => ports.store.cursor(mailbox),
      acknowledge: (upTo) => this.#connection?.send({ kind: 'ack', log: mailbox, upTo }),
      attempt: (work) => this.#tried('entries', work),
      again: (detail) => {
        this.#connection?.again(detail, this.#fault === undefined ? 0 : DISK_RETRY_MS)
      },
      look: () => this.look('entries'),
    })
    this.#prekeys = new Newest(({ welcome, ...counts }) =>
      this.#later('prekeys', () => ports.driver.prekeys(counts, welcome)),
    )
  }

  get state(): LinkState {
    return this.#connection?.state ?? { kind: 'off' }
  }

  get open(): boolean {
    return this.state.kind === 'open'
  }

  /** The server welcomed us once since this process opened the profile. */
  get wasOpen(): boolean {
    return this.#wasOpen
  }

  /** Why what is waited for cannot come now, though time goes by: whoever waits is told. */
  get trouble(): ClientError | undefined {
    const { state } = this
    if (state.kind === 'stopped') return linkStopped(state.reason)
    if (state.kind === 'waiting' && state.skew !== undefined) return clockDiffers(state.skew)
    return this.#fault === undefined ? undefined : toClientError(this.#fault)
  }

  /** Connected, or trying to be, until every caller gave its demand back. */
  want(): () => void {
    this.#demand += 1
    this.#dial()
    let held = true
    return () => {
      if (!held) return
      held = false
      this.#demand -= 1
    }
  }

  get wanted(): boolean {
    return this.#demand > 0 && !this.#closed
  }

  /** Something in the store changed that waiting callers may want to see: `what`, or anything. */
  look(what?: string): void {
    this.#changes.changed(what)
  }

  when<T>(condition: () => T | undefined, wait: Wait): Promise<T> {
    return this.#changes.when(condition, wait)
  }

  /** All that waited in the mailbox when the server welcomed us is committed. */
  get caughtUp(): boolean {
    return this.open && this.#intake.caughtUp
  }

  /** Entries that the server says it has for us and has not handed over. */
  get owed(): number {
    return this.#intake.owed
  }

  /** Nothing due stands in the outbox. */
  get drained(): boolean {
    return this.#ports.driver.outbox(1).length === 0
  }

  /** Sends what may be sent. Cheap when there is nothing or no connection. */
  pump(): void {
    if (!this.open) return
    const inFlight = [...this.#inFlight.values()].flat()
    const rows = this.#ports.driver.outbox(MAX_IN_FLIGHT)
    for (const append of appendsOf(rows, inFlight)) {
      if (this.#inFlight.size >= MAX_IN_FLIGHT) return
      this.#send(append)
    }
  }

  /** Another login, on another socket. */
  again(detail: string): void {
    this.#connection?.again(detail)
  }

  /** After a stop that was mended: the next login is another one. */
  reset(): void {
    this.#connection?.stop()
    this.#connection = undefined
    this.#connecting = undefined
    if (this.wanted) this.#dial()
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#retry?.cancel()
    this.#answerDue?.cancel()
    await this.#connecting
    await this.#intake.settled()
    this.#connection?.stop()
    this.look()
  }

  #dial(): void {
    if (this.#closed) return
    this.#connecting ??= this.#ports
      .connect({ changed: (state) => this.#moved(state), frame: (frame) => this.#take(frame) })
      .then(
        (connection) => {
          this.#connection = connection
          if (!this.#closed) connection?.start()
          this.look()
        },
        (error: unknown) => this.#ports.bug('connect', error),
      )
    if (this.state.kind === 'off') this.#connection?.start()
  }

  #moved(state: LinkState): void {
    this.#inFlight.clear()
    this.#answerDue?.cancel()
    this.#intake.disconnected()
    if (state.kind === 'open') {
      const { curvePrekeys: curve, kemPrekeys: kem, restored, time } = state.welcome
      this.#wasOpen = true
      this.#intake.connected(state.welcome)
      // The connection calls us before it shows itself as open. What waits goes first: while the
      // server stores it, there is time for the rest.
      queueMicrotask(() => {
        this.pump()
        this.#prekeys.offer({ curve, kem, welcome: { restored, time } })
      })
    }
    if (state.kind === 'stopped') this.#ports.stopped(state.reason)
    this.#ports.changed(state)
    queueMicrotask(() => this.look())
  }

  #take(frame: DataFrame): void {
    switch (frame.kind) {
      case 'entries':
        this.#intake.entries(frame)
        break
      case 'appended':
        this.#appended(frame)
        break
      case 'refused':
        this.#answered(frame.request, (rows) => this.#refused(rows, frame))
        break
      case 'notice':
        this.#noticed(frame)
        break
      case 'signalled':
      case 'presented':
        // Typing, presence and calls come with their own storeys.
        break
      default:
        frame satisfies never
    }
  }

  #noticed(frame: Extract<DataFrame, { kind: 'notice' }>): void {
    const { driver } = this.#ports
    switch (frame.about) {
      case 'prekeys_low':
        this.#prekeys.offer({ curve: frame.curvePrekeys, kem: frame.kemPrekeys })
        break
      case 'devices_changed':
        void this.#later('devices', () => driver.refreshDevices(frame.account))
        break
      case 'gap':
        this.#intake.gap(frame.upTo)
        break
      default:
        frame.about satisfies never
    }
  }

  #send(rows: readonly OutboxRow[]): void {
    this.#lastRequest = (this.#lastRequest + 1) % 2 ** 32
    const frame: ClientFrame = {
      kind: 'append',
      request: this.#lastRequest,
      lists: rows[0]?.lists ?? [],
      items: rows.flatMap((row) =>
        row.items.map((item) => ({ ...item, expectedEpoch: undefined })),
      ),
    }
    if (this.#connection?.send(frame) !== true) return
    this.#inFlight.set(this.#lastRequest, rows)
    if (this.#inFlight.size === 1) this.#awaitAnswer()
  }

  /** For whatever is on the wire and not yet answered, counted from the last answer. */
  #awaitAnswer(): void {
    this.#answerDue?.cancel()
    if (this.#inFlight.size <= this.#settling.size) return
    this.#answerDue = this.#ports.clock.after(ANSWER_MS, () => this.#connection?.again('no_answer'))
  }

  /** An answer that is not about what was sent confirms nothing: all of it goes once more. */
  #appended(frame: Appended): void {
    const rows = this.#inFlight.get(frame.request)
    const logs = rows?.flatMap((row) => row.items.map((item) => item.log))
    if (logs !== undefined && !isAbout(frame, logs)) {
      this.#connection?.again('appended')
      return
    }
    this.#answered(frame.request, (sent) => this.#stored(sent, frame))
  }

  async #stored(rows: readonly OutboxRow[], frame: Appended): Promise<void> {
    let from = 0
    for (const row of rows) {
      const results = frame.results.slice(from, from + row.items.length)
      from += row.items.length
      await this.#ports.driver.stored(row.row, results)
    }
  }

  async #refused(rows: readonly OutboxRow[], frame: Refused): Promise<void> {
    const { reason, accounts, retryAfter } = frame
    for (const row of rows) {
      const again = await this.#ports.driver.refused(row.row, reason, accounts, retryAfter)
      if (again !== undefined) this.#pumpAt(again)
    }
  }

  #answered(request: number, settle: (rows: readonly OutboxRow[]) => Promise<void>): void {
    const rows = this.#inFlight.get(request)
    // Nothing of ours waits for it: never sent, answered before, or of an earlier connection.
    if (rows === undefined || this.#settling.has(request)) return
    this.#settling.add(request)
    this.#awaitAnswer()
    void this.#later('outbox', async () => {
      try {
        await settle(rows)
      } catch (error) {
        // The same bytes go again, and are answered the same.
        this.#pumpAt(this.#ports.clock.now() + DISK_RETRY_MS)
        throw error
      } finally {
        this.#settling.delete(request)
        this.#inFlight.delete(request)
        this.#awaitAnswer()
      }
      this.pump()
    })
  }

  #pumpAt(time: number): void {
    const { clock } = this.#ports
    this.#retry?.cancel()
    this.#retry = clock.after(Math.max(0, time - clock.now()), () => this.pump())
  }

  #later(where: string, work: () => Promise<void>): Promise<void> {
    return this.#tried(where, work)
      .then(() => undefined)
      .finally(() => this.look(where))
  }

  async #tried(where: string, work: () => Promise<void>): Promise<boolean> {
    const before = this.#fault
    try {
      await work()
      this.#fault = undefined
      return true
    } catch (error) {
      this.#fault = error instanceof StoreError ? error : undefined
      if (!(error instanceof DirectoryError)) this.#ports.bug(where, error)
      return false
    } finally {
      // It is everybody's.
      if (this.#fault !== before) this.look()
    }
  }
}

/** One result for each item, in their order, each in its log. */
const isAbout = ({ results }: Appended, logs: readonly string[]): boolean =>
  results.length === logs.length && results.every(({ log }, index) => log === logs[index])
