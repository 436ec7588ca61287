// Which rows of the outbox go out together. The rows of one log stay in order whatever the server
// refuses: a log has one append under way, and rows that share their fate (the same logs, the same
// device lists) share it, so that a long queue does not cost a round trip for each message.

import { MAX_APPEND_ITEMS, MAX_FRAME_BYTES } from '../protocol/limits.ts'
import type { OutboxRow } from '../store/port.ts'

/** Half a frame: far from its limit, and a line is busy with it for a while already. */
const MAX_APPEND_BYTES = MAX_FRAME_BYTES / 2

interface Append {
  readonly fate: string
  readonly rows: OutboxRow[]
  items: number
  bytes: number
}

/** Appends that may be sent now. `rows` come oldest first; `inFlight` are without an answer. */
export function appendsOf(
  rows: readonly OutboxRow[],
  inFlight: readonly OutboxRow[],
): readonly (readonly OutboxRow[])[] {
  const sending = new Set(inFlight.map((row) => row.row))
  /** Logs in which nothing more may go now. */
  const busy = new Set<string>(inFlight.flatMap(logsOf))
  const byLog = new Map<string, Append>()
  const appends: Append[] = []
  for (const row of rows.filter(({ row: number }) => !sending.has(number))) {
    const logs = logsOf(row)
    const fate = fateOf(row)
    const before = logs.map((log) => byLog.get(log)).find((append) => append !== undefined)
    const isFree = !logs.some((log) => busy.has(log))
    if (isFree && before === undefined) {
      const append: Append = { fate, rows: [], items: 0, bytes: 0 }
      appends.push(append)
      for (const log of logs) byLog.set(log, append)
      add(append, row)
    } else if (isFree && before?.fate === fate && fits(before, row)) add(before, row)
    else for (const log of logs) busy.add(log)
  }
  return appends.map((append) => append.rows)
}

const logsOf = (row: OutboxRow): readonly string[] => row.items.map((item) => item.log)

/** The same logs under the same lists: what the server says to one of them holds for all. */
const fateOf = (row: OutboxRow): string =>
  JSON.stringify([
    logsOf(row).toSorted(),
    row.lists.map(({ account, version }) => `${account} ${version}`).toSorted(),
  ])

const bytesOf = (row: OutboxRow): number =>
  row.items.reduce((sum, item) => sum + item.body.length, 0)

const fits = (append: Append, row: OutboxRow): boolean =>
  append.items + row.items.length <= MAX_APPEND_ITEMS &&
  append.bytes + bytesOf(row) <= MAX_APPEND_BYTES

function add(append: Append, row: OutboxRow): void {
  append.rows.push(row)
  append.items += row.items.length
  append.bytes += bytesOf(row)
}
