// One step on one transaction: load, step, commit, wipe, notify. Everything between BEGIN and
// COMMIT is synchronous, so that nothing can come between reading and writing a ratchet.

import type { CryptoEnv } from '../crypto/primitives.ts'
import type { LocalDevice } from '../crypto/session.ts'
import type { Context, Facts, Notice, Step, Write } from '../engine/step.ts'
import type { Store, StoreWriter } from '../store/port.ts'
import { viewOf } from './view.ts'
import { applyWrites } from './writes.ts'

interface StageOptions {
  readonly store: Store
  readonly env: CryptoEnv
  readonly local: LocalDevice
}

export type Stepper = (context: Context) => Step

export const NO_FACTS: Facts = {
  asked: new Set(),
  gone: new Set(),
  names: new Map(),
  bundles: new Map(),
  offline: false,
}

export class Stage {
  readonly #options: StageOptions
  readonly #listeners = new Set<(notice: Notice) => void>()

  constructor(options: StageOptions) {
    this.#options = options
  }

  subscribe(listener: (notice: Notice) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** For reading outside of a transaction: what is asked here is not about a ratchet. */
  get context(): Context {
    return this.#contextOn(this.#options.store, NO_FACTS)
  }

  run(stepper: Stepper, facts: Facts = NO_FACTS): Step {
    return this.all((perform) => perform(stepper, facts))
  }

  /** Several steps as one transaction; each sees what the ones before it wrote. If the store
   *  fails, nothing happened, nothing is told, and its error is the caller's. */
  all<T>(work: (perform: (stepper: Stepper, facts?: Facts) => Step) => T): T {
    const written: Write[] = []
    const notices: Notice[] = []
    const result = this.#options.store.transaction((tx) =>
      work((stepper, facts = NO_FACTS) => {
        const step = stepper(this.#contextOn(tx, facts))
        if (step.kind === 'done') {
          notices.push(...applyWrites(tx, step.writes), ...step.notices)
          written.push(...step.writes)
        }
        return step
      }),
    )
    wipe(written)
    this.#notify(notices)
    return result
  }

  #contextOn(tx: StoreWriter | Store, facts: Facts): Context {
    const { env, local } = this.#options
    return { view: viewOf(tx), env, local, facts }
  }

  /** After the commit, and not on its stack: a listener that fails is its own failure. */
  #notify(notices: readonly Notice[]): void {
    for (const notice of notices) {
      for (const listener of this.#listeners) queueMicrotask(() => listener(notice))
    }
  }
}

/** Best effort (R12): the secrets of this step, now that the store has them. */
function wipe(writes: readonly Write[]): void {
  for (const write of writes) {
    switch (write.kind) {
      case 'putSession':
        write.session.state.fill(0)
        break
      case 'addSkippedKey':
        write.key.messageKey.fill(0)
        break
      case 'putPrekey':
        write.prekey.privateKey.fill(0)
        break
      default:
    }
  }
}
