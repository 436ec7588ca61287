// The modes of the vim profile.

import { safe } from '../../protocol/safe-text.ts'
import type { Action, ActionContext } from '../action.ts'
import { type EditOp, edit, insert } from '../editor.ts'
import type { Step } from '../effect.ts'
import { composerOf, edited, withComposer, written } from '../update/composer.ts'
import { still, withMain } from '../update/step.ts'

function insertAfter({ model, main }: ActionContext, ...ops: readonly EditOp[]): Step {
  const composer = composerOf(main)
  const editor = ops.reduce(edit, composer.editor)
  return still(
    withMain(
      model,
      withComposer({ ...main, mode: 'insert', focus: 'composer' }, { ...composer, editor }),
    ),
  )
}

const vim = (id: string, summary: Action['summary'], run: Action['run']): Action => ({
  id,
  group: 'writing',
  title: summary,
  summary,
  run,
})

export const VIM_ACTIONS: readonly Action[] = [
  vim('vim.normal', safe`vim: to normal mode`, ({ model, main }) =>
    still(
      withMain(
        model,
        withComposer({ ...main, mode: 'normal' }, { ...composerOf(main), completion: undefined }),
      ),
    ),
  ),
  vim('vim.insert', safe`vim: insert here`, (context) => insertAfter(context)),
  vim('vim.append', safe`vim: insert behind`, (context) => insertAfter(context, 'right')),
  vim('vim.insert-start', safe`vim: insert at the line’s start`, (context) =>
    insertAfter(context, 'lineStart'),
  ),
  vim('vim.append-end', safe`vim: insert at the line’s end`, (context) =>
    insertAfter(context, 'lineEnd'),
  ),
  vim('vim.open-line', safe`vim: a new line below`, ({ model, main }) => {
    const composer = composerOf(main)
    const next = edited(composer, insert(edit(composer.editor, 'lineEnd'), '\n'))
    return written(
      withMain(model, withComposer({ ...main, mode: 'insert', focus: 'composer' }, next)),
      next,
    )
  }),
  vim('vim.delete-line', safe`vim: delete the line`, ({ model, main }) => {
    const composer = composerOf(main)
    const cleared = edit(edit(composer.editor, 'lineEnd'), 'killToStart')
    const joined =
      cleared.text.slice(cleared.at, cleared.at + 1) === '\n' ? edit(cleared, 'delete') : cleared
    const next = edited(composer, joined)
    return written(withMain(model, withComposer(main, next)), next)
  }),
]
