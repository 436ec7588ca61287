// Words that a dictionary does not know, by hunspell or aspell in their pipe mode, where one is
// found. Started with the first question, and asked one line at a time.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { World } from '../world.ts'

interface Speller {
  /** Undefined where there is no speller. */
  misspelled(words: readonly string[]): Promise<ReadonlySet<string> | undefined>
  close(): void
}

const PROGRAMS = [
  ['hunspell', ['-a']],
  ['aspell', ['-a']],
] as const
/** A word per answer that does not come by then is no answer. */
const PATIENCE_MS = 2_000

interface Running {
  readonly child: ChildProcessWithoutNullStreams
  readonly lines: AsyncIterator<string>
}

export function speller(world: World): Speller {
  let running: Promise<Running | undefined> | undefined
  let queue: Promise<unknown> = Promise.resolve()
  const known = new Map<string, boolean>()
  const ask = async (words: readonly string[]): Promise<ReadonlySet<string> | undefined> => {
    running ??= begin(world)
    const program = await running
    if (program === undefined) return undefined
    for (const word of words) {
      if (known.has(word)) continue
      known.set(word, await isKnown(program, word))
    }
    return new Set(words.filter((word) => known.get(word) === false))
  }
  return {
    misspelled(words) {
      const answer = queue.then(() => ask(words))
      queue = answer.catch(() => {})
      return answer
    },
    close() {
      void running?.then((program) => program?.child.kill())
    },
  }
}

async function begin(world: World): Promise<Running | undefined> {
  for (const [program, args] of PROGRAMS) {
    const child = spawn(program, args, { env: { PATH: world.env.PATH, LANG: world.env.LANG } })
    child.stdin.on('error', () => {})
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const failed = new Promise<undefined>((done) => child.once('error', () => done(undefined)))
    // Both begin with a line that says what they are.
    const hello = await Promise.race([lines.next(), failed])
    if (hello !== undefined && hello.done !== true) {
      child.unref()
      return { child, lines }
    }
  }
  return undefined
}

/** `^` in front: whatever the word is, it is no command to the speller. */
async function isKnown({ child, lines }: Running, word: string): Promise<boolean> {
  child.stdin.write(`^${word}\n`)
  let fits = true
  const late = new Promise<undefined>((done) =>
    setTimeout(() => done(undefined), PATIENCE_MS).unref(),
  )
  for (;;) {
    const line = await Promise.race([lines.next(), late])
    if (line === undefined || line.done === true || line.value === '') return fits
    if (/^[&#]/.test(line.value)) fits = false
  }
}
