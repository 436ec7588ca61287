// What a connection hands over of our mailbox, in the order of its coming: checked against the
// numbering, committed in their order, then acknowledged.

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Entry } from '../protocol/frames.ts'
import type { LogId } from '../protocol/ids.ts'
import type { DataFrame, Welcome } from './connection.ts'
import type { Driver } from './driver.ts'
import { SLICE } from './mailbox.ts'
import { Numbering } from './numbering.ts'

type Entries = Extract<DataFrame, { kind: 'entries' }>

interface IntakePorts {
  readonly driver: Driver
  readonly mailbox: LogId
  /** How far the mailbox was read and committed. */
  readonly cursor: () => number
  readonly acknowledge: (upTo: number) => void
  /** Drop the connection: what was not acknowledged comes again over another one. */
  readonly again: (detail: string) => void
  /** False when it failed, which is told where it is to be told. */
  readonly attempt: (work: () => Promise<void>) => Promise<boolean>
  /** Something was committed. */
  readonly look: () => void
}

/** Frames that wait for their transaction. Entries are bounded by their number; a frame may hold
 *  none of them, and a gap is a frame too. */
const MAX_WAITING_FRAMES = 4_096

/** What a frame is to be done with, in its turn. */
interface Waiting {
  /** Of its connection. */
  readonly numbering: Numbering
  readonly work: { readonly log: LogId; readonly entries: readonly Entry[] } | (() => Promise<void>)
}

export class Intake {
  readonly #ports: IntakePorts
  readonly #waiting: Waiting[] = []
  #isRunning = false
  #running: Promise<void> = Promise.resolve()
  /** One for each connection. */
  #numbering = new Numbering()
  #head: number | undefined

  constructor(ports: IntakePorts) {
    this.#ports = ports
  }

  /** All that waited when the server welcomed us is committed. */
  get caughtUp(): boolean {
    return this.#head !== undefined && this.#ports.cursor() >= this.#head
  }

  /** What the server says that it has beyond what it handed over. */
  get owed(): number {
    return Math.max(0, (this.#head ?? 0) - this.#ports.cursor())
  }

  disconnected(): void {
    this.#head = undefined
    this.#numbering = new Numbering()
  }

  connected({ head, cursor }: Welcome): void {
    this.disconnected()
    this.#enqueue(async () => {
      await this.#ports.driver.welcomed(this.#ports.mailbox, { head, cursor })
      this.#head = head
    })
  }

  entries({ log, entries }: Entries): void {
    const { mailbox } = this.#ports
    const numbering = this.#numbering
    // Only one's own mailbox comes unasked, and nothing else is asked for yet.
    const fault = log === mailbox ? numbering.entries(entries, this.#ports.cursor()) : 'foreign_log'
    if (fault !== undefined) {
      this.#ports.again(fault)
      return
    }
    this.#enqueue({ log, entries })
  }

  gap(upTo: number): void {
    const { driver, mailbox } = this.#ports
    const fault = this.#numbering.gap(upTo)
    if (fault === undefined) this.#enqueue(() => driver.gap(mailbox, upTo))
    else this.#ports.again(fault)
  }

  /** When nothing is under way any more. */
  settled(): Promise<void> {
    return this.#running
  }

  #enqueue(work: Waiting['work']): void {
    if (this.#waiting.length >= MAX_WAITING_FRAMES) {
      this.#ports.again('frames_flood')
      return
    }
    this.#waiting.push({ numbering: this.#numbering, work })
    if (!this.#isRunning) this.#running = this.#run()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) {
        const { numbering, work } = next
        // Of an earlier connection: the server does not know that it came, and says it again.
        if (numbering !== this.#numbering) continue
        await this.#perform(numbering, work)
        // Keys are answered between two: a flood must not freeze a screen.
        if (this.#waiting.length > 0) await nextTurn()
      }
    } finally {
      this.#isRunning = false
    }
  }

  /** The first that waits; entries with those of the frames behind them, as one transaction has room. */
  #next(): Waiting | undefined {
    const first = this.#waiting.shift()
    if (first === undefined || typeof first.work === 'function') return first
    const { numbering, work } = first
    const entries = [...work.entries]
    for (;;) {
      const [next] = this.#waiting
      if (next === undefined || next.numbering !== numbering) break
      if (typeof next.work === 'function' || next.work.log !== work.log) break
      if (entries.length + next.work.entries.length > SLICE) break
      entries.push(...next.work.entries)
      this.#waiting.shift()
    }
    return { numbering, work: { log: work.log, entries } }
  }

  /** What an entry needs and the network does not give now comes again with the next connection. */
  async #perform(numbering: Numbering, work: Waiting['work']): Promise<void> {
    const todo = typeof work === 'function' ? work : () => this.#take(numbering, work)
    const taken = await this.#ports.attempt(todo)
    if (!taken && numbering === this.#numbering) this.#ports.again('entries')
    this.#ports.look()
  }

  async #take(
    numbering: Numbering,
    { log, entries }: Extract<Waiting['work'], { readonly log: LogId }>,
  ): Promise<void> {
    const { driver } = this.#ports
    const upTo = await driver.entries(log, entries)
    numbering.acknowledged(entries.length)
    if (numbering === this.#numbering) this.#ports.acknowledge(upTo)
  }
}
