// What the screen finds again when it starts: drafts, where one was, what stood side by side. It is
// kept in the encrypted profile. A text of another shape is passed over: it is ours to lose.

import { editorOf } from '../editor.ts'
import type { Step } from '../effect.ts'
import type { Anchor, Composer, Main, Model } from '../model.ts'
import { chatNamed, listed } from './chats.ts'
import { EMPTY_COMPOSER } from './composer.ts'
import { still, withMain } from './step.ts'

interface Draft {
  readonly text: string
  /** It was pasted: whatever it says, it is no command. */
  readonly literal: boolean
}

interface Kept {
  readonly drafts: Readonly<Record<string, Draft>>
  readonly panes: readonly string[]
  readonly places: Readonly<Record<string, Anchor>>
  readonly details: boolean
}

/** So that the text stays far under what the façade takes. */
const MAX_DRAFT = 16_384
const MAX_DRAFTS = 10
const MAX_PLACES = 200

export function keptOf(main: Main): string {
  const drafts = [...main.composers]
    .map(([key, composer]) => [key, draftOf(composer)] as const)
    .filter(([, { text }]) => text !== '')
    .slice(-MAX_DRAFTS)
    .map(([key, { text, literal }]) => [key, { text: text.slice(0, MAX_DRAFT), literal }] as const)
  const kept: Kept = {
    drafts: Object.fromEntries(drafts),
    panes: main.panes.map(({ chat }) => chat).filter((chat) => chat !== undefined),
    places: Object.fromEntries(
      [...placesIn(main)].filter(([, { kind }]) => kind === 'at').slice(-MAX_PLACES),
    ),
    details: main.details,
  }
  return JSON.stringify(kept)
}

/** What is begun; while a message is being edited it waits behind that. */
const draftOf = ({ editor, literal, mode }: Composer): Draft =>
  mode.kind === 'edit' ? draftOf(mode.before) : { text: editor.text, literal }

/** Where one was in what is not on the screen, and where one is in what is. */
const placesIn = ({ anchors, panes }: Main): ReadonlyMap<string, Anchor> =>
  new Map([
    ...anchors,
    ...panes.flatMap(({ anchor, chat }) => (chat === undefined ? [] : [[chat, anchor] as const])),
  ])

export function restored(model: Model, main: Main, state: string | undefined): Step {
  const kept = state === undefined ? undefined : parsed(state)
  if (kept === undefined) return still(model)
  const composers = new Map<string, Composer>(
    Object.entries(kept.drafts).map(([key, { text, literal }]) => [
      key,
      { ...EMPTY_COMPOSER, editor: editorOf(text), literal },
    ]),
  )
  // What was begun while this was on its way counts more.
  for (const [key, composer] of main.composers) composers.set(key, composer)
  const anchors = new Map([...Object.entries(kept.places), ...main.anchors])
  const next: Main = { ...main, composers, anchors, details: kept.details }
  const [only] = main.panes
  const wanted = kept.panes.filter((id) => chatNamed(main, id) !== undefined)
  if (only?.chat !== undefined || only?.to !== undefined || wanted.length === 0) {
    return still(withMain(model, next))
  }
  const panes = wanted.map((chat) => ({
    chat,
    to: undefined,
    anchor: anchors.get(chat) ?? ({ kind: 'end' } as const),
    selected: undefined,
  }))
  const selected = wanted[0] ?? listed(main.chats)[0]?.id
  return still(
    withMain(model, {
      ...next,
      panes,
      pane: 0,
      focus: 'composer',
      chats: { ...next.chats, selected },
    }),
  )
}

function parsed(state: string): Kept | undefined {
  let value: unknown
  try {
    value = JSON.parse(state)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { drafts, panes, places, details } = value as Partial<Record<keyof Kept, unknown>>
  return {
    drafts: draftsOf(drafts),
    panes: Array.isArray(panes) ? panes.filter((one) => typeof one === 'string') : [],
    places: placesOf(places),
    details: details === true,
  }
}

const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : []

const draftsOf = (value: unknown): Kept['drafts'] =>
  Object.fromEntries(
    entriesOf(value).flatMap(([key, draft]) => {
      const { text, literal } = (draft ?? {}) as Partial<Record<keyof Draft, unknown>>
      return typeof text === 'string' ? [[key, { text, literal: literal !== false }] as const] : []
    }),
  )

const isLines = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

const placesOf = (value: unknown): Kept['places'] =>
  Object.fromEntries(
    entriesOf(value).flatMap(([chat, place]) => {
      const { message, below } = (place ?? {}) as {
        readonly message?: unknown
        readonly below?: unknown
      }
      return typeof message === 'string' && isLines(below)
        ? [[chat, { kind: 'at', message, below } as const]]
        : []
    }),
  )
