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
/** From here on there is room for a third column. */
const WIDE = 110
const LIST_SHARE = 0.28
const MIN_LIST = 22
const MAX_LIST = 38
const DETAILS = 32
const MIN_PANE = 30
/** The status line. */
const STATUS_ROWS = 1

export function columnsOf(
  { size, settings }: Pick<Model, 'size' | 'settings'>,
  main: Main,
): Columns {
  const rows = Math.max(1, size.rows - STATUS_ROWS)
  const all = size.columns
  if (settings.screenReader || all < NARROW) {
    return main.focus === 'list'
      ? { list: all, panes: [], details: 0, rows }
      : { list: 0, panes: [all], details: 0, rows }
  }
  const list = Math.min(MAX_LIST, Math.max(MIN_LIST, Math.floor(all * LIST_SHARE)))
  const details = main.details && all >= WIDE ? DETAILS : 0
  // A rule of one column stands between two parts.
  const left = all - list - 1 - (details > 0 ? details + 1 : 0)
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
