// A machine whose power is cut: what a database wrote and did not sync is taken back. See power.c.

import { execFileSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Machine } from './world.ts'

const SOURCE = join(import.meta.dirname, 'power.c')
const NOTES = '.undo'
/** Place, length and the file's size before: see `note` in power.c. */
const HEAD_BYTES = 3 * 8

/** Compiled once into `folder`; a C compiler is there wherever SQLite was compiled. */
export function powerCuts(folder: string): (home: string) => Machine {
  const library = join(folder, 'power.so')
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-w', '-o', library, SOURCE, '-ldl'])
  return (home) => ({
    env: { LD_PRELOAD: library },
    fallen() {
      for (const name of readdirSync(home, { recursive: true, encoding: 'utf8' })) {
        if (name.endsWith(NOTES)) takeBack(join(home, name))
      }
    },
  })
}

interface Note {
  readonly at: number
  readonly size: number
  readonly bytes: Buffer
}

function takeBack(notes: string): void {
  const path = notes.slice(0, -NOTES.length)
  if (existsSync(path)) {
    const file = openSync(path, 'r+')
    for (const { at, size, bytes } of notesIn(readFileSync(notes)).reverse()) {
      if (bytes.length > 0) writeSync(file, bytes, 0, bytes.length, at)
      ftruncateSync(file, size)
    }
    closeSync(file)
  }
  truncateSync(notes, 0)
}

/** The last one may be half: then its write did not happen. */
function notesIn(raw: Buffer): Note[] {
  const found: Note[] = []
  for (let from = 0; from + HEAD_BYTES <= raw.length; ) {
    const [at, length, size] = [0, 8, 16].map((place) => Number(raw.readBigInt64LE(from + place)))
    const begin = from + HEAD_BYTES
    from = begin + (length ?? 0)
    if (from > raw.length) break
    found.push({ at: at ?? 0, size: size ?? 0, bytes: raw.subarray(begin, from) })
  }
  return found
}
