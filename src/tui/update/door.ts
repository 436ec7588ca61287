// Before the main screen and in front of it: the passphrase that opens a profile, and the lock.

import { leave } from '../actions/sotto.ts'
import { type EditOp, EMPTY_EDITOR, edit, insert } from '../editor.ts'
import type { Step } from '../effect.ts'
import type { KeyEvent } from '../input/event.ts'
import { EDIT_PREFIX, keymapOf, lookUp } from '../keymap.ts'
import type { Model, Secret } from '../model.ts'
import { doing, still } from './step.ts'

/** A key for a passphrase; undefined: it is Enter's turn. */
function typedInto(model: Model, ask: Secret, key: KeyEvent): Secret {
  const found = lookUp(keymapOf(model.settings), ['editing'], [], key.key)
  if (found.kind === 'bound') {
    const op = found.action.slice(EDIT_PREFIX.length) as EditOp
    return { ...ask, editor: edit(ask.editor, op) }
  }
  return key.text === '' ? ask : { ...ask, editor: insert(ask.editor, key.text) }
}

/** What was typed is gone from the model with its use; what is typed meanwhile is the next try. */
const CHECKING: Secret = { editor: EMPTY_EDITOR, state: 'checking', wrong: false }

export function keyWhileOpening(model: Model, key: KeyEvent): Step {
  const { screen } = model
  if (screen.kind !== 'opening') return still(model)
  if (key.key === 'ctrl+c' || key.key === 'ctrl+d' || key.key === 'escape') {
    return doing(model, { kind: 'quit' })
  }
  const { ask, failure } = screen
  if (key.key === 'enter' && failure !== undefined) {
    return doing({ ...model, screen: { ...screen, failure: undefined } }, { kind: 'open' })
  }
  if (ask === undefined) return still(model)
  if (key.key !== 'enter') {
    return still({ ...model, screen: { ...screen, ask: typedInto(model, ask, key) } })
  }
  if (ask.state === 'checking') return still(model)
  if (ask.editor.text === '') return still(model)
  return doing(
    { ...model, screen: { ...screen, ask: CHECKING } },
    { kind: 'passphrase', text: ask.editor.text },
  )
}

export function keyWhileLocked(model: Model, key: KeyEvent): Step {
  const { screen } = model
  if (screen.kind !== 'locked') return still(model)
  const { ask, main } = screen
  if (key.key === 'ctrl+c' || key.key === 'ctrl+d') return leave(model)
  if (key.key !== 'enter') {
    return still({ ...model, screen: { ...screen, ask: typedInto(model, ask, key) } })
  }
  if (ask.state === 'checking') return still(model)
  const { text } = ask.editor
  const checking: Model = { ...model, screen: { ...screen, ask: CHECKING } }
  if (screen.why === 'holder') {
    return text === '' ? still(model) : doing(checking, { kind: 'passphrase', text })
  }
  const isSealed = main.account?.keychain === 'file'
  if (isSealed && text === '') return still(model)
  return doing(checking, { kind: 'unlock', passphrase: isSealed ? text : undefined })
}
