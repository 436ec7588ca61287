// The reducer: what happens, and what the screen is then. Pure; each noun has a file of its own.

import { leave } from '../actions/sotto.ts'
import { EMPTY_EDITOR } from '../editor.ts'
import type { Step } from '../effect.ts'
import type { TuiEvent } from '../event.ts'
import type { InputEvent, KeyEvent } from '../input/event.ts'
import type { Failure, Model, Secret } from '../model.ts'
import { readWhatIsSeen } from './chats.ts'
import { keyWhileLocked, keyWhileOpening } from './door.ts'
import { foundingEvent, keyInFounding, pasteInFounding } from './founding.ts'
import { fromWorld } from './from-world.ts'
import { keyInMain, pasteInMain } from './keys.ts'
import { enterMain, idleAfter } from './main.ts'
import { mouse } from './mouse.ts'
import { outcome } from './outcome.ts'
import { settlePanes, settleReading } from './panes.ts'
import { drawnAnew, settlePictures } from './pictures.ts'
import { also, andThen, anyMain, mainOf, still } from './step.ts'
import { ticked } from './ticks.ts'
import { told } from './told.ts'

const TYPING: Secret = { editor: EMPTY_EDITOR, state: 'typing', wrong: false }

export function update(model: Model, event: TuiEvent): Step {
  return andThen(andThen(happened(model, event), settlePanes), settlePictures)
}

function happened(model: Model, event: TuiEvent): Step {
  switch (event.kind) {
    case 'input':
      return andThen(still({ ...model, now: event.now }), (next) => input(next, event.input))
    case 'themed':
      return still({ ...model, theme: event.theme })
    case 'means':
      return still(drawnAnew({ ...model, means: event.means }))
    case 'told':
      return told({ ...model, now: event.now }, event.event)
    case 'outcome':
      return andThen(
        outcome({ ...model, now: event.now }, event.outcome),
        // What was refused is not asked again at once: it would be refused for ever.
        event.outcome.kind === 'answered' ? settleReading : still,
      )
    case 'tick':
      return ticked({ ...model, now: event.now }, event.tick)
    case 'ending':
      return leave(model)
    case 'opened':
      return enterMain(model, event.chat)
    case 'passphraseWanted':
      return passphraseWanted(model, {
        ...TYPING,
        editor: typedMeanwhile(model),
        wrong: event.again,
      })
    case 'openFailed':
      return still({
        ...model,
        screen: { kind: 'opening', ask: undefined, failure: event.failure },
      })
    case 'unlocked':
      return unlocked(model)
    case 'unlockFailed':
      return unlockFailed(model, event.failure)
    case 'founding':
      return model.screen.kind === 'founding'
        ? foundingEvent(model, model.screen.founding, event.what)
        : still(model)
    default:
      return fromWorld(model, event)
  }
}

/** While a passphrase is checked the next one may be begun. */
const typedMeanwhile = ({ screen }: Model): Secret['editor'] =>
  (screen.kind === 'opening' || screen.kind === 'locked') && screen.ask?.state === 'checking'
    ? screen.ask.editor
    : EMPTY_EDITOR

/** Of a profile that was open already, what was on the screen comes back. */
function passphraseWanted(model: Model, ask: Secret): Step {
  const main = anyMain(model)
  return still({
    ...model,
    screen:
      main === undefined
        ? { kind: 'opening', ask, failure: undefined }
        : { kind: 'locked', why: 'holder', main, ask, failure: undefined },
  })
}

function input(model: Model, event: InputEvent): Step {
  switch (event.kind) {
    case 'key':
      return key({ ...model, lastKeyAt: model.now }, event)
    case 'paste':
      return armed(paste({ ...model, lastKeyAt: model.now }, event.text))
    case 'focus':
      return readWhatIsSeen({ ...model, focused: event.focused })
    case 'mouse':
      return armed(mouse({ ...model, lastKeyAt: model.now }, event))
    case 'resize':
      return still({ ...model, size: { columns: event.columns, rows: event.rows } })
    // What the terminal says of itself is the bridge's.
    case 'reply':
      return still(model)
  }
}

function key(model: Model, event: KeyEvent): Step {
  const { screen } = model
  switch (screen.kind) {
    case 'opening':
      return keyWhileOpening(model, event)
    case 'locked':
      return keyWhileLocked(model, event)
    case 'founding':
      return keyInFounding(model, screen.founding, event)
    case 'main':
      return armed(keyInMain(model, screen.main, event))
  }
}

const armed = (step: Step): Step =>
  mainOf(step.model) === undefined ? step : also(step, ...idleAfter(step.model))

const NO_KEY: KeyEvent = {
  kind: 'key',
  key: '',
  text: '',
  ctrl: false,
  alt: false,
  shift: false,
}

function paste(model: Model, text: string): Step {
  const { screen } = model
  switch (screen.kind) {
    case 'main':
      return pasteInMain(model, screen.main, text)
    case 'founding':
      return pasteInFounding(model, screen.founding, text)
    case 'opening':
    case 'locked':
      return key(model, { ...NO_KEY, text: text.replace(/[\r\n]+$/, '') })
  }
}

function unlocked(model: Model): Step {
  const { screen } = model
  return screen.kind === 'locked'
    ? armed(readWhatIsSeen({ ...model, screen: { kind: 'main', main: screen.main } }))
    : still(model)
}

function unlockFailed(model: Model, failure: Failure): Step {
  const { screen } = model
  if (screen.kind !== 'locked') return still(model)
  const wrong = failure.code === 'passphrase_wrong'
  return still({
    ...model,
    screen: {
      ...screen,
      ask: { ...TYPING, editor: typedMeanwhile(model), wrong },
      failure: wrong ? undefined : failure.message,
    },
  })
}
