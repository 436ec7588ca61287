// What files and programs answered.

import { editorOf } from '../editor.ts'
import type { Step } from '../effect.ts'
import type { TuiEvent } from '../event.ts'
import type { Main, Model } from '../model.ts'
import { composerKey, composerOf, edited, withComposer } from './composer.ts'
import { attach } from './overlay.ts'
import { pictureRead } from './pictures.ts'
import { changeMain, failed, mainOf, paneOf, still, topOf, turned, withMain } from './step.ts'

export function fromWorld(
  model: Model,
  event: Extract<
    TuiEvent,
    {
      kind:
        | 'folder'
        | 'folderFailed'
        | 'edited'
        | 'fileFound'
        | 'fileMissing'
        | 'misspelled'
        | 'picture'
        | 'pictureFailed'
        | 'worldFailed'
    }
  >,
): Step {
  const main = mainOf(model)
  if (main === undefined) return still(model)
  const top = topOf(main)
  switch (event.kind) {
    case 'folder':
    case 'folderFailed': {
      if (top?.kind !== 'files' || top.folder !== event.folder) return still(model)
      const next =
        event.kind === 'folder'
          ? { ...top, entries: event.entries }
          : { ...top, entries: [], failure: event.failure.message }
      return still({ ...withMain(model, turned(main, next)), filesFolder: event.folder })
    }
    case 'edited':
      return event.text === undefined
        ? still(model)
        : still(withText(model, main, event.chat, event.text))
    case 'fileFound':
      return attach(model, event.chat, event.path)
    case 'fileMissing':
      return failed(still(typedAgain(model, event.chat, `/file ${event.typed}`)), event.failure)
    case 'misspelled':
      return still(
        changeMain(model, (one) => {
          const composer = one.composers.get(event.chat)
          if (composer === undefined) return one
          const composers = new Map(one.composers).set(event.chat, {
            ...composer,
            misspelled: event.words,
          })
          return { ...one, composers }
        }),
      )
    case 'picture':
    case 'pictureFailed':
      return pictureRead(model, main, event)
    case 'worldFailed':
      return failed(still(model), event.failure)
  }
}

/** A command that failed is there to be mended, unless something else was begun meanwhile. */
const typedAgain = (model: Model, chat: string, text: string): Model =>
  changeMain(model, (main) => {
    const composer = main.composers.get(chat)
    if (composer === undefined || composer.editor.text !== '') return main
    const next = edited(composer, editorOf(text, composer.editor.killed))
    return { ...main, composers: new Map(main.composers).set(chat, next) }
  })

function withText(model: Model, main: Main, chat: string, text: string): Model {
  const pane = paneOf(main)
  if (pane === undefined || composerKey(pane) !== chat) return model
  const composer = composerOf(main)
  const next = {
    ...edited(composer, editorOf(text.trimEnd(), composer.editor.killed)),
    literal: true,
  }
  return withMain(model, withComposer(main, next))
}
