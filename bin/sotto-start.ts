#!/usr/bin/env node
// What users start. The commands that scripts call are in one piece of their own, `quick.cjs`; the
// rest is the whole program beside it, which that piece asks for when it is called upon.

import { createRequire } from 'node:module'
import { join } from 'node:path'
import { loadPiece } from '../src/commands/code-cache.ts'
import { codeFolder, useCompileCache } from '../src/commands/compile-cache.ts'
import type { main } from '../src/commands/main.ts'

/** Told by the build. */
declare const QUICK_BUILD: string

const path = join(import.meta.dirname, 'quick.cjs')
const argv = process.argv.slice(2)
const whole = async (): Promise<never> => {
  const everything = './sotto.js'
  await import(everything)
  throw new Error('the whole program ends the process')
}

function load(): unknown {
  if (useCompileCache()) return createRequire(path)(path)
  const piece = loadPiece({ path, build: QUICK_BUILD }, codeFolder(), argv)
  process.once('exit', piece.ended)
  return piece.exports
}

const program = load() as { readonly main: typeof main }
void program.main(argv, whole).then((code) => process.exit(code))
