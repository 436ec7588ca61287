// A key: which place it was pressed in, what is bound there, and, where nothing is, what it types.

import { safe, safeText } from '../../protocol/safe-text.ts'
import { ACTIONS, runBound } from '../actions/table.ts'
import { type EditOp, type Editor, edit, insert } from '../editor.ts'
import type { Step } from '../effect.ts'
import type { KeyEvent } from '../input/event.ts'
import { EDIT_PREFIX, type KeyPlace, keymapOf, lookUp } from '../keymap.ts'
import type { Main, Model, Overlay } from '../model.ts'
import { commandAt, completionOf } from './completion.ts'
import {
  composerKey,
  composerOf,
  edited,
  LARGE_PASTE,
  pasted,
  withComposer,
  written,
} from './composer.ts'
import * as overlay from './overlay.ts'
import { paneOf, still, toasted, topOf, turned, withMain } from './step.ts'

export function keyInMain(model: Model, main: Main, key: KeyEvent): Step {
  const top = topOf(main)
  if (top?.kind === 'page' && top.name === 'keys') return dumped(model, main, key)
  const found = lookUp(keymapOf(model.settings), placesOf(main), model.pending, key.key)
  const next: Model = {
    ...model,
    pending: found.kind === 'pending' ? [...model.pending, key.key] : [],
  }
  if (found.kind === 'pending') return still(next)
  if (found.kind === 'bound') return bound(next, main, found.action)
  // What began a sequence that does not go on is dropped with it.
  if (model.pending.length > 0 || key.text === '') return still(next)
  return typed(next, main, key.text)
}

/** From the closest place to the widest. */
export function placesOf(main: Main): readonly KeyPlace[] {
  const top = topOf(main)
  if (top !== undefined) return overlayPlaces(top)
  switch (main.focus) {
    case 'list':
      return main.chats.filtering ? ['filter', 'editing', 'global'] : ['list', 'global']
    case 'thread':
      return ['thread', 'global']
    case 'composer':
      return main.mode === 'normal' ? ['normal', 'global'] : ['composer', 'editing', 'global']
  }
}

const OWN_PLACE: Partial<Record<Overlay['kind'], KeyPlace>> = {
  search: 'search',
  files: 'files',
  verify: 'verify',
  confirm: 'confirm',
  page: 'page',
}

function overlayPlaces(top: Overlay): readonly KeyPlace[] {
  const own = OWN_PLACE[top.kind]
  const takesText = top.kind !== 'page' && top.kind !== 'confirm' && top.kind !== 'picture'
  return [
    ...(own === undefined ? [] : [own]),
    'overlay',
    ...(takesText ? (['editing'] as const) : []),
  ]
}

function bound(model: Model, main: Main, action: string): Step {
  if (!action.startsWith(EDIT_PREFIX)) {
    const step = overlayAction(model, main, action) ?? runBound(model, action)
    return step
  }
  const op = action.slice(EDIT_PREFIX.length) as EditOp
  return withEditor(model, main, (editor) => edit(editor, op))
}

/** What only an overlay can do with itself. */
function overlayAction(model: Model, main: Main, action: string): Step | undefined {
  const top = topOf(main)
  if (action === 'overlay.choose') return overlay.choose(model, main, runCallOf)
  if (action === 'verify.turn' && top?.kind === 'verify') {
    const show = top.show === 'digits' ? 'qr' : 'digits'
    return still(withMain(model, turned(main, { ...top, show })))
  }
  return undefined
}

const runCallOf: Parameters<typeof overlay.choose>[2] = (model, { action, args }) =>
  runBound(model, args === '' ? action : `${action} ${args}`)

function typed(model: Model, main: Main, text: string): Step {
  return withEditor(model, main, (editor) => insert(editor, text))
}

/** The text at hand: an overlay's, the list's filter, or what is being written. */
function withEditor(model: Model, main: Main, change: (editor: Editor) => Editor): Step {
  if (topOf(main) !== undefined) return overlay.typed(model, main, change)
  if (main.focus === 'list') {
    const filter = change(main.chats.filter)
    const chats = {
      ...main.chats,
      filter,
      filtering: filter.text !== '' || main.chats.filtering,
      selected: undefined,
    }
    return still(withMain(model, { ...main, chats }))
  }
  if (main.focus === 'thread') return still(model)
  const composer = composerOf(main)
  const editor = change(composer.editor)
  if (editor === composer.editor) return still(model)
  const next =
    editor.text === composer.editor.text ? { ...composer, editor } : edited(composer, editor)
  const offered = { ...next, completion: liveCompletion(model, main, next) }
  return next.editor.text === composer.editor.text
    ? still(withMain(model, withComposer(main, offered)))
    : written(withMain(model, withComposer(main, offered)), offered)
}

/** A command's names and words are offered while it is typed; the rest waits for Tab. */
function liveCompletion(model: Model, main: Main, composer: ReturnType<typeof composerOf>) {
  const { text } = composer.editor
  const isCommand = /^\/[a-z]*$/.test(text) || commandAt(composer, ACTIONS) !== undefined
  return isCommand && !composer.literal
    ? completionOf({ model, main, composer }, ACTIONS)
    : undefined
}

export function pasteInMain(model: Model, main: Main, text: string): Step {
  if (topOf(main) !== undefined || main.focus === 'list') return typed(model, main, text)
  const pane = paneOf(main)
  const chat = pane === undefined ? undefined : composerKey(pane)
  if (chat === undefined) return still(model)
  const focused: Main = { ...main, focus: 'composer', mode: 'insert' }
  const composer = pasted(composerOf(main), text)
  const step = written(withMain(model, withComposer(focused, composer)), composer)
  if (text.length < LARGE_PASTE) return step
  return toasted(step, 'plain', safe`A long text: Ctrl+X Ctrl+F sends it as a file instead.`)
}

/** The wheel moves what lies on top. */
export function wheelInMain(model: Model, main: Main, lines: number): Step {
  if (topOf(main) !== undefined) return overlay.move(model, main, -lines)
  return runBound(model, lines > 0 ? 'scroll.up' : 'scroll.down')
}

/** The key dump: every name, the newest last. Two Escapes in a row end it. */
function dumped(model: Model, main: Main, key: KeyEvent): Step {
  const top = topOf(main)
  if (top?.kind !== 'page') return still(model)
  const name = safeText(key.key)
  const again = key.key === 'escape' && top.lines.at(-1)?.head === 'escape'
  if (again) return overlay.close(model, main)
  const lines = [...top.lines, { head: name, text: safe`` }].slice(-DUMPED)
  return still(withMain(model, turned(main, { ...top, lines })))
}
const DUMPED = 100
