// What a connection hands over of our mailbox, in the order of its coming: checked against the
// numbering, committed one frame after another, then acknowledged.

import type { LogId } from '../protocol/ids.ts'
import type { DataFrame, Welcome } from './connection.ts'
import type { Driver } from './driver.ts'
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

export class Intake {
  readonly #ports: IntakePorts
  #queue: Promise<void> = Promise.resolve()
  #waiting = 0
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
    const { driver, mailbox } = this.#ports
    const numbering = this.#numbering
    // Only one's own mailbox comes unasked, and nothing else is asked for yet.
    const fault = log === mailbox ? numbering.entries(entries, this.#ports.cursor()) : 'foreign_log'
    if (fault !== undefined) {
      this.#ports.again(fault)
      return
    }
    this.#enqueue(async () => {
      const upTo = await driver.entries(log, entries)
      numbering.acknowledged(entries.length)
      if (numbering === this.#numbering) this.#ports.acknowledge(upTo)
    })
  }

  gap(upTo: number): void {
    const { driver, mailbox } = this.#ports
    const fault = this.#numbering.gap(upTo)
    if (fault === undefined) this.#enqueue(() => driver.gap(mailbox, upTo))
    else this.#ports.again(fault)
  }

  /** When nothing is under way any more. */
  settled(): Promise<void> {
    return this.#queue
  }

  /** What an entry needs and the network does not give now comes again with the next connection. */
  #enqueue(work: () => Promise<void>): void {
    const numbering = this.#numbering
    if (this.#waiting >= MAX_WAITING_FRAMES) {
      this.#ports.again('frames_flood')
      return
    }
    this.#waiting += 1
    this.#queue = this.#queue.then(async () => {
      this.#waiting -= 1
      // Of an earlier connection: the server does not know that it came, and says it again.
      if (numbering !== this.#numbering) return
      const taken = await this.#ports.attempt(work)
      if (!taken && numbering === this.#numbering) this.#ports.again('entries')
      this.#ports.look()
    })
  }
}
