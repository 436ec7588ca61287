// What lies over the columns: moving in it, choosing, closing.

import { safe } from '../../protocol/safe-text.ts'
import { type Editor, EMPTY_EDITOR, editorOf } from '../editor.ts'
import type { Step } from '../effect.ts'
import { lastTop } from '../layout/page.ts'
import type { ActionCall, Files, Main, Model, Overlay } from '../model.ts'
import { readWhatIsSeen } from './chats.ts'
import { composerOf, EMPTY_COMPOSER, edited, withComposer } from './composer.ts'
import { goToMessage } from './going.ts'
import { matching } from './pickers.ts'
import { ask, changeMain, closed, deed, doing, still, topOf, turned, withMain } from './step.ts'

const PAGE_LINES = 10
/** While somebody types, a question to the index waits so long for the next letter. */
const SEARCH_AFTER_MS = 120

type Run = (model: Model, call: ActionCall) => Step

export function close(model: Model, main: Main): Step {
  return readWhatIsSeen(withMain(model, closed(main)))
}

/** By lines or entries; it stops at the ends. */
export function move(model: Model, main: Main, by: number): Step {
  const top = topOf(main)
  if (top === undefined) return still(model)
  const next = movedIn(model, top, by)
  return still(next === undefined ? model : withMain(model, turned(main, next)))
}

function movedIn(model: Model, top: Overlay, by: number): Overlay | undefined {
  switch (top.kind) {
    case 'picker':
      return { ...top, selected: clamped(top.selected + by, matching(top).length) }
    case 'search':
      return { ...top, selected: clamped(top.selected + by, top.results.length) }
    case 'files':
      return { ...top, selected: clamped(top.selected + by, entriesOf(top).length) }
    case 'page':
      return { ...top, top: Math.min(Math.max(0, top.top + by), lastTop(model, top)) }
    default:
      return undefined
  }
}

const clamped = (at: number, length: number): number =>
  Math.min(Math.max(0, at), Math.max(0, length - 1))

export const movePage = (model: Model, main: Main, direction: 1 | -1): Step =>
  move(model, main, direction * Math.max(1, Math.min(PAGE_LINES, model.size.rows - 4)))

/** Enter. */
export function choose(model: Model, main: Main, run: Run): Step {
  const top = topOf(main)
  const below = (): Model => withMain(model, closed(main))
  switch (top?.kind) {
    case undefined:
      return still(model)
    case 'picker': {
      const item = matching(top)[top.selected]
      return item === undefined ? still(model) : run(below(), item.call)
    }
    case 'confirm':
      return run(below(), top.yes)
    case 'prompt': {
      const text = top.editor.text.trim()
      if (text === '') return still(model)
      return run(below(), { action: top.action, args: `${top.before}${text}` })
    }
    case 'search': {
      const found = top.results[top.selected]
      return found === undefined ? still(model) : goToMessage(below(), found.chat.id, found.id)
    }
    case 'files':
      return chooseFile(model, main, top, run)
    case 'verify':
      return compare(model, main, top.editor.text)
    case 'page':
    case 'picture':
      return close(model, main)
  }
}

/** Digits that were typed are compared by the façade; none mark nothing. */
function compare(model: Model, main: Main, digits: string): Step {
  const top = topOf(main)
  if (top?.kind !== 'verify') return still(model)
  if (digits.trim() === '') {
    if (top.verification?.trust === 'verified') return close(model, main)
    const failure = safe`Type the digits that the other reads to you, or /verified once you compared.`
    return still(withMain(model, turned(main, { ...top, failure })))
  }
  return doing(
    withMain(model, turned(main, { ...top, editor: EMPTY_EDITOR, failure: undefined })),
    ask({ kind: 'verify', params: { name: top.name, check: digits } }),
  )
}

/** What is typed into an overlay, where it takes anything. */
export function typed(model: Model, main: Main, change: (editor: Editor) => Editor): Step {
  const top = topOf(main)
  switch (top?.kind) {
    case 'picker':
      return still(withMain(model, turned(main, { ...top, query: change(top.query), selected: 0 })))
    case 'prompt':
    case 'verify':
      return still(withMain(model, turned(main, { ...top, editor: change(top.editor) })))
    case 'files':
      return still(
        withMain(model, turned(main, { ...top, filter: change(top.filter), selected: 0 })),
      )
    case 'search': {
      const query = change(top.query)
      const number = query.text === top.query.text ? top.number : top.number + 1
      const next = withMain(model, turned(main, { ...top, query, number }))
      if (number === top.number) return still(next)
      return doing(next, { kind: 'wake', in: SEARCH_AFTER_MS, tick: { kind: 'search', number } })
    }
    default:
      return still(model)
  }
}

/** The time for the next letter is over. */
export function searchNow(model: Model, main: Main, number: number): Step {
  const top = topOf(main)
  if (top?.kind !== 'search') return still(model)
  if (top.number !== number) {
    return doing(model, {
      kind: 'wake',
      in: SEARCH_AFTER_MS,
      tick: { kind: 'search', number: top.number },
    })
  }
  const query = top.query.text.trim()
  if (query === '')
    return still(withMain(model, turned(main, { ...top, results: [], busy: false })))
  return doing(
    withMain(model, turned(main, { ...top, busy: true })),
    ask({
      kind: 'search',
      number,
      query,
      ...(top.within === undefined ? {} : { within: top.within }),
    }),
  )
}

/** From one conversation to all, and back. */
export function widenSearch(model: Model, main: Main, chat: string | undefined): Step {
  const top = topOf(main)
  if (top?.kind !== 'search') return still(model)
  const within = top.within === undefined ? chat : undefined
  const number = top.number + 1
  return searchNow(
    withMain(model, turned(main, { ...top, within, number })),
    {
      ...main,
      overlays: [...main.overlays.slice(0, -1), { ...top, within, number }],
    },
    number,
  )
}

// Files -----------------------------------------------------------------------------------------

/** Folders first; hidden ones only for whoever types the dot. */
export function entriesOf({ entries, filter }: Files): NonNullable<Files['entries']> {
  const wanted = filter.text.toLowerCase()
  return (entries ?? [])
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .filter(({ name }) => !name.startsWith('.') || wanted.startsWith('.'))
    .toSorted(
      (a, b) =>
        Number(b.kind === 'folder') - Number(a.kind === 'folder') || a.name.localeCompare(b.name),
    )
}

const joined = (folder: string, name: string): string =>
  folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`
const parentOf = (folder: string): string => folder.replace(/\/[^/]+\/?$/, '') || '/'

export function enterFolder(model: Model, main: Main): Step {
  const top = topOf(main)
  if (top?.kind !== 'files') return still(model)
  const entry = entriesOf(top)[top.selected]
  return entry?.kind === 'folder'
    ? goTo(model, main, top, joined(top.folder, entry.name))
    : still(model)
}

export function leaveFolder(model: Model, main: Main): Step {
  const top = topOf(main)
  if (top?.kind !== 'files') return still(model)
  return goTo(model, main, top, parentOf(top.folder))
}

function goTo(model: Model, main: Main, top: Files, folder: string): Step {
  const next: Files = {
    ...top,
    folder,
    entries: undefined,
    filter: EMPTY_EDITOR,
    selected: 0,
    failure: undefined,
  }
  return doing(withMain(model, turned(main, next)), { kind: 'listFolder', folder })
}

function chooseFile(model: Model, main: Main, top: Files, run: Run): Step {
  const entry = entriesOf(top)[top.selected]
  if (top.purpose.kind === 'folder') return folderWritten(model, main, top.folder, top.purpose)
  if (top.purpose.kind === 'save') {
    // A folder is entered with the right arrow; Enter saves into the one that is shown.
    return doing(
      withMain(model, closed(main)),
      deed({ method: 'download', params: { id: top.purpose.attachment, output: top.folder } }),
    )
  }
  if (entry === undefined) return still(model)
  if (entry.kind === 'folder') return goTo(model, main, top, joined(top.folder, entry.name))
  return run(withMain(model, closed(main)), {
    action: 'file.attach',
    args: joined(top.folder, entry.name),
  })
}

/** The folder that is shown becomes a word of the command that is being written. */
function folderWritten(
  model: Model,
  main: Main,
  folder: string,
  { slash, name }: Extract<Files['purpose'], { readonly kind: 'folder' }>,
): Step {
  const after = closed(main)
  const composer = composerOf(after)
  const text = `/${slash} ${joined(folder, name)}`
  const next = edited(composer, editorOf(text, composer.editor.killed))
  return still(withMain(model, withComposer(after, next)))
}

/** A file that goes with the next message of that conversation. */
export const attach = (model: Model, chat: string, path: string): Step =>
  still(
    changeMain(model, (main) => {
      const composer = main.composers.get(chat) ?? EMPTY_COMPOSER
      if (composer.files.includes(path)) return main
      const next = { ...composer, files: [...composer.files, path] }
      return { ...main, composers: new Map(main.composers).set(chat, next) }
    }),
  )
