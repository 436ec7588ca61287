// Writing: the keys of the composer, files, the options of the next message.

import { parseDuration } from '../../client/duration.ts'
import { requireTime } from '../../client/moment.ts'
import { safe, safeText } from '../../protocol/safe-text.ts'
import type { Action, ActionContext, RunLine } from '../action.ts'
import { EMPTY_EDITOR, edit, editorOf, insert, onFirstLine, onLastLine } from '../editor.ts'
import type { Step } from '../effect.ts'
import type { Composer, Files, Main, Model } from '../model.ts'
import { placed } from '../path.ts'
import { dayAndTime } from '../times.ts'
import { commandAt, completed, completionOf } from '../update/completion.ts'
import {
  cancelled,
  composerKey,
  composerOf,
  edited,
  recalled,
  submit,
  withComposer,
  written,
} from '../update/composer.ts'
import { emojiPicker } from '../update/pickers.ts'
import { selectBy } from '../update/scroll.ts'
import {
  also,
  changeMain,
  doing,
  opened,
  paneOf,
  still,
  toasted,
  withMain,
} from '../update/step.ts'
import { leave } from './sotto.ts'

type Table = () => readonly Action[]

const change = ({ model, main }: ActionContext, how: (composer: Composer) => Composer): Step => {
  const before = composerOf(main)
  const after = how(before)
  if (after === before) return still(model)
  return after.editor.text === before.editor.text
    ? still(withMain(model, withComposer(main, after)))
    : written(withMain(model, withComposer(main, after)), after)
}

const newline = (context: ActionContext): Step =>
  change(context, (composer) => edited(composer, insert(composer.editor, '\n')))

function send({ model }: ActionContext, run: RunLine): Step {
  const sends = model.sends + 1
  return submit({ ...model, sends }, `${model.session} ${sends}`, run)
}

function complete(context: ActionContext, by: 1 | -1, table: Table): Step {
  const { model, main } = context
  const composer = composerOf(main)
  const { completion } = composer
  if (completion !== undefined) {
    return by === 1 ? change(context, (one) => completed(one, completion.selected)) : up(context, 1)
  }
  const command = commandAt(composer, table())
  if (command?.action.args === 'path') return completePath(context, command.action, command.words)
  const found = completionOf({ model, main, composer }, table())
  if (found === undefined) return command === undefined ? undefinedFocus(context) : still(model)
  if (found.items.length === 1)
    return change(context, (one) => completed({ ...one, completion: found }, 0))
  return still(withMain(model, withComposer(main, { ...composer, completion: found })))
}

/** A path as far as it was typed: the folders in front, and the rest as a filter; of a command that
 *  writes a file, the rest may be its name. */
function completePath({ model }: ActionContext, { id, slash = '' }: Action, path: string): Step {
  const [, typed = '', rest = ''] = /^(.*\/)?([^/]*)$/.exec(path) ?? []
  const folder = typed === '' ? model.filesFolder : placed(model, typed)
  if (id === 'file.attach') return filesOpened(model, { kind: 'attach' }, folder, rest)
  const name = rest.includes('.') ? rest : ''
  return filesOpened(model, { kind: 'folder', slash, name }, folder, name === '' ? rest : '')
}

function filesOpened(
  model: Model,
  purpose: Files['purpose'],
  folder: string,
  filter: string,
): Step {
  return doing(
    changeMain(model, (main) =>
      opened(main, {
        kind: 'files',
        purpose,
        folder,
        entries: undefined,
        filter: editorOf(filter),
        selected: 0,
        failure: undefined,
      }),
    ),
    { kind: 'listFolder', folder },
  )
}

/** Tab with nothing to complete goes on to the list. */
const undefinedFocus = ({ model, main }: ActionContext): Step =>
  still(withMain(model, { ...main, focus: 'list' }))

function up(context: ActionContext, by: 1 | -1): Step {
  const { model, main } = context
  const composer = composerOf(main)
  const { completion, editor } = composer
  if (completion !== undefined) {
    const count = completion.items.length
    const selected = (completion.selected - by + count) % count
    return still(
      withMain(model, withComposer(main, { ...composer, completion: { ...completion, selected } })),
    )
  }
  if (by === 1 && editor.text === '' && composer.mode.kind === 'new') return selectBy(model, -1)
  if (by === 1 ? onFirstLine(editor) : onLastLine(editor)) {
    return composer.recalled < 0 && by === -1
      ? still(model)
      : change(context, (one) => recalled(main, one, by))
  }
  return change(context, (one) => ({ ...one, editor: edit(one.editor, by === 1 ? 'up' : 'down') }))
}

function attachFile({ model, main, args }: ActionContext): Step {
  if (args === '') return filesOpened(model, { kind: 'attach' }, model.filesFolder, '')
  const chat = paneKey(main)
  if (chat === undefined) return still(model)
  const composer = composerOf(main)
  const { killed, text } = composer.editor
  // A path that was completed has been taken.
  const next = /^\/file /.test(text) ? edited(composer, { ...EMPTY_EDITOR, killed }) : composer
  return doing(withMain(model, withComposer(main, next)), {
    kind: 'findFile',
    chat,
    path: placed(model, args),
    typed: args,
  })
}

const paneKey = (main: Main): string | undefined => {
  const pane = paneOf(main)
  return pane === undefined ? undefined : composerKey(pane)
}

/** What is being written goes as a file of its own instead. */
function textAsFile({ model, main }: ActionContext): Step {
  const chat = paneKey(main)
  const composer = composerOf(main)
  const { text, killed } = composer.editor
  if (chat === undefined || text === '') return still(model)
  const cleared = edited(composer, { ...EMPTY_EDITOR, killed })
  const step = written(withMain(model, withComposer(main, cleared)), cleared)
  return also(step, { kind: 'scratch', chat, name: 'text.txt', text })
}

const withOptions = (
  context: ActionContext,
  options: Composer['options'],
): Composer & { readonly options: Composer['options'] } => {
  const composer = composerOf(context.main)
  return { ...composer, options: { ...composer.options, ...options } }
}

function schedule(context: ActionContext): Step {
  const { model, main, args } = context
  const at = requireTime(args, model.now, 'ahead')
  const next = withMain(model, withComposer(main, withOptions(context, { at })))
  return toasted(
    still(next),
    'plain',
    safe`The next message goes out ${dayAndTime(at, model.now)}.`,
  )
}

const write = (action: Omit<Action, 'group'>): Action => ({ group: 'writing', ...action })
const key = (id: string, summary: Action['summary'], run: Action['run']): Action =>
  write({ id, title: summary, summary, run })

export const writing = (table: Table, run: RunLine): readonly Action[] => [
  key('composer.send', safe`send it; a line that begins with a slash is a command`, (context) =>
    context.model.settings.enterNewline ? newline(context) : send(context, run),
  ),
  key('composer.newline', safe`a new line`, (context) =>
    context.model.settings.enterNewline ? send(context, run) : newline(context),
  ),
  key('composer.complete', safe`complete a @name, an :emoji: or a /command`, (context) =>
    complete(context, 1, table),
  ),
  key('composer.complete-back', safe`the completion before`, (context) =>
    complete(context, -1, table),
  ),
  key('composer.up', safe`a line up; then what you sent before, or the conversation`, (context) =>
    up(context, 1),
  ),
  key('composer.down', safe`a line down; then what you sent later`, (context) => up(context, -1)),
  key('composer.older', safe`what you sent before`, (context) =>
    change(context, (one) => recalled(context.main, one, 1)),
  ),
  key('composer.newer', safe`what you sent after that`, (context) =>
    change(context, (one) => recalled(context.main, one, -1)),
  ),
  key('composer.cancel', safe`back: from a completion, a reply, an edit, files`, (context) => {
    const { model, main } = context
    const back = cancelled(composerOf(main))
    return back === undefined ? still(model) : still(withMain(model, withComposer(main, back)))
  }),
  key('composer.delete-or-quit', safe`delete; in an empty line, leave`, (context) =>
    composerOf(context.main).editor.text === ''
      ? leave(context.model)
      : change(context, (one) => edited(one, edit(one.editor, 'delete'))),
  ),
  write({
    id: 'composer.editor',
    slash: 'editor',
    title: safe`Write in your editor`,
    summary: safe`in $VISUAL or $EDITOR`,
    run: ({ model, main }) => {
      const chat = paneKey(main)
      return chat === undefined
        ? still(model)
        : doing(model, { kind: 'editText', chat, text: composerOf(main).editor.text })
    },
  }),
  write({
    id: 'file.attach',
    slash: 'file',
    title: safe`Attach a file`,
    summary: safe`it goes with the next message: /file PATH, or choose one`,
    args: 'path',
    commands: ['send'],
    run: attachFile,
  }),
  write({
    id: 'composer.as-file',
    title: safe`Send the text as a file`,
    summary: safe`what is being written is attached as text.txt`,
    run: textAsFile,
  }),
  write({
    id: 'composer.emoji',
    slash: 'emoji',
    title: safe`Put in an emoji`,
    summary: safe`choose one by its name`,
    args: 'emoji',
    run: (context) =>
      context.args === ''
        ? still(
            withMain(
              context.model,
              opened(context.main, emojiPicker('composer.emoji', safe`Which emoji?`)),
            ),
          )
        : change(context, (one) => edited(one, insert(one.editor, context.args))),
  }),
  write({
    id: 'message.schedule',
    slash: 'at',
    title: safe`Send later`,
    summary: safe`the next message goes out then: /at 18:30, /at tomorrow 9:00, /at +2h`,
    args: 'time',
    prompt: safe`When? 18:30, tomorrow 9:00, +2h`,
    run: schedule,
  }),
  write({
    id: 'message.expire',
    slash: 'disappear',
    title: safe`Let the next message disappear`,
    summary: safe`so long after it was read: /disappear 1h`,
    args: 'duration',
    prompt: safe`After how long? 1h, 7d`,
    run: (context) => {
      const composer = withOptions(context, { expire: parseDuration(context.args) })
      return toasted(
        still(withMain(context.model, withComposer(context.main, composer))),
        'plain',
        safe`The next message disappears after ${safeText(context.args)}.`,
      )
    },
  }),
  write({
    id: 'message.silent',
    slash: 'silent',
    title: safe`Send the next message silently`,
    summary: safe`the next message makes no notification`,
    run: (context) =>
      toasted(
        still(
          withMain(
            context.model,
            withComposer(context.main, withOptions(context, { silent: true })),
          ),
        ),
        'plain',
        safe`The next message is silent.`,
      ),
  }),
]
