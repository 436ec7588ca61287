// Steps are put together with these: a model, and what is to be done beside.

import type { SafeText } from '../../protocol/safe-text.ts'
import type { Effect, Step } from '../effect.ts'
import type { Failure, Main, Model, Overlay, Pane, Toast } from '../model.ts'
import type { Deed, Request } from '../request.ts'

const TOAST_MS = 4_000
/** A failure is read twice. */
const BAD_TOAST_MS = 8_000

export const still = (model: Model): Step => ({ model, effects: [] })

export const doing = (model: Model, ...effects: readonly Effect[]): Step => ({ model, effects })

export const also = (step: Step, ...effects: readonly Effect[]): Step => ({
  model: step.model,
  effects: [...step.effects, ...effects],
})

/** The next step, of the model that the first one left. (By the name of `then` this module would be
 *  taken for a promise by whoever imports it lazily.) */
export function andThen(step: Step, next: (model: Model) => Step): Step {
  const following = next(step.model)
  return { model: following.model, effects: [...step.effects, ...following.effects] }
}

export const ask = (request: Request): Effect => ({ kind: 'ask', request })

export const deed = (what: Deed, done?: SafeText): Effect =>
  ask({ kind: 'do', deed: what, ...(done === undefined ? {} : { done }) })

/** The main screen, where it is the one that is seen. */
export const mainOf = ({ screen }: Model): Main | undefined =>
  screen.kind === 'main' ? screen.main : undefined

/** The main screen wherever it is: it goes on behind a lock. */
export const anyMain = ({ screen }: Model): Main | undefined =>
  screen.kind === 'main' || screen.kind === 'locked' ? screen.main : undefined

export function withMain(model: Model, main: Main): Model {
  const { screen } = model
  if (screen.kind !== 'main' && screen.kind !== 'locked') return model
  return { ...model, screen: { ...screen, main } }
}

export const changeMain = (model: Model, change: (main: Main) => Main): Model => {
  const main = anyMain(model)
  return main === undefined ? model : withMain(model, change(main))
}

export const paneOf = (main: Main): Pane | undefined => main.panes[main.pane]

export const withPane = (main: Main, pane: Pane): Main => ({
  ...main,
  panes: main.panes.map((one, at) => (at === main.pane ? pane : one)),
})

export const topOf = (main: Main): Overlay | undefined => main.overlays.at(-1)

/** Over whatever lies there already. */
export const opened = (main: Main, overlay: Overlay): Main => ({
  ...main,
  overlays: [...main.overlays, overlay],
})

export const closed = (main: Main): Main => ({ ...main, overlays: main.overlays.slice(0, -1) })

/** In the place of the topmost one. */
export const turned = (main: Main, overlay: Overlay): Main => opened(closed(main), overlay)

export function toasted(step: Step, mood: Toast['mood'], text: SafeText): Step {
  const number = (step.model.toast?.number ?? 0) + 1
  const wait = mood === 'bad' ? BAD_TOAST_MS : TOAST_MS
  return {
    model: { ...step.model, toast: { number, mood, text } },
    effects: [...step.effects, { kind: 'wake', in: wait, tick: { kind: 'toast', number } }],
  }
}

export const failed = (step: Step, { message, hint }: Failure): Step =>
  toasted(
    step,
    'bad',
    (hint === undefined ? message : `${message.replace(/\.$/, '')}: ${hint}`) as SafeText,
  )
