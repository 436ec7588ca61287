// What arrives: entries become transactions, and only then a number to acknowledge.

import { setImmediate as nextTurn } from 'node:timers/promises'
import { type LogPosition, placeLog } from '../engine/known-entries.ts'
import {
  noteGap,
  quarantineFaulty,
  readAgain,
  readAgainFaulty,
  readable,
  receive,
} from '../engine/receive.ts'
import type { Quarantined } from '../engine/state.ts'
import type { Facts, Need, Step } from '../engine/step.ts'
import type { Entry } from '../protocol/frames.ts'
import type { AccountId, LogId } from '../protocol/ids.ts'
import { StoreError } from '../store/port.ts'
import { DirectoryError } from './directory.ts'
import type { Fetching } from './fetching.ts'
import { Lane } from './lane.ts'
import { NO_FACTS, type Stage, type Stepper } from './stage.ts'

/** Entries to a transaction. Keys are answered between two: a backlog must not freeze a screen. */
export const SLICE = 48

type Perform = (stepper: Stepper, facts?: Facts) => Step

export class Mailbox {
  readonly #stage: Stage
  readonly #fetching: Fetching
  readonly #lane = new Lane()
  /** The first entry of a log that could not be taken. What follows it must not move the cursor
   *  over it: it is refused until that one has come again. */
  readonly #owed = new Map<LogId, number>()

  constructor(stage: Stage, fetching: Fetching) {
    this.#stage = stage
    this.#fetching = fetching
  }

  entries(log: LogId, entries: readonly Entry[]): Promise<number> {
    return this.#lane.run(() => this.#take(log, entries))
  }

  welcomed(log: LogId, server: LogPosition): Promise<void> {
    return this.#lane.run(async () => {
      this.#stage.run((context) => placeLog(context, log, server))
    })
  }

  gap(log: LogId, upTo: number): Promise<void> {
    return this.#lane.run(async () => {
      this.#stage.run((context) => noteGap(context, log, upTo))
      if (upTo >= (this.#owed.get(log) ?? Number.POSITIVE_INFINITY)) this.#owed.delete(log)
    })
  }

  /** What an account's devices sent before they could be trusted, now that they can. There is no
   *  wait in it: nothing of a batch that is under way comes between. */
  readAgain(account: AccountId): void {
    for (const kept of readable(this.#stage.context.view, account)) this.#readAgain(kept)
  }

  close(): Promise<void> {
    return this.#lane.close()
  }

  async #take(log: LogId, entries: readonly Entry[]): Promise<number> {
    const owed = this.#owed.get(log)
    const [first] = entries
    if (owed !== undefined && first !== undefined && first.seq > owed) {
      throw new DirectoryError('network')
    }
    this.#owed.delete(log)
    let facts = NO_FACTS
    let done = 0
    while (done < entries.length) {
      if (done > 0) await nextTurn()
      const rest = entries.slice(done, done + SLICE)
      // What came first is read first.
      for (const account of new Set(rest.map((entry) => entry.account))) this.readAgain(account)
      const { taken, needs } = this.#commit(log, rest, facts)
      done += taken
      if (needs.length === 0) continue
      try {
        facts = await this.#fetching.fetch(needs, facts)
      } catch (error) {
        const missing = entries[done]
        if (missing !== undefined) this.#owed.set(log, missing.seq)
        throw error
      }
    }
    return this.#stage.context.view.cursor(log)
  }

  #readAgain(kept: Quarantined): void {
    try {
      this.#stage.run((context) => readAgain(context, kept))
    } catch (error) {
      if (error instanceof StoreError && error.code !== 'constraint') throw error
      this.#stage.run((context) => readAgainFaulty(context, kept))
    }
  }

  /** As many as go without the network, in one transaction. */
  #commit(log: LogId, entries: readonly Entry[], facts: Facts): Committed {
    try {
      return this.#stage.all((perform) => takeAll(perform, log, entries, facts))
    } catch (error) {
      // A row that broke a rule of the schema is our bug with one entry, not a broken disk.
      if (!(error instanceof StoreError) || error.code !== 'constraint') throw error
      return this.#commitFirst(log, entries, facts)
    }
  }

  #commitFirst(log: LogId, entries: readonly Entry[], facts: Facts): Committed {
    const first = entries.slice(0, 1)
    try {
      return this.#stage.all((perform) => takeAll(perform, log, first, facts))
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'constraint') throw error
      for (const entry of first) {
        this.#stage.run((context) => quarantineFaulty(context, { log, entry }))
      }
      return { taken: first.length, needs: [] }
    }
  }
}

interface Committed {
  readonly taken: number
  readonly needs: readonly Need[]
}

function takeAll(perform: Perform, log: LogId, entries: readonly Entry[], facts: Facts): Committed {
  for (const [taken, entry] of entries.entries()) {
    const step = takeOne(perform, log, entry, facts)
    if (step.kind === 'need') return { taken, needs: step.needs }
  }
  return { taken: entries.length, needs: [] }
}

/** A step that fails on an entry, whatever the reason, keeps it aside and goes on (P13); a store
 *  that fails ends the transaction. */
function takeOne(perform: Perform, log: LogId, entry: Entry, facts: Facts): Step {
  return perform((context) => {
    try {
      return receive(context, { log, entry })
    } catch (error) {
      if (error instanceof StoreError) throw error
      return quarantineFaulty(context, { log, entry })
    }
  }, facts)
}
