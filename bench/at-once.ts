// Whether a send costs the same however many wait at once: one `sotto rpc` is given so many calls
// together, each of which is answered when the server, on this machine, has stored its message.
//   npm run bench at-once

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { buildProgram } from '../scripts/build-program.js'
import { type Figure, median, report } from './report/figures.ts'
import { hasKeyring, insideKeyring } from './start/keyring.ts'
import { openStage } from './start/stage.ts'

const RUNS = 3
/** As many as one process may have under way. */
const COUNTS = [1, 10, 60, 240]
/** Of one that waits among as many as may, beside one among ten. */
const TIMES = 2

if (!hasKeyring()) {
  process.exitCode = insideKeyring([fileURLToPath(import.meta.url), ...process.argv.slice(2)])
} else {
  await measure()
}

async function measure(): Promise<void> {
  // Inside node_modules, so that the native addons are found.
  const folder = resolve(import.meta.dirname, '../node_modules/.cache/bench-at-once')
  await buildProgram(folder)
  const stage = await openStage(join(folder, 'sotto.cjs'))
  const rpc = spawn(process.execPath, [stage.program, 'rpc'], {
    env: { PATH: process.env.PATH, ...stage.keyring.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  try {
    const send = sender(rpc.stdin, rpc.stdout)
    await send()
    const each = new Map(COUNTS.map((count): [number, number[]] => [count, []]))
    for (let run = 0; run < RUNS; run += 1) {
      for (const [count, runs] of each) {
        const begun = performance.now()
        await Promise.all(Array.from({ length: count }, send))
        runs.push((performance.now() - begun) / count)
      }
    }
    tell(each)
  } finally {
    rpc.stdin.end()
    await once(rpc, 'exit')
    await stage.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function tell(each: ReadonlyMap<number, readonly number[]>): void {
  const few = median(each.get(10) ?? [])
  report(
    [...each].map(
      ([count, runs]): Figure => ({
        name: `${count} sends at once, each`,
        unit: 'ms',
        runs,
        ...(count > 10 ? { threshold: { most: TIMES * few } } : {}),
      }),
    ),
  )
}

/** Resolves with the answer to its call. */
function sender(to: Writable, from: Readable): () => Promise<void> {
  const waiting = new Map<number, { done: () => void; failed: (error: Error) => void }>()
  createInterface({ input: from }).on('line', (line) => {
    const answer = JSON.parse(line) as { readonly id?: number; readonly error?: object }
    const call = waiting.get(answer.id ?? 0)
    if (answer.error === undefined) call?.done()
    else call?.failed(new Error(line))
  })
  let id = 0
  return () =>
    new Promise((done, failed) => {
      id += 1
      waiting.set(id, { done, failed })
      const params = { to: ['bob'], text: 'at once', idempotencyKey: String(id) }
      to.write(`${JSON.stringify({ jsonrpc: '2.0', id, method: 'send', params })}\n`)
    })
}
