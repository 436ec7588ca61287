// The composer as lines: what it answers or edits, its files, the text with the cursor in it, and
// what completion offers.

import { nameOf } from '../../client/shown.ts'
import { isolated, type SafeText, safe, safeFileName, safeText } from '../../protocol/safe-text.ts'
import type { Editor } from '../editor.ts'
import type { Composer, Model } from '../model.ts'
import { CURSOR, fitted, type Line, line, type Span, truncatedLine } from '../text/line.ts'
import { pieces } from '../text/wrap.ts'
import type { Theme } from '../theme/theme.ts'
import { dayAndTime } from '../times.ts'
import { durationOf } from '../update/pages.ts'
import { firstLine } from './message.ts'

/** The conversation's title, two rules and a line of it. */
const ROWS_ABOVE = 4
/** It grows with its text up to so much of the screen, then it scrolls. */
const MAX_SHARE = 0.4
/** Completions that are seen at once; arrows go on to the others. */
const MAX_OFFERED = 8
const PROMPT = safe`› `
const PLACEHOLDER = safe`Write a message`

interface Writing {
  readonly width: number
  readonly rows: number
  readonly focused: boolean
  readonly placeholder?: SafeText
  /** Shown as so many dots. */
  readonly secret?: boolean
  readonly misspelled?: ReadonlySet<string>
}

export function composerLines(
  model: Pick<Model, 'theme' | 'now'>,
  composer: Composer,
  { width, rows, focused }: Pick<Writing, 'width' | 'rows' | 'focused'>,
): readonly Line[] {
  const { styles } = model.theme
  // A line of what was said is always to be seen above.
  const most = Math.max(1, rows - ROWS_ABOVE)
  const text = editorLines(composer.editor, model.theme, {
    width: width - PROMPT.length,
    rows: Math.max(1, Math.min(most, Math.floor(rows * MAX_SHARE))),
    focused,
    placeholder: PLACEHOLDER,
    misspelled: composer.misspelled,
  })
  const prompted = text.map((one, at) => [
    { text: at === 0 ? PROMPT : safe`  `, style: focused ? styles.accent : styles.faint },
    ...one,
  ])
  const left = most - prompted.length
  const offered = focused ? completionLines(composer, model.theme, width, left) : []
  const above = [
    ...modeLines(composer, model.theme),
    ...fileLines(composer, model.theme),
    ...optionLines(composer, model),
  ]
    .slice(0, Math.max(0, left - offered.length))
    .map((one) => truncatedLine(one, width))
  return [...offered, ...above, ...prompted]
}

function modeLines({ mode }: Composer, { styles }: Theme): readonly Line[] {
  switch (mode.kind) {
    case 'new':
      return []
    case 'reply':
      return [
        [
          { text: safe`↩ ${nameOf(mode.to.from.name)}: `, style: styles.accent },
          { text: firstLine(mode.to), style: styles.quote },
        ],
      ]
    case 'edit':
      return [
        [{ text: safe`✎ editing; Enter saves, Escape leaves it as it was`, style: styles.warning }],
      ]
  }
}

const fileLines = ({ files }: Composer, { styles }: Theme): readonly Line[] =>
  files.map((path) => [
    { text: safe`📎 `, style: styles.accent },
    { text: isolated(safeFileName(path)), style: styles.text },
  ])

function optionLines(
  { options }: Composer,
  { theme, now }: Pick<Model, 'theme' | 'now'>,
): readonly Line[] {
  const said: SafeText[] = []
  if (options.at !== undefined) said.push(safe`goes out ${dayAndTime(options.at, now)}`)
  if (options.expire !== undefined) said.push(safe`disappears after ${durationOf(options.expire)}`)
  if (options.silent === true) said.push(safe`silent`)
  return said.length === 0 ? [] : [line(said.join(', ') as SafeText, theme.styles.warning)]
}

function completionLines(
  { completion }: Composer,
  { styles }: Theme,
  width: number,
  rows: number,
): readonly Line[] {
  if (completion === undefined) return []
  const room = Math.min(MAX_OFFERED, Math.max(0, rows))
  const first = Math.max(0, completion.selected - room + 1)
  return completion.items.slice(first, first + room).map(({ label, hint }, index) => {
    const at = first + index
    const style = at === completion.selected ? styles.selection : styles.overlay
    return fitted(
      [
        { text: safe` ${label}  `, style },
        { text: hint, style: at === completion.selected ? styles.selection : styles.muted },
      ],
      width,
      { style },
    )
  })
}

/** A text that is being written, wrapped, with the terminal's cursor in its place. */
export function editorLines(editor: Editor, theme: Theme, writing: Writing): readonly Line[] {
  const { styles } = theme
  const { focused, placeholder, rows, secret, width } = writing
  if (editor.text === '') {
    const hint = placeholder === undefined ? [] : line(placeholder, styles.placeholder)
    return [focused ? [CURSOR, ...hint] : hint]
  }
  const shown = (text: string): string =>
    secret === true ? '•'.repeat(Array.from(text).length) : safeText(text, { multiline: true })
  // What is shown of a beginning is the beginning of what is shown.
  const at = shown(editor.text.slice(0, editor.at)).length
  const all: Line[] = []
  let cursorRow = 0
  let start = 0
  for (const row of shown(editor.text).split('\n')) {
    const divided = Math.min(Math.max(0, at - start), row.length)
    const parts = pieces(row, Math.max(1, width - 1), { keepSpaces: true, divided })
    for (const [index, { from, to }] of parts.entries()) {
      const isLast = index === parts.length - 1
      const inside = at >= start + from && (at < start + to || (isLast && at <= start + row.length))
      if (inside) cursorRow = all.length
      const cursor = inside && focused ? at - start - from : undefined
      all.push(rowOf(row.slice(from, to) as SafeText, cursor, theme, writing))
    }
    start += row.length + 1
  }
  const first = Math.min(Math.max(0, cursorRow - rows + 1), Math.max(0, all.length - rows))
  return all.slice(first, first + rows)
}

const WORDS = /([\p{L}][\p{L}'’]+)/u

function rowOf(
  text: SafeText,
  cursor: number | undefined,
  { styles }: Theme,
  { misspelled }: Writing,
): Line {
  const spans = (part: string): readonly Span[] => {
    if (part === '') return []
    if (misspelled === undefined || misspelled.size === 0) {
      return [{ text: part as SafeText, style: styles.input }]
    }
    return part
      .split(WORDS)
      .filter((word) => word !== '')
      .map((word) => ({
        text: word as SafeText,
        style: misspelled.has(word)
          ? { ...styles.input, ...styles.danger, underline: true }
          : styles.input,
      }))
  }
  if (cursor === undefined) return spans(text)
  return [...spans(text.slice(0, cursor)), CURSOR, ...spans(text.slice(cursor))]
}
