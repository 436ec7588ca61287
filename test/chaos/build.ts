// The program under test: the product's own bundle, in a temporary folder, with the provider that
// notes every seal, and with bugs planted where a run asks for them. The product has no hook for
// either: both are done to its source while it is bundled.

import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import type { Plugin } from 'esbuild'
import { buildProgram } from '../../scripts/build-program.js'

/** One place in the source that reads otherwise. */
export interface Change {
  readonly file: string
  readonly from: string
  readonly to: string
}

export interface TestProgram {
  readonly path: string
  remove(): void
}

const ROOT = resolve(import.meta.dirname, '../..')
/** What stands in for a file of the product, and sees the file itself. */
const STAND_INS: Readonly<Record<string, string>> = {
  'src/crypto/provider-node.ts': 'logged-provider.ts',
  'src/client/socket.ts': 'logged-socket.ts',
}

export async function buildTestProgram(changes: readonly Change[] = []): Promise<TestProgram> {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-chaos-build-'))
  try {
    // Its external modules are found as the product's are.
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
    const unmade = new Set(changes)
    const unmet = new Set(Object.keys(STAND_INS))
    await buildProgram(join(folder, 'dist'), [standIns(unmet), changed(changes, unmade)])
    for (const file of [...unmet, ...[...unmade].map((change) => change.file)]) {
      throw new Error(`nothing imports ${file}`)
    }
    return {
      path: join(folder, 'dist/sotto.cjs'),
      remove: () => rmSync(folder, { recursive: true, force: true }),
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

const standIns = (unmet: Set<string>): Plugin => ({
  name: 'stand-ins',
  setup(build) {
    build.onResolve({ filter: /\/(provider-node|socket)\.ts$/ }, (wanted) => {
      const path = resolve(wanted.resolveDir, wanted.path)
      const file = relative(ROOT, path)
      const standIn = join(import.meta.dirname, STAND_INS[file] ?? '')
      if (STAND_INS[file] === undefined || wanted.importer === standIn) return { path }
      unmet.delete(file)
      return { path: standIn }
    })
  },
})

const changed = (changes: readonly Change[], unmade: Set<Change>): Plugin => ({
  name: 'changed-source',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const file = relative(ROOT, path)
      const mine = changes.filter((change) => change.file === file)
      if (mine.length === 0) return undefined
      let contents = readFileSync(path, 'utf8')
      for (const change of mine) {
        contents = replaced(contents, change)
        unmade.delete(change)
      }
      return { contents, loader: 'ts' }
    })
  },
})

/** A bug whose place is gone must not pass for one that was looked for and not found. */
function replaced(text: string, { file, from, to }: Change): string {
  const parts = text.split(from)
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places like “${from}”`)
  return parts.join(to)
}
