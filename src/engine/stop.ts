// How a step ends early: it needs something from the network first, or it says no. Thrown inside
// the engine only; the face of each step catches it and returns it as the value it carries.

import type { Need, RefusalCode, Step } from './step.ts'

export class Stop extends Error {
  readonly step: Exclude<Step, { kind: 'done' }>

  constructor(step: Exclude<Step, { kind: 'done' }>) {
    super(step.kind)
    this.name = 'Stop'
    this.step = step
  }
}

export function need(...needs: readonly Need[]): never {
  throw new Stop({ kind: 'need', needs })
}

/** `detail` names what, never who: no name, no text, no key. */
export function refuse(code: RefusalCode, detail: string): never {
  throw new Stop({ kind: 'refused', code, detail })
}

/** Runs a step's body; whatever is not a Stop is a bug and goes on up. */
export function stepping(work: () => Step): Step {
  try {
    return work()
  } catch (error) {
    if (error instanceof Stop) return error.step
    throw error
  }
}
