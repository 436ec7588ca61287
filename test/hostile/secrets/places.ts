// Files, by content and by name, whatever they are called.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { foundIn, type Needle } from './needles.ts'

/** Where something was found, and what. */
export interface Leak {
  readonly place: string
  readonly what: string
}

/** Every file below, and what it and its folders are called. */
export function leaksBelow(folder: string, needles: readonly Needle[]): readonly Leak[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) =>
    leaksOf(join(folder, name), name, needles),
  )
}

/** What was written below a folder of everybody's since then: what a test left there, or others. */
export function recentLeaks(
  folder: string,
  since: number,
  needles: readonly Needle[],
): readonly Leak[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => join(folder, name))
    .filter((path) => isRecent(path, since))
    .flatMap((path) => leaksOf(path, path, needles))
}

function isRecent(path: string, since: number): boolean {
  try {
    return statSync(path).mtimeMs >= since
  } catch {
    return false
  }
}

function leaksOf(path: string, name: string, needles: readonly Needle[]): readonly Leak[] {
  const inName = foundIn(Buffer.from(name), needles)
  return [...inName.map((what) => ({ place: `the name ${name}`, what })), ...inFile(path, needles)]
}

function inFile(path: string, needles: readonly Needle[]): readonly Leak[] {
  try {
    if (!statSync(path).isFile()) return []
    return foundIn(readFileSync(path), needles).map((what) => ({ place: path, what }))
  } catch {
    // Gone meanwhile.
    return []
  }
}
