#!/usr/bin/env node
// What users start. The commands that scripts call are in one piece of their own, `quick.cjs`, and
// those with the screen in another; the rest is the whole program beside them, which they ask for
// when they are called upon.

import { join } from 'node:path'
import { isatty } from 'node:tty'
import { loadPiece, OFTEN } from '../src/commands/code-cache.ts'
import { codeFolder, useCompileCache } from '../src/commands/compile-cache.ts'
import type { main } from '../src/commands/main.ts'
import type { Elsewhere } from '../src/commands/world.ts'

/** Told by the build; another one whenever a piece is. */
declare const BUILD: string

type Program = { readonly main: typeof main }

const argv = process.argv.slice(2)

function load(name: 'quick' | 'screen', command: string | undefined): Program {
  const path = join(import.meta.dirname, `${name}.cjs`)
  if (command === undefined) useCompileCache()
  const piece = loadPiece({ path, build: BUILD }, codeFolder(), command)
  process.once('exit', piece.ended)
  return piece.exports as Program
}

const screen = (): Program => load('screen', 'screen')

async function elsewhere(where: Elsewhere): Promise<number> {
  if (where === 'screen') return screen().main(argv, elsewhere)
  const everything = './sotto.js'
  await import(everything)
  throw new Error('the whole program ends the process')
}

/** Good enough a guess: either piece has every command, or knows where it is. */
const isForScreen =
  (argv.every((word) => word.startsWith('-')) || argv.includes('chat')) && isatty(0) && isatty(1)
const program = isForScreen
  ? screen()
  : load(
      'quick',
      argv.find((word) => OFTEN.includes(word)),
    )
void program.main(argv, elsewhere).then((code) => process.exit(code))
