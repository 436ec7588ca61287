// Pages to read, as rows: how many there are says how far a page can be moved.

import { safe } from '../../protocol/safe-text.ts'
import type { Model, Page } from '../model.ts'
import { width as widthOf } from '../text/cluster.ts'
import { fitted, type Line, line } from '../text/line.ts'
import { wrappedLine } from '../text/wrap.ts'
import { type Box, boxOf } from './box.ts'

const MOODS = { strong: 'title', muted: 'muted', good: 'success', bad: 'danger' } as const
const HEAD_SHARE = 0.35

export function pageLines(model: Model, page: Page, box: Box): readonly Line[] {
  const rows = pageRows(model, page, box)
  const top = Math.min(page.top, Math.max(0, rows.length - box.height))
  return rows.slice(top, top + box.height)
}

/** How far a page can be moved up: until its last row is the last of the box. */
export function lastTop(model: Model, page: Page): number {
  const box = boxOf(model)
  return Math.max(0, pageRows(model, page, box).length - box.height)
}

function pageRows(model: Pick<Model, 'theme'>, { lines }: Page, { width }: Box): readonly Line[] {
  const { styles } = model.theme
  const longest = lines.reduce(
    (most, { head }) => Math.max(most, head === undefined ? 0 : widthOf(head)),
    0,
  )
  const left = Math.min(longest + 2, Math.floor(width * HEAD_SHARE))
  return lines.flatMap(({ head, text, mood }) => {
    const style = mood === undefined ? styles.text : styles[MOODS[mood]]
    if (head === undefined) return wrappedLine(line(text, style), width)
    const heads = wrappedLine(line(head, styles.accent), left)
    const rows = wrappedLine(line(text, style), width - left - 1)
    return Array.from({ length: Math.max(heads.length, rows.length) }, (_, at) => [
      ...fitted(heads[at] ?? [], left),
      { text: safe` ` },
      ...(rows[at] ?? []),
    ])
  })
}
