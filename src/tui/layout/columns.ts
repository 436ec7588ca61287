// How the screen is divided. The columns fold as it narrows: with little room the list and the
// conversation take turns.

import type { Main, Model } from '../model.ts'

interface Columns {
  /** 0: folded away. */
  readonly list: number
  /** Of each pane, from left to right; empty where only the list is seen. */
  readonly panes: readonly number[]
  readonly details: number
  /** Rows of the columns: all but the status line. */
  readonly rows: number
}

/** Under this many columns one thing is seen at a time. */
const NARROW = 60
/** From here on there is room for a third column; under it the list folds away for it. */
const WIDE = 110
const LIST_SHARE = 0.28
const MIN_LIST = 22
const MAX_LIST = 38
const DETAILS = 32
const MIN_PANE = 30
/** The status line. */
const STATUS_ROWS = 1

/** They are beside a conversation where there is room for both, and give way to the list while one
 *  is in it. */
function hasDetails({ size }: Pick<Model, 'size'>, { details, focus }: Main): boolean {
  if (!details) return false
  return size.columns >= WIDE || (size.columns > MIN_PANE + DETAILS && focus !== 'list')
}

export function columnsOf(model: Pick<Model, 'size' | 'settings'>, main: Main): Columns {
  const { size, settings } = model
  const rows = Math.max(1, size.rows - STATUS_ROWS)
  const all = size.columns
  if (settings.screenReader || all < NARROW) {
    return main.focus === 'list'
      ? { list: all, panes: [], details: 0, rows }
      : { list: 0, panes: [all], details: 0, rows }
  }
  const details = hasDetails(model, main) ? DETAILS : 0
  const isFolded = details > 0 && all < WIDE
  const list = isFolded ? 0 : Math.min(MAX_LIST, Math.max(MIN_LIST, Math.floor(all * LIST_SHARE)))
  // A rule of one column stands between two parts.
  const left = all - (list > 0 ? list + 1 : 0) - (details > 0 ? details + 1 : 0)
  const count = Math.max(1, Math.min(main.panes.length, Math.floor((left + 1) / (MIN_PANE + 1))))
  return { list, panes: shared(left, count), details, rows }
}

function shared(width: number, count: number): readonly number[] {
  const room = width - (count - 1)
  const each = Math.floor(room / count)
  return Array.from({ length: count }, (_, at) => (at === 0 ? room - each * (count - 1) : each))
}

/** The first of the panes that are seen: the one with the focus is always among them. */
export const firstPane = (main: Main, seen: number): number =>
  Math.max(0, Math.min(main.pane, main.panes.length - seen))
