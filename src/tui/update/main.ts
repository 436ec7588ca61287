// Coming in: the main screen as it is before anything was read, and what is read first.

import { EMPTY_EDITOR } from '../editor.ts'
import type { Effect, Step } from '../effect.ts'
import type { Main, Model } from '../model.ts'
import { ask, doing } from './step.ts'

export const CLOCK_MS = 30_000

const NEW_MAIN: Main = {
  account: undefined,
  link: { kind: 'connecting' },
  outbox: 0,
  chats: {
    all: undefined,
    readAt: 0,
    changed: [],
    archived: false,
    filter: EMPTY_EDITOR,
    filtering: false,
    selected: undefined,
  },
  contacts: [],
  known: new Map(),
  threads: new Map(),
  composers: new Map(),
  panes: [{ chat: undefined, to: undefined, anchor: { kind: 'end' }, selected: undefined }],
  anchors: new Map(),
  pane: 0,
  focus: 'list',
  mode: 'insert',
  details: false,
  overlays: [],
  transfers: new Map(),
  pictures: new Map(),
  alerts: [],
}

/** The idle lock counts from the last thing that somebody did. */
export const idleAfter = ({ settings: { idleLock } }: Model): readonly Effect[] =>
  idleLock === 0 ? [] : [{ kind: 'wake', in: idleLock, tick: { kind: 'idle' } }]

/** `chat`: what the command line names, a person or a conversation. */
export function enterMain(model: Model, chat: string | undefined): Step {
  const pane = {
    chat: undefined,
    to: chat?.replace(/^@/, ''),
    anchor: { kind: 'end' },
    selected: undefined,
  } as const
  const main: Main =
    chat === undefined ? NEW_MAIN : { ...NEW_MAIN, panes: [pane], focus: 'composer' }
  return doing(
    { ...model, screen: { kind: 'main', main } },
    ask({ kind: 'account' }),
    ask({ kind: 'chats', archived: false }),
    ask({ kind: 'contacts' }),
    ask({ kind: 'loadState' }),
    { kind: 'wake', in: CLOCK_MS, tick: { kind: 'clock' } },
    ...idleAfter(model),
  )
}
