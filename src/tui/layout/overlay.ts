// What lies over the columns, as lines of a box.

import { bytesOf, nameOf } from '../../client/shown.ts'
import { isolated, type SafeText, safe, safeText } from '../../protocol/safe-text.ts'
import type { Editor } from '../editor.ts'
import type {
  Confirm,
  Files,
  Model,
  Overlay,
  Picker,
  PictureView,
  Prompt,
  Search,
  Verify,
} from '../model.ts'
import { fitted, type Line, line, type Span, spread, truncatedLine } from '../text/line.ts'
import { wrappedLine } from '../text/wrap.ts'
import { shortTime } from '../times.ts'
import { entriesOf } from '../update/overlay.ts'
import { matching } from '../update/pickers.ts'
import type { Box } from './box.ts'
import { editorLines } from './composer.ts'
import { firstLine } from './message.ts'
import { pageLines } from './page.ts'
import { qrLines } from './qr.ts'

const FILES_TITLES = {
  attach: safe`Attach a file`,
  save: safe`Save where? Enter: here`,
  folder: safe`Which folder? Enter: this one`,
} as const

export function overlayTitle(overlay: Overlay): SafeText {
  switch (overlay.kind) {
    case 'picker':
    case 'page':
    case 'prompt':
      return overlay.title
    case 'confirm':
      return safe`Sure?`
    case 'search':
      return overlay.within === undefined
        ? safe`Search everywhere`
        : safe`Search here; Tab: everywhere`
    case 'files':
      return FILES_TITLES[overlay.purpose.kind]
    case 'verify':
      return overlay.show === 'qr' && overlay.verification !== undefined
        ? safe`Verify ${nameOf(overlay.name)}; Tab: the digits`
        : safe`Verify ${nameOf(overlay.name)}`
    case 'picture':
      return overlay.name
  }
}

export function overlayLines(model: Model, overlay: Overlay, box: Box): readonly Line[] {
  switch (overlay.kind) {
    case 'picker':
      return pickerLines(model, overlay, box)
    case 'page':
      return pageLines(model, overlay, box)
    case 'prompt':
      return promptLines(model, overlay, box)
    case 'confirm':
      return confirmLines(model, overlay, box)
    case 'search':
      return searchLines(model, overlay, box)
    case 'files':
      return filesLines(model, overlay, box)
    case 'verify':
      return verifyLines(model, overlay, box)
    case 'picture':
      return pictureLines(model, overlay, box.width)
  }
}

function inputLine(model: Model, editor: Editor, placeholder: SafeText, width: number): Line {
  const [typed = []] = editorLines(editor, model.theme, {
    width: width - 2,
    rows: 1,
    focused: true,
    placeholder,
  })
  return [{ text: safe`› `, style: model.theme.styles.accent }, ...typed]
}

/** Entries around the one that is selected. */
function choiceLines<T>(
  model: Model,
  entries: readonly T[],
  selected: number,
  { width, height }: Box,
  shown: (entry: T) => readonly [left: Line, right: Line],
): readonly Line[] {
  const first = Math.min(
    Math.max(0, selected - Math.floor(height / 2)),
    Math.max(0, entries.length - height),
  )
  const { styles } = model.theme
  return entries.slice(first, first + height).map((entry, index) => {
    const style = first + index === selected ? styles.selection : undefined
    const over = (span: Span): Span =>
      style === undefined ? span : { ...span, style: { ...span.style, ...style } }
    const [left, hint] = shown(entry)
    const right: Line = hint.length === 0 ? hint : [{ text: safe` ` }, ...hint]
    return fitted(
      spread([{ text: safe` `, style }, ...left.map(over)], right.map(over), width, style),
      width,
      { style },
    )
  })
}

function pickerLines(model: Model, picker: Picker, { width, height }: Box): readonly Line[] {
  const { styles } = model.theme
  const items = matching(picker)
  const rows = choiceLines(
    model,
    items,
    picker.selected,
    { width, height: height - 2 },
    ({ label, hint }) => [line(label, styles.text), line(safe`${hint} `, styles.muted)],
  )
  const list = rows.length > 0 ? rows : [line(safe` ${picker.empty}`, styles.muted)]
  return [inputLine(model, picker.query, safe`type to find`, width), [], ...list]
}

const promptLines = (model: Model, { help, editor }: Prompt, { width }: Box): readonly Line[] => [
  inputLine(model, editor, safe``, width),
  [],
  ...wrappedLine(line(help, model.theme.styles.muted), width),
]

const confirmLines = (
  model: Model,
  { question, danger }: Confirm,
  { width }: Box,
): readonly Line[] => [
  ...wrappedLine(
    line(question, danger ? model.theme.styles.warning : model.theme.styles.text),
    width,
  ),
  [],
  ...wrappedLine(line(safe`y or Enter: yes   n or Esc: no`, model.theme.styles.muted), width),
]

function searchLines(model: Model, search: Search, { width, height }: Box): readonly Line[] {
  const { styles } = model.theme
  const { busy, query, results, selected } = search
  const rows = choiceLines(model, results, selected, { width, height: height - 2 }, (message) => [
    [
      { text: safe`${nameOf(message.from.name)}: `, style: styles.accent },
      { text: firstLine(message), style: styles.text },
    ],
    line(
      safe` ${message.chat.kind === 'direct' && search.within === undefined ? safe`${nameOf(message.chat.name)} ` : safe``}${shortTime(message.received_at, model.now)} `,
      styles.muted,
    ),
  ])
  const none =
    query.text.trim() === ''
      ? safe` Words that were said.`
      : busy
        ? safe` Looking…`
        : safe` Nothing was found.`
  return [
    inputLine(model, query, safe`find`, width),
    [],
    ...(rows.length > 0 ? rows : [line(none, styles.muted)]),
  ]
}

function filesLines(model: Model, files: Files, { width, height }: Box): readonly Line[] {
  const { styles } = model.theme
  const { entries, failure, filter, folder, selected } = files
  const rows = choiceLines(
    model,
    entriesOf(files),
    selected,
    { width, height: height - 3 },
    ({ kind, name, size }) => [
      line(
        kind === 'folder' ? safe`${isolated(safeText(name))}/` : isolated(safeText(name)),
        kind === 'folder' ? styles.accent : styles.text,
      ),
      line(kind === 'folder' ? safe`` : safe`${bytesOf(size)} `, styles.muted),
    ],
  )
  const none =
    failure ??
    (entries === undefined
      ? safe`Reading…`
      : filter.text === ''
        ? safe`Nothing is in here.`
        : safe`Nothing fits.`)
  return [
    truncatedLine(line(isolated(safeText(folder)), styles.heading), width),
    inputLine(model, filter, safe`→ into a folder, ← out of it`, width),
    [],
    ...(rows.length > 0 ? rows : [line(safe` ${none}`, styles.muted)]),
  ]
}

function verifyLines(model: Model, verify: Verify, { width, height }: Box): readonly Line[] {
  const { styles } = model.theme
  const { editor, failure, name, show, verification } = verify
  if (verification === undefined) {
    return wrappedLine(
      line(failure ?? safe`Asking…`, failure === undefined ? styles.muted : styles.danger),
      width,
    )
  }
  if (show === 'qr') {
    return (
      qrLines(verification.qr, { width, height }) ??
      wrappedLine(line(safe`The screen is too small for the code.`, styles.warning), width)
    )
  }
  const groups = verification.digits.split(' ')
  const digits = [0, 4, 8].map((from) =>
    line(safe`  ${safeText(groups.slice(from, from + 4).join('  '))}`, styles.title),
  )
  return [
    ...wrappedLine(
      line(
        safe`Both of you see the same, if nobody stands in between. Compare on a call or face to face.`,
        styles.muted,
      ),
      width,
    ),
    [],
    ...digits,
    [],
    ...wrappedLine(line(safeText(verification.words.join(' ')), styles.text), width),
    [],
    ...trustLines(model, verification.trust, width),
    ...(failure === undefined ? [] : wrappedLine(line(failure, styles.danger), width)),
    [],
    inputLine(model, editor, safe`type what ${nameOf(name)} reads to you`, width),
    ...wrappedLine(
      line(
        verification.trust === 'verified'
          ? safe`Enter closes. Tab shows the QR code.`
          : safe`Enter compares. Tab shows the QR code. /verified marks them after comparing by eye.`,
        styles.muted,
      ),
      width,
    ),
  ]
}

function trustLines(model: Model, trust: string, width: number): readonly Line[] {
  const { styles } = model.theme
  switch (trust) {
    case 'verified':
      return [line(safe`✓ verified`, styles.success)]
    case 'changed':
      return wrappedLine(
        line(
          safe`The identity changed; nothing is sent until you accept it: /acceptchange`,
          styles.danger,
        ),
        width,
      )
    default:
      return [line(safe`not verified yet`, styles.warning)]
  }
}

function pictureLines(
  { theme: { styles } }: Model,
  { failure, lines }: PictureView,
  width: number,
): readonly Line[] {
  if (failure !== undefined) return wrappedLine(line(failure, styles.danger), width)
  return lines ?? [line(safe`Reading…`, styles.muted)]
}
