// Compiled code between runs: one file of V8's own for each command that scripts call often, and for
// the screen. Node 20 keeps none by itself, and what newer ones keep (compile-cache.ts) is the code of
// whatever command ran first. What is kept is code and its constants, never a value of a run.
//
// Whoever can write these files decides what we run, as with the program itself: they are used only
// in a folder that is ours and that nobody else may write to. V8 does not notice a torn one, so each
// is synced before it has its name.

import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Script } from 'node:vm'

/** The commands whose code is kept, beside the screen's: two files each, of 0.4 and 0.8 MB. */
export const OFTEN: readonly string[] = [
  'send',
  'receive',
  'ack',
  'history',
  'search',
  'contact',
  'chat',
  'msg',
  'download',
]
/** There while the last run held the profile itself: that takes twice the code of asking whoever
 *  does, and the next run will most likely do the same. */
const HELD = 'held'
const OTHERS_MAY_WRITE = 0o022
const PRIVATE_FOLDER = 0o700
const PRIVATE_FILE = 0o600

/** A CommonJS file. */
interface Piece {
  readonly path: string
  /** Changes whenever the file does. */
  readonly build: string
}

/** Where the code of one command is kept. */
interface Place {
  readonly folder: string
  /** What the files of this build and this runtime begin with. */
  readonly prefix: string
  readonly command: string
  readonly held: boolean
}

interface Loaded {
  readonly exports: unknown
  /** When the process ends: keeps the code of this run where the next can use it. */
  ended(code: number): void
}

/** Runs `piece`, with the code that an earlier run of the same command left in `folder`. Without a
 *  command nothing is kept. */
export function loadPiece(piece: Piece, folder: string, command: string | undefined): Loaded {
  const require = createRequire(piece.path)
  if (command === undefined) return { exports: require(piece.path), ended: () => {} }
  const prefix = `sotto-${piece.build}-${process.version}-${process.arch}-`
  const place = { folder, prefix, command, held: existsSync(join(folder, HELD)) }
  const kept = read(place)
  // The bundle is ASCII: one byte for each character, in the file and in memory.
  const source = readFileSync(piece.path, 'latin1')
  const script = new Script(
    `(function (exports, require, module, __filename, __dirname) {${source}\n})`,
    { filename: piece.path, ...(kept === undefined ? {} : { cachedData: kept }) },
  )
  const usable = kept !== undefined && script.cachedDataRejected === false
  const module = { exports: {} }
  script.runInThisContext()(module.exports, require, module, piece.path, dirname(piece.path))
  return {
    exports: module.exports,
    ended(code) {
      if (code !== 0) return
      const held = hasDatabase(require)
      // What was loaded for the one is more, or less, than the other takes: it is kept next time.
      if (held !== place.held) foresee(folder, held)
      else if (!usable) keep(place, script)
    },
  }
}

/** Whether this process opened a database, so that it held the profile itself. */
const hasDatabase = ({ cache }: NodeJS.Require): boolean =>
  Object.keys(cache).some((loaded) => loaded.endsWith('sqlite3.node'))

const fileOf = ({ folder, prefix, command, held }: Place): string =>
  join(folder, `${prefix}${command}${held ? `-${HELD}` : ''}`)

/** Undefined if there is none, or it is not ours alone. */
function read(place: Place): Buffer | undefined {
  try {
    const { mode, uid } = lstatSync(place.folder)
    if (uid !== process.getuid?.() || (mode & OTHERS_MAY_WRITE) !== 0) return undefined
    return readFileSync(fileOf(place))
  } catch {
    return undefined
  }
}

function keep(place: Place, script: Script): void {
  const { folder, prefix } = place
  try {
    mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER })
    const unfinished = `${fileOf(place)}.${process.pid}`
    writeSynced(unfinished, script.createCachedData())
    renameSync(unfinished, fileOf(place))
    for (const name of readdirSync(folder)) {
      if (name.startsWith('sotto-') && !name.startsWith(prefix)) rmSync(join(folder, name))
    }
  } catch {
    // A full disk, a home that cannot be written: the next start takes as long as this one.
  }
}

function writeSynced(path: string, bytes: Uint8Array): void {
  // What a killed process of the same number left is written over.
  const file = openSync(path, 'w', PRIVATE_FILE)
  try {
    writeFileSync(file, bytes)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** The next run, as this one was. */
function foresee(folder: string, held: boolean): void {
  try {
    mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER })
    if (held) writeFileSync(join(folder, HELD), '', { mode: PRIVATE_FILE })
    else rmSync(join(folder, HELD), { force: true })
  } catch {
    // As above.
  }
}
