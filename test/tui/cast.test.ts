// The recorded session that the README links to: a whole asciicast, short, safe to be played in any
// terminal, and it shows what it is there for. `npm run cast` records it anew.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import xterm from '@xterm/headless'
import { expect, test } from 'vitest'
import { giveModernWidths } from './modern-widths.ts'

const FILE = resolve(import.meta.dirname, '../../docs/screens/demo.cast')
const LONGEST_S = 60
const LARGEST = 100_000

/** In this order; each by itself on the screen at some moment. */
const SCENES = [
  '$ sotto',
  'Join a server that somebody runs',
  'What is your name on',
  'This is your recovery key',
  'With whom do you want to talk first?',
  'Only in CI, of course.',
  'Found it: two locks, taken in both orders.',
  'A classic. Same order everywhere, then?',
  'a test that dies without it 🎉',
  '👍',
  '› locks',
  'What shall be done?',
  'not verified yet',
]

/** What a terminal answers into the shell of whoever only looks on, or goes on doing afterwards. */
const ASKS =
  /\x1b\[[?>=]?[\d;]*[cn]|\$p|\x1b\[\?u|\x1b\][^\x1b\x07]*\?|\x1b[P_]|\x1b\[\?(?:100\d|2004)h|\x1b\[>/

const [header, ...events] = readFileSync(FILE, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line): unknown => JSON.parse(line))
const { width, height } = header as { readonly width: number; readonly height: number }
const writes = events as readonly (readonly [at: number, kind: string, text: string])[]

test('the recorded session is an asciicast, short and small', () => {
  expect(header).toMatchObject({
    version: 2,
    width: expect.any(Number),
    height: expect.any(Number),
  })
  const times = writes.map(([at]) => at)
  expect(times).toEqual(times.toSorted((one, other) => one - other))
  expect(times.at(-1)).toBeLessThan(LONGEST_S)
  expect(JSON.stringify(events).length).toBeLessThan(LARGEST)
  for (const [, kind, text] of writes) {
    expect(kind).toBe('o')
    expect(text).not.toMatch(ASKS)
    // A folder of whose machine recorded it.
    expect(text).not.toMatch(/\/(?:tmp|home|root|work)\//)
  }
})

test('it shows a first run, a talk, a search and a verification, and leaves a clean screen', async () => {
  const terminal = new xterm.Terminal({ cols: width, rows: height, allowProposedApi: true })
  giveModernWidths(terminal)
  const shown = (): string => {
    const { active } = terminal.buffer
    const rows = Array.from({ length: height }, (_, row) => active.getLine(row))
    return rows.map((row) => row?.translateToString(true) ?? '').join('\n')
  }
  const left = [...SCENES]
  for (const [, , text] of writes) {
    await new Promise<void>((done) => terminal.write(text, done))
    const screen = shown()
    while (left[0] !== undefined && screen.includes(left[0])) left.shift()
  }
  expect(left).toEqual([])
  expect(terminal.buffer.active.type).toBe('normal')
  expect(shown().trimEnd()).toBe('$ sotto\n$')
  terminal.dispose()
})
