// A table, where a row of dashes under the first says that there is one.

import type { SafeText } from '../../protocol/safe-text.ts'

type Align = 'left' | 'centre' | 'right'

export interface Table {
  readonly aligns: readonly Align[]
  /** The first is the head. */
  readonly rows: readonly (readonly SafeText[])[]
}

/** More columns than this no screen shows. */
const MAX_COLUMNS = 24
const DASHES = /^ *:?-+:? *$/

export function tableAt(lines: readonly string[], at: number): Table | undefined {
  const head = lines[at] ?? ''
  const below = lines[at + 1]
  // Cheap, for every line of every message comes by here.
  if (below === undefined || !head.includes('|') || !below.includes('-')) return undefined
  const dashes = cells(below)
  const names = cells(head)
  if (names.length !== dashes.length || names.length > MAX_COLUMNS) return undefined
  if (names.length < 2 || !dashes.every((cell) => DASHES.test(cell))) return undefined
  const rows: (readonly SafeText[])[] = [trimmed(names)]
  for (let next = at + 2; next < lines.length; next++) {
    const line = lines[next] ?? ''
    if (!line.includes('|')) break
    const row = cells(line)
    // A row with more cells than the head would lose some: it is a line like any other.
    if (row.length > names.length) break
    rows.push(trimmed(row))
  }
  return { aligns: dashes.map(alignOf), rows }
}

/** Without the bars at both ends. A bar behind a backslash is a letter, and both are shown. */
function cells(line: string): readonly string[] {
  const inner = line.trim().replace(/^\|/, '').replace(/\|$/, '')
  const out: string[] = []
  let from = 0
  for (let at = 0; at < inner.length; at++) {
    if (inner.charAt(at) === '\\') at++
    else if (inner.charAt(at) === '|') {
      out.push(inner.slice(from, at))
      from = at + 1
    }
  }
  return [...out, inner.slice(from)]
}

const trimmed = (row: readonly string[]): readonly SafeText[] =>
  row.map((cell) => cell.trim() as SafeText)

function alignOf(dashes: string): Align {
  const mark = dashes.trim()
  if (!mark.endsWith(':')) return 'left'
  return mark.startsWith(':') ? 'centre' : 'right'
}
