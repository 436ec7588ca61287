// `npm run simulate -- [FROM] [COUNT]`: the simulation at length. A seed that fails is printed with
// what it broke, and run once more with its trace; `npm run simulate -- SEED 1 --trace` shows the
// trace of any.

import { findingsAndTrace, weatherOf } from './world/run.ts'

const PROGRESS_EVERY = 1_000
/** The end of a trace is where it happened; all of it is there with --trace. */
const TRACE_LINES = 60

const words = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const from = Number(words[0] ?? 1)
const count = Number(words[1] ?? 10_000)
const always = process.argv.includes('--trace')
const say = (line: string): void => void process.stdout.write(`${line}\n`)

let failed = 0
const begun = performance.now()
for (let seed = from; seed < from + count; seed += 1) {
  const { findings } = await findingsAndTrace(seed, weatherOf(seed))
  if (findings.length > 0 || always) {
    for (const finding of findings) say(finding)
    const again = await findingsAndTrace(seed, { ...weatherOf(seed), trace: true })
    for (const line of again.trace.slice(always ? 0 : -TRACE_LINES)) say(`  ${line}`)
    if (findings.length > 0) failed += 1
  }
  if ((seed - from + 1) % PROGRESS_EVERY === 0) {
    const seconds = (performance.now() - begun) / 1000
    say(`${seed - from + 1} seeds, ${failed} failed, ${seconds.toFixed(0)} s`)
  }
}
say(`seeds ${from} to ${from + count - 1}: ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
