// Messages per second of one session, sealed and opened, beside libsignal in the same run. The
// contenders take turns, each in a process of its own, so that whatever else the machine does meets
// all of them; a ratio is taken within a turn.
//   npm run bench ratchet [turns] [--strict]

import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { buildSync } from 'esbuild'
import type { Round, Rounds } from './ratchet/contender.ts'
import { peerPackage } from './ratchet/peer-package.ts'
import { type Figure, report, type Threshold, wanted } from './report/figures.ts'

const LIBSIGNAL = '@signalapp/libsignal-client'
/** The newest one, where every session has the post-quantum ratchet, which ours has not; and the
 *  last one that can do without it: the construction that ours is. */
const NEWEST = '0.103.0'
const WITHOUT_POST_QUANTUM = '0.79.0'
const LEAST = { oneWay: { least: 3 }, pingPong: { least: 1.5 } }
const turns = Number(wanted()[0] ?? 5)
const WAYS = ['oneWay', 'pingPong'] as const

/** As it is shipped: tsx would wrap every function that is made while a message is sealed. */
const program = resolve(import.meta.dirname, '../node_modules/.cache/bench-ratchet/round.mjs')
buildSync({
  entryPoints: [join(import.meta.dirname, 'ratchet/round.ts')],
  outfile: program,
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
})

function turnOf(...contender: readonly string[]): Rounds {
  const { stdout, status } = spawnSync(process.execPath, [program, ...contender], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`${contender.join(' ') || 'sotto'} ended with ${status}`)
  return JSON.parse(stdout) as Rounds
}

const versions: string[] = []
for (const version of [NEWEST, WITHOUT_POST_QUANTUM]) {
  if ((await peerPackage(LIBSIGNAL, version)) !== undefined) versions.push(version)
}
const ours: Rounds[] = []
const theirs = new Map<string, Rounds[]>(versions.map((version) => [version, []]))
for (let turn = 0; turn < turns; turn += 1) {
  ours.push(turnOf())
  for (const [version, rounds] of theirs) rounds.push(turnOf(LIBSIGNAL, version))
}

const figure = (name: string, unit: string, runs: readonly number[]): Figure => ({
  name,
  unit,
  runs,
})

const measured = (rounds: readonly Rounds[], of: (turn: Rounds) => Round): readonly Figure[] => [
  figure(
    rounds[0]?.name ?? '',
    'messages/s',
    rounds.map((turn) => of(turn).perSecond),
  ),
  figure(
    '',
    'µs CPU each',
    rounds.map((turn) => of(turn).cpuMicroseconds),
  ),
]

for (const way of WAYS) {
  process.stdout.write(way === 'oneWay' ? ' one way\n' : ' ping-pong, each a new ratchet key\n')
  const promised: Threshold = LEAST[way]
  const peers = [...theirs].flatMap(([version, rounds]) => {
    const ratios = ours.map((turn, at) => turn[way].perSecond / (rounds[at]?.[way].perSecond ?? 0))
    const ratio = figure('  ours beside it', '×', ratios)
    return [
      ...measured(rounds, (turn) => turn[way]),
      // Promised against what is current; the other one says how much of it the construction is.
      version === NEWEST ? { ...ratio, threshold: promised } : ratio,
    ]
  })
  report([...measured(ours, (turn) => turn[way]), ...peers])
}
