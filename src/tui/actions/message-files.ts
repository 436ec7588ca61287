// The files of a message: saved, opened, looked at.

import { safe } from '../../protocol/safe-text.ts'
import type { Action, ActionContext } from '../action.ts'
import { EMPTY_EDITOR } from '../editor.ts'
import type { Step } from '../effect.ts'
import { placed } from '../path.ts'
import { pictureOf, viewPicture } from '../update/pictures.ts'
import { deed, doing, opened, still, toasted, withMain } from '../update/step.ts'
import { act, hasFile, withMessage } from './at-hand.ts'

export function save(context: ActionContext): Step {
  const { model, args } = context
  return withMessage(context, ({ attachments }) => {
    const [file] = attachments
    if (file === undefined) return toasted(still(model), 'plain', safe`It has no file.`)
    const output = args === '' ? model.folders.downloads : placed(model, args)
    return doing(
      model,
      ...attachments.map(({ id }) => deed({ method: 'download', params: { id, output } })),
    )
  })
}

function saveIn(context: ActionContext): Step {
  const { model, main } = context
  return withMessage(context, ({ attachments }) => {
    const [file] = attachments
    if (file === undefined) return toasted(still(model), 'plain', safe`It has no file.`)
    return doing(
      withMain(
        model,
        opened(main, {
          kind: 'files',
          purpose: { kind: 'save', attachment: file.id },
          folder: model.folders.downloads,
          entries: undefined,
          filter: EMPTY_EDITOR,
          selected: 0,
          failure: undefined,
        }),
      ),
      { kind: 'listFolder', folder: model.folders.downloads },
    )
  })
}

export const openSaved = ({ model }: ActionContext, path: string): Step =>
  doing(model, { kind: 'openFile', path })

function view(context: ActionContext): Step {
  const { model, main } = context
  return withMessage(context, (message) => {
    const picture = pictureOf(message)
    if (picture === undefined) return toasted(still(model), 'plain', safe`It has no picture.`)
    if (picture.path === null) return save({ ...context, args: '' })
    return viewPicture(model, main, picture)
  })
}

export const MESSAGE_FILES: readonly Action[] = [
  act({
    id: 'message.save',
    slash: 'save',
    title: safe`Save its files`,
    summary: safe`to the downloads folder, or /save FOLDER`,
    args: 'path',
    commands: ['download'],
    available: hasFile,
    run: save,
  }),
  act({
    id: 'message.save-in',
    slash: 'savein',
    title: safe`Save its file in a folder`,
    summary: safe`choose the folder`,
    available: hasFile,
    run: saveIn,
  }),
  act({
    id: 'message.view',
    slash: 'view',
    title: safe`Look at its picture`,
    summary: safe`a PNG or JPEG, here`,
    available: hasFile,
    run: view,
  }),
]
