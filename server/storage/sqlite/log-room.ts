// Room in the write-ahead log. Where a commit makes the file longer, its flush waits for the file
// system's own journal, which under load took 100 ms and at times a second; where the bytes stand
// already, it waits for those alone. SQLite ends a log at the first frame that is none of its own,
// zeros as well as what an earlier round left.

import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  statfsSync,
  writeSync,
} from 'node:fs'

const PIECE = Buffer.alloc(1024 * 1024)
/** Of what is free at most one part of so many. */
const SHARE = 16
/** A start waits no longer for it: a slow disk gets less. */
const PATIENCE_MS = 250

/** Only while nobody writes to the database. The log is as good without. */
export function makeRoom(database: string, bytes: number): void {
  let log: number | undefined
  let had: number | undefined
  try {
    const { bavail, bsize } = statfsSync(database)
    if (bytes > (bavail * bsize) / SHARE) return
    log = openSync(`${database}-wal`, 'r+')
    had = fstatSync(log).size
    const until = performance.now() + PATIENCE_MS
    for (let at = had; at < bytes && performance.now() < until; at += PIECE.length) {
      writeSync(log, PIECE, 0, PIECE.length, at)
      fdatasyncSync(log)
    }
  } catch {
    if (log !== undefined && had !== undefined) giveBack(log, had)
  } finally {
    if (log !== undefined) closeSync(log)
  }
}

function giveBack(log: number, size: number): void {
  try {
    ftruncateSync(log, size)
  } catch {
    // The disk failed: the next commit says so.
  }
}
