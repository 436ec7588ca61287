// Looks at every process of a test while it runs, as any user of the machine can: arguments and
// environment; and, as its owner can, files that were deleted and are still open.

import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { foundIn, type Needle } from './needles.ts'
import type { Leak } from './places.ts'

/** Short beside the life of any program that has something to do. */
const SAMPLE_MS = 20
/** Between fork and exec a process still has the environment of the one that started it, for as
 *  long as a busy machine lets it wait. */
const SIGHTINGS = 100
/** A file without a name is read up to here. */
const MAX_FILE_BYTES = 16 * 1024 * 1024

/** In the environment of every process of the test, and of all that they start. */
export const MARK = 'SOTTO_TEST_LIFE'

export interface Witness {
  /** How many processes were seen. */
  readonly seen: number
  /** At everybody once more, besides the looks that it takes by itself. */
  look(): void
  leaks(needles: readonly Needle[]): readonly Leak[]
  stop(): void
}

/** Files below `own` are their owner’s to have. */
export function watchProcesses(mark: string, own: string): Witness {
  const marked = Buffer.from(`${MARK}=${mark}`)
  /** Those without the mark, and how often they were seen. */
  const others = new Map<string, number>()
  const ours = new Set<string>()
  /** What was seen, by what it is. */
  const said = new Map<string, Buffer>()

  const look = (): void => {
    for (const pid of readdirSync('/proc')) {
      if (!/^\d/.test(pid) || (others.get(pid) ?? 0) >= SIGHTINGS) continue
      const environment = read(`/proc/${pid}/environ`)
      if (environment === undefined) continue
      if (!ours.has(pid) && !environment.includes(marked)) {
        others.set(pid, (others.get(pid) ?? 0) + 1)
        continue
      }
      ours.add(pid)
      const command = read(`/proc/${pid}/cmdline`) ?? Buffer.of()
      said.set(`environment ${environment.toString('latin1')}`, environment)
      said.set(`arguments ${command.toString('latin1')}`, command)
      lookAtFiles(pid)
    }
  }
  const lookAtFiles = (pid: string): void => {
    const folder = `/proc/${pid}/fd`
    for (const fd of list(folder)) {
      const path = `${folder}/${fd}`
      if (!target(path).endsWith('(deleted)') || target(path).startsWith(own)) continue
      const content = readSmall(path)
      if (content !== undefined) said.set(`deleted file ${pid} ${target(path)}`, content)
    }
  }
  look()
  const timer = setInterval(look, SAMPLE_MS)
  return {
    get seen() {
      return ours.size
    },
    look() {
      others.clear()
      look()
    },
    leaks: (needles) =>
      [...said].flatMap(([place, bytes]) =>
        foundIn(bytes, needles).map((what) => ({ place: place.slice(0, 200), what })),
      ),
    stop: () => clearInterval(timer),
  }
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

function readSmall(path: string): Buffer | undefined {
  try {
    const stat = statSync(path)
    return stat.isFile() && stat.size <= MAX_FILE_BYTES ? readFileSync(path) : undefined
  } catch {
    return undefined
  }
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function target(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
