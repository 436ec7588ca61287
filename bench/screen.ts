// The screen as somebody at a terminal has it: the built program in a pseudo-terminal of 100×30, a
// profile of 100,000 messages and 500 conversations, 10,000 of the messages in the thread that is
// open. Times are from the key to the cell on a virtual screen, and contain that screen's own work.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Stage } from '../test/tui/journeys/stage.ts'
import { ctrl, KEYS, type VirtualTerminal } from '../test/tui/virtual-terminal.ts'
import { type Figure, median, percentile, report } from './report/figures.ts'
import { usageOf } from './screen/process.ts'
import { fillProfile } from './screen/profile.ts'

const RUNS = Number(process.env.RUNS ?? 3)
const SIZE = { messages: 100_000, chats: 500, inThread: 10_000 }
const COMPOSER = '› Write a message'
const KEYS_TYPED = 200
/** As fast as a quick typist. */
const BETWEEN_KEYS_MS = 40
const PAGES = 500
/** A page that brings nothing new by then was the last. */
const TOP_MS = 5_000
const IDLE_MS = 4_000
const BURST = { perSecond: 200, seconds: 3 }

type Found = Record<string, number[]>
const found: Found = {}
const note = (name: string, value: number): void => {
  found[name] = [...(found[name] ?? []), value]
}

async function measured(): Promise<void> {
  note(
    'bare',
    wall(() => spawnSync(process.execPath, ['-e', '0'])),
  )
  const before = performance.now()
  const screen = stage.screen('ann', ['chat', 'ben'], { env: { NODE_DISABLE_COMPILE_CACHE: '' } })
  await screen.until((lines) => lines.some((line) => line !== ''))
  note('first', performance.now() - before)
  await screen.until(COMPOSER)
  note('thread', performance.now() - before)
  await screen.until('online')
  await idle(screen, 'idle')
  await typing(screen, 'key')
  await scrolling(screen)
  await typing(screen, 'deepKey')
  await idle(screen, 'deepIdle')
  await burst(screen)
  note('memory', usageOf(screen.pid).memory)
  await leave(screen)
}

async function opened(): Promise<VirtualTerminal> {
  const screen = stage.screen('ann', ['chat', 'ben'], { env: { NODE_DISABLE_COMPILE_CACHE: '' } })
  await screen.until(COMPOSER)
  return screen
}

async function leave(screen: VirtualTerminal): Promise<void> {
  screen.type(ctrl('u'))
  await screen.until(COMPOSER)
  screen.type(ctrl('d'))
  await screen.ended
}

/** Letters that are each waited for. */
async function typing(screen: VirtualTerminal, name: string, keys = KEYS_TYPED): Promise<void> {
  const bytes = screen.bytes
  const times: number[] = []
  let line = ''
  for (let at = 0; at < keys; at += 1) {
    const letter = String.fromCharCode(97 + (at % 26))
    line = at % 50 === 49 ? '' : line + letter
    const before = performance.now()
    screen.type(line === '' ? ctrl('u') : letter)
    await screen.until(line === '' ? COMPOSER : `› ${line}`)
    times.push(performance.now() - before)
    await pause(BETWEEN_KEYS_MS)
  }
  note(`${name}Median`, median(times))
  note(`${name}Tail`, percentile(times, 0.95))
  note(`${name}Most`, Math.max(...times))
  note(`${name}Bytes`, (screen.bytes - bytes) / keys)
}

/** Page after page up to the first message. */
async function scrolling(screen: VirtualTerminal): Promise<void> {
  const times: number[] = []
  for (let page = 0; page < PAGES; page += 1) {
    const bytes = screen.bytes
    const before = performance.now()
    screen.type(KEYS.pageUp)
    const shown = screen.untilSeen(() => screen.bytes > bytes)
    const isAtTop = await Promise.race([shown.then(() => false), pause(TOP_MS).then(() => true)])
    if (isAtTop) break
    times.push(performance.now() - before)
  }
  note('pages', times.length)
  note('pageMedian', median(times))
  note('pageTail', percentile(times, 0.95))
}

async function idle(screen: VirtualTerminal, name: string): Promise<void> {
  // What has just happened is over by then.
  await pause(1_500)
  const bytes = screen.bytes
  const before = usageOf(screen.pid)
  await pause(IDLE_MS)
  const after = usageOf(screen.pid)
  note(`${name}Cpu`, ((after.cpu - before.cpu) / IDLE_MS) * 100)
  note(`${name}Wakeups`, ((after.wakeups - before.wakeups) / IDLE_MS) * 1_000)
  note(`${name}Bytes`, screen.bytes - bytes)
}

/** Typed while messages come in a flood. */
async function burst(screen: VirtualTerminal): Promise<void> {
  const { perSecond, seconds } = BURST
  await stage.letGo('ben')
  const script = fileURLToPath(new URL('./screen/sender.ts', import.meta.url))
  const args = [stage.options('ben'), 'ann', perSecond * seconds, perSecond].map((it) =>
    typeof it === 'object' ? JSON.stringify(it) : `${it}`,
  )
  const sender = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const left = once(sender, 'exit')
  const said = createInterface({ input: sender.stdout })[Symbol.asyncIterator]()
  await said.next()
  sender.stdin.end('go\n')
  await typing(screen, 'burst', 60)
  note('burstRate', Number((await said.next()).value))
  await left
}

const wall = (work: () => void): number => {
  const before = performance.now()
  work()
  return performance.now() - before
}

function figures(): readonly Figure[] {
  const of = (name: string, unit: string, key: string, most?: number): Figure => ({
    name,
    unit,
    runs: found[key] ?? [],
    ...(most === undefined ? {} : { threshold: { most } }),
  })
  const times = (found.first ?? []).map((first, run) => first / (found.bare?.[run] ?? Number.NaN))
  return [
    of('first frame', 'ms', 'first', 500),
    { name: 'first frame, in `node -e 0`', unit: '×', runs: times, threshold: { most: 5 } },
    of('the conversation is there', 'ms', 'thread'),
    of('key to frame, median', 'ms', 'keyMedian', 20),
    of('key to frame, 95th percentile', 'ms', 'keyTail', 50),
    of('bytes a key', 'B', 'keyBytes', 200),
    of('pages scrolled', '', 'pages'),
    of('page to frame, median', 'ms', 'pageMedian', 20),
    of('page to frame, 95th percentile', 'ms', 'pageTail', 50),
    of('key to frame at the oldest message, median', 'ms', 'deepKeyMedian', 20),
    of('key to frame at the oldest message, 95th', 'ms', 'deepKeyTail', 50),
    of('idle: of one processor', '%', 'idleCpu'),
    of('idle: wake-ups a second', '', 'idleWakeups'),
    of('idle: bytes painted', 'B', 'idleBytes', 0),
    of('idle at the oldest message: of one processor', '%', 'deepIdleCpu'),
    of('burst: messages a second', '', 'burstRate'),
    of('burst: key to frame, median', 'ms', 'burstMedian'),
    of('burst: key to frame, the worst', 'ms', 'burstMost', 100),
    of('memory', 'MiB', 'memory', 150),
  ]
}

const stage = new Stage()
try {
  await fillProfile(stage, SIZE)
  // The first start writes the cache of compiled code.
  await leave(await opened())
  for (let run = 0; run < RUNS; run += 1) await measured()
} finally {
  await stage.close()
}
report(figures())
process.exit()
