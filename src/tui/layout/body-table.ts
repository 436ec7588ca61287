// A table in columns, where there is room for it.

import type { SafeText } from '../../protocol/safe-text.ts'
import type { Table } from '../markdown/table.ts'
import { type Line, line, lineWidth, padded, type Style } from '../text/line.ts'
import type { Theme } from '../theme/theme.ts'

const GAP = ' │ ' as SafeText
const CROSSING = '─┼─'

/** Undefined: it is wider than the screen. */
export function tableLines(
  { aligns, rows }: Table,
  { width, theme }: { readonly width: number; readonly theme: Theme },
  spansOf: (text: SafeText, style: Style) => Line,
): readonly Line[] | undefined {
  const { styles } = theme
  const drawn = rows.map((row, at) =>
    aligns.map((_, column) =>
      spansOf(row[column] ?? ('' as SafeText), at === 0 ? styles.title : styles.text),
    ),
  )
  const widths = aligns.map((_, column) =>
    drawn.reduce((most, row) => Math.max(most, lineWidth(row[column] ?? [])), 1),
  )
  const all = widths.reduce((sum, one) => sum + one, GAP.length * (widths.length - 1))
  if (all > width) return undefined
  const [head, ...body] = drawn.map((row) =>
    row.flatMap((cell, column) => [
      ...(column > 0 ? line(GAP, styles.border) : []),
      ...padded(cell, widths[column] ?? 0, { align: aligns[column] ?? 'left' }),
    ]),
  )
  const rule = widths.map((one) => '─'.repeat(one)).join(CROSSING) as SafeText
  return head === undefined ? [] : [head, line(rule, styles.border), ...body]
}
