// Pictures in a conversation: those that were saved and are on the screen are read, one after the
// other, and drawn once.

import type { AttachmentJson, MessageJson } from '../../client/api.ts'
import { safe } from '../../protocol/safe-text.ts'
import type { Effect, Step } from '../effect.ts'
import type { TuiEvent } from '../event.ts'
import { drawing, type Room, showsPictures, wishFor } from '../images/drawing.ts'
import { BLOCKS, type Means } from '../images/means.ts'
import { boxOf } from '../layout/box.ts'
import { columnsOf, firstPane } from '../layout/columns.ts'
import { paneViewport } from '../layout/pane.ts'
import { visible } from '../layout/thread.ts'
import type { Drawn, Main, Model } from '../model.ts'
import type { Line } from '../text/line.ts'
import { changeMain, doing, mainOf, opened, still, topOf, turned, withMain } from './step.ts'

/** What the decoder knows. The name is the sender's word; the decoder looks for itself. */
const KNOWN = /^image\/(png|jpeg)$/
/** In a thread: seen at a glance, and words before and after it are still on the screen. */
const MOST_COLUMNS = 40
const MOST_ROWS = 12
/** Around it: the thread's margin and a little air. */
const MARGIN = 4
/** Kept; a screen shows a tenth of it. */
const MAX_DRAWN = 128

type PictureEvent = Extract<TuiEvent, { readonly kind: 'picture' | 'pictureFailed' }>

export const pictureOf = ({ attachments }: MessageJson): AttachmentJson | undefined =>
  attachments.find(({ mime }) => KNOWN.test(mime))

/** After whatever happened: what is seen now and was not read yet. */
export function settlePictures(model: Model): Step {
  const main = mainOf(model)
  if (main === undefined || !shows(model)) return still(model)
  const wanted = main.panes.flatMap((_, at) => wantedIn(model, main, at))
  if (wanted.length === 0) return still(model)
  const pictures = new Map(main.pictures)
  for (const { attachment } of wanted) pictures.set(attachment, { kind: 'reading' })
  return doing(withMain(model, { ...main, pictures: bounded(pictures) }), ...wanted)
}

/** What was drawn by other means, or is not with the terminal any more, is drawn again. */
export const drawnAnew = (model: Model): Model =>
  changeMain(model, (main) => ({ ...main, pictures: new Map() }))

const meansIn = ({ means, settings }: Model): Means => (settings.images === 'auto' ? means : BLOCKS)

function shows({ settings, theme }: Model): boolean {
  return settings.images !== 'off' && !settings.screenReader && showsPictures(theme.depth)
}

type PictureEffect = Extract<Effect, { readonly kind: 'picture' }>

function wantedIn(model: Model, main: Main, index: number): readonly PictureEffect[] {
  const columns = columnsOf(model, main)
  const first = firstPane(main, columns.panes.length)
  const width = columns.panes[index - first]
  const messages = main.threads.get(main.panes[index]?.chat ?? '')?.messages
  // Looking at what is on the screen costs more than knowing that there is nothing to be found.
  if (width === undefined || messages === undefined || !hasPictures(messages)) return []
  const room = {
    columns: Math.max(1, Math.min(MOST_COLUMNS, width - MARGIN)),
    rows: Math.max(1, Math.min(MOST_ROWS, columns.rows >> 1)),
  }
  return visible(paneViewport(model, main, index)).flatMap(({ index: at }) =>
    (messages[at]?.attachments ?? []).flatMap(({ id, mime, path }) =>
      path === null || !KNOWN.test(mime) || main.pictures.has(id)
        ? []
        : [reading(model, { attachment: id, path, place: 'thread', room })],
    ),
  )
}

const known = new WeakMap<readonly MessageJson[], boolean>()

function hasPictures(messages: readonly MessageJson[]): boolean {
  const before = known.get(messages)
  if (before !== undefined) return before
  const has = messages.some((one) => (pictureOf(one)?.path ?? null) !== null)
  known.set(messages, has)
  return has
}

function reading(
  model: Model,
  what: Pick<PictureEffect, 'attachment' | 'path' | 'place'> & { readonly room: Room },
): PictureEffect {
  const { room, ...rest } = what
  return { kind: 'picture', ...rest, wish: wishFor(room, meansIn(model), model.theme) }
}

/** The oldest go; those that are seen are among the newest. */
function bounded(pictures: ReadonlyMap<string, Drawn>): ReadonlyMap<string, Drawn> {
  return pictures.size <= MAX_DRAWN ? pictures : new Map([...pictures].slice(-MAX_DRAWN))
}

/** One picture by itself, as large as the screen. */
export function viewPicture(model: Model, main: Main, { id, path }: AttachmentJson): Step {
  const view = { kind: 'picture', name: safe`A picture`, attachment: id } as const
  if (!showsPictures(model.theme.depth)) {
    const failure = safe`This terminal has too few colours for a picture.`
    return still(withMain(model, opened(main, { ...view, lines: undefined, failure })))
  }
  const { height, width } = boxOf(model)
  return doing(
    withMain(model, opened(main, { ...view, lines: undefined, failure: undefined })),
    reading(model, {
      attachment: id,
      path: path ?? '',
      place: 'viewer',
      room: { columns: width, rows: height },
    }),
  )
}

export function pictureRead(model: Model, main: Main, event: PictureEvent): Step {
  if (event.kind === 'pictureFailed') return still(withMain(model, placed(main, event, undefined)))
  const name = `${event.place} ${event.attachment}`
  const drawn = drawing(event.picture, meansIn(model), model.theme.depth, name)
  const next = withMain(model, placed(main, event, drawn.lines))
  return 'setup' in drawn
    ? doing(next, { kind: 'transmit', id: drawn.id, sequence: drawn.setup })
    : still(next)
}

function placed(main: Main, event: PictureEvent, lines: readonly Line[] | undefined): Main {
  if (event.place === 'viewer') return inViewer(main, event, lines)
  const drawn: Drawn = lines === undefined ? { kind: 'failed' } : { kind: 'drawn', lines }
  return { ...main, pictures: new Map(main.pictures).set(event.attachment, drawn) }
}

function inViewer(main: Main, event: PictureEvent, lines: readonly Line[] | undefined): Main {
  const top = topOf(main)
  if (top?.kind !== 'picture' || top.attachment !== event.attachment) return main
  const failure = event.kind === 'pictureFailed' ? event.failure.message : undefined
  return turned(main, { ...top, lines, failure })
}
