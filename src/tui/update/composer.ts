// Writing: the text of each conversation, replies and edits, what was sent before, slash commands.

import type { MessageJson } from '../../client/api.ts'
import { safe, safeText } from '../../protocol/safe-text.ts'
import type { RunLine } from '../action.ts'
import { type Editor, EMPTY_EDITOR, editorOf, insert } from '../editor.ts'
import type { Effect, Step } from '../effect.ts'
import type { Completion, Composer, Main, Model, Pane } from '../model.ts'
import { completed } from './completion.ts'
import { andThen, ask, deed, doing, mainOf, paneOf, still, toasted, withMain } from './step.ts'
import { changeThread } from './thread.ts'

export const EMPTY_COMPOSER: Composer = {
  editor: EMPTY_EDITOR,
  mode: { kind: 'new' },
  files: [],
  options: {},
  completion: undefined,
  literal: false,
  recalled: -1,
  draft: { text: '', literal: false },
  misspelled: new Set(),
}

/** A paste of more than this is offered as a file. */
export const LARGE_PASTE = 4_000
/** Words that pause before they are looked up. */
const SPELL_AFTER_MS = 600
const KEEP_AFTER_MS = 2_000

/** A draft belongs to a conversation, or to the person with whom there is none yet. */
export const composerKey = ({ chat, to }: Pane): string | undefined =>
  chat ?? (to === undefined ? undefined : `@${to}`)

export function composerOf(main: Main): Composer {
  const pane = paneOf(main)
  const key = pane === undefined ? undefined : composerKey(pane)
  return (key === undefined ? undefined : main.composers.get(key)) ?? EMPTY_COMPOSER
}

export function withComposer(main: Main, composer: Composer): Main {
  const pane = paneOf(main)
  const key = pane === undefined ? undefined : composerKey(pane)
  if (key === undefined) return main
  return { ...main, composers: new Map(main.composers).set(key, composer) }
}

/** After every change of the text: it is kept, and looked at again. */
export function written(model: Model, composer: Composer): Step {
  const main = mainOf(model)
  const pane = main === undefined ? undefined : paneOf(main)
  const key = pane === undefined ? undefined : composerKey(pane)
  if (main === undefined || key === undefined) return still(model)
  const effects: Effect[] = [{ kind: 'wake', in: KEEP_AFTER_MS, tick: { kind: 'keep' } }]
  if (model.settings.spelling && composer.editor.text !== '') {
    effects.push({ kind: 'wake', in: SPELL_AFTER_MS, tick: { kind: 'spelling', chat: key } })
  }
  return doing(withMain(model, withComposer(main, composer)), ...effects)
}

export const edited = (composer: Composer, editor: Editor): Composer => ({
  ...composer,
  editor,
  // An empty line begins anew: what is typed into it is typed.
  literal: composer.literal && editor.text !== '',
  recalled: -1,
})

export function pasted(composer: Composer, text: string): Composer {
  const editor = insert(composer.editor, text)
  const literal = composer.literal || composer.editor.text.slice(0, composer.editor.at) === ''
  return { ...edited(composer, editor), literal }
}

/** Whoever answers has done with editing. */
export const replyTo = (composer: Composer, to: MessageJson): Composer => ({
  ...(composer.mode.kind === 'edit' ? afterEdit(composer.mode.before, composer) : composer),
  mode: { kind: 'reply', to },
})

/** The message's text takes the place of the draft, which comes back afterwards. */
export const editOf = (composer: Composer, message: MessageJson): Composer => ({
  ...EMPTY_COMPOSER,
  mode: {
    kind: 'edit',
    message,
    before: composer.mode.kind === 'edit' ? composer.mode.before : composer,
  },
  editor: editorOf(message.body, composer.editor.killed),
  literal: true,
})

/** One step back: completion, then files and options, then reply or edit. */
export function cancelled(composer: Composer): Composer | undefined {
  if (composer.completion !== undefined) return { ...composer, completion: undefined }
  if (composer.mode.kind === 'edit') return afterEdit(composer.mode.before, composer)
  if (composer.mode.kind === 'reply') return { ...composer, mode: { kind: 'new' } }
  if (composer.files.length > 0 || Object.keys(composer.options).length > 0) {
    return { ...composer, files: [], options: {} }
  }
  return undefined
}

/** What was begun before, as it was; what was cut meanwhile can be put into it. */
const afterEdit = (before: Composer, { editor: { killed } }: Composer): Composer => ({
  ...before,
  editor: { ...before.editor, killed },
  completion: undefined,
})

/** What Up brings back: one's own texts in this conversation, the newest first. */
function ownTexts(main: Main): readonly string[] {
  const chat = paneOf(main)?.chat
  const messages = chat === undefined ? [] : (main.threads.get(chat)?.messages ?? [])
  return messages
    .filter(({ direction, kind }) => direction === 'out' && kind === 'text')
    .map(({ body }) => body)
    .reverse()
}

export function recalled(main: Main, composer: Composer, by: 1 | -1): Composer {
  const texts = ownTexts(main)
  const at = Math.min(composer.recalled + by, texts.length - 1)
  if (at === composer.recalled || at < -1) return composer
  const { text: begun } = composer.editor
  const draft =
    composer.recalled === -1 ? { text: begun, literal: composer.literal } : composer.draft
  // What was said once is text, whatever it begins with.
  const { text, literal } = at === -1 ? draft : { text: texts[at] ?? '', literal: true }
  return {
    ...composer,
    editor: editorOf(text, composer.editor.killed),
    recalled: at,
    draft,
    literal,
    completion: undefined,
  }
}

/** What Enter does: a command, an edit, or a message. `run` is the table of actions. */
export function submit(model: Model, newKey: string, run: RunLine): Step {
  const main = mainOf(model)
  if (main === undefined) return still(model)
  const composer = composerOf(main)
  if (isMeant(composer)) return written(model, completed(composer, composer.completion.selected))
  const text = composer.editor.text.trimEnd()
  if (!composer.literal && /^\/[a-z]/.test(text) && !text.includes('\n')) {
    const cleared = withMain(model, withComposer(main, cleanOf(composer)))
    const step = run(cleared, text.slice(1), model)
    if (step !== undefined) return step
    // Half a name takes what is offered; a second Enter runs it.
    if (composer.completion !== undefined) {
      return written(model, completed(composer, composer.completion.selected))
    }
    return unknownCommand(model, text, safe` A second slash in front sends it.`)
  }
  if (composer.mode.kind === 'edit') return saveEdit(model, main, composer, text)
  return sendText(
    model,
    main,
    composer,
    composer.literal ? text : text.replace(/^\/\//, '/'),
    newKey,
  )
}

/** Enter takes what one went to by the arrows, and what half a word can become; a word that is whole
 *  is what it is, and so is the name of a command. */
function isMeant(composer: Composer): composer is Composer & { readonly completion: Completion } {
  const { completion, editor } = composer
  if (completion === undefined) return false
  if (completion.selected > 0) return true
  const word = editor.text.slice(completion.from, editor.at)
  const isWhole = completion.items.some(({ text }) => text.trimEnd() === word)
  return completion.from > 0 && word !== '' && !isWhole
}

export const unknownCommand = (model: Model, text: string, hint = safe``): Step =>
  toasted(
    still(model),
    'bad',
    safe`There is no command ${safeText(text.split(' ')[0] ?? '')}.${hint}`,
  )

const cleanOf = (composer: Composer): Composer => ({
  ...composer,
  editor: { ...EMPTY_EDITOR, killed: composer.editor.killed },
  completion: undefined,
})

function saveEdit(model: Model, main: Main, composer: Composer, text: string): Step {
  if (composer.mode.kind !== 'edit') return still(model)
  const { before, message } = composer.mode
  if (text === '')
    return toasted(still(model), 'bad', safe`A message cannot become empty: delete it instead.`)
  const next = withMain(model, withComposer(main, afterEdit(before, composer)))
  if (text === message.body) return still(next)
  return doing(next, deed({ method: 'msg.edit', params: { id: message.id, text } }))
}

function sendText(model: Model, main: Main, composer: Composer, text: string, key: string): Step {
  const pane = paneOf(main)
  const to = pane?.chat ?? pane?.to
  if (pane === undefined || to === undefined) {
    return toasted(still(model), 'plain', safe`To whom? Ctrl+T finds somebody.`)
  }
  if (text === '' && composer.files.length === 0) return still(model)
  const { mode, files, options } = composer
  const sent = ask({
    kind: 'send',
    to,
    text,
    files,
    key,
    ...(mode.kind === 'reply' ? { reply: mode.to.id } : {}),
    ...options,
  })
  const cleared = withComposer(main, {
    ...EMPTY_COMPOSER,
    editor: { ...EMPTY_EDITOR, killed: composer.editor.killed },
  })
  const next = seen({ ...cleared, panes: atEnd(cleared.panes, cleared.pane) }, to)
  // Whoever was far back sees what is sent, and what was said before it.
  const isBack = (main.threads.get(to)?.newer ?? 'end') !== 'end'
  const end = isBack ? [ask({ kind: 'history', chat: to, place: 'end' })] : []
  return andThen(written(withMain(model, next), composerOf(next)), (after) =>
    doing(after, sent, ...end),
  )
}

/** Who answers has seen what was new. */
const seen = (main: Main, chat: string): Main =>
  changeThread(main, chat, (thread) =>
    thread.newFrom === undefined ? thread : { ...thread, newFrom: undefined },
  )

const atEnd = (panes: readonly Pane[], index: number): readonly Pane[] =>
  panes.map((pane, at) =>
    at === index ? { ...pane, anchor: { kind: 'end' }, selected: undefined } : pane,
  )
