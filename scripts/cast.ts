// `npm run cast`: plays a first run and a talk with the built program in a real pseudo-terminal and
// writes it as docs/screens/demo.cast (asciicast v2). Nothing in it is staged but the words: the
// server, the accounts, the recovery key and the messages are real, and gone afterwards.

import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { PROGRAM } from '../test/helpers/program.ts'
import { ASKING, Stage } from '../test/tui/journeys/stage.ts'
import { alt, ctrl, KEYS, type VirtualTerminal } from '../test/tui/virtual-terminal.ts'

const [COLUMNS, ROWS] = [100, 28]
const FILE = resolve(import.meta.dirname, '../docs/screens/demo.cast')
/** A quick typist, who is not a machine. */
const KEY_MS = { least: 25, spread: 50 }
const READ_MS = 1_000
const LOOK_MS = 1_800
/** What the machine took for longer than a viewer wants to see nothing; in seconds. */
const LONGEST_GAP = 1.8
/** Written by one stroke of the pen, though a terminal gives it in pieces. */
const ONE_WRITE_MS = 4

/** What a terminal would answer, and what changes its keys and its mouse: not for who only looks on. */
const FOR_THE_TERMINAL =
  /\x1b\[\?2026\$p|\x1b\[\?u|\x1b\[16t|\x1b\[>0q|\x1b\[c|\x1b\]11;\?\x1b\\|\x1b_G[^\x1b]*\x1b\\|\x1b\[\?(?:1002|1004|1006|2004)[hl]|\x1b\[[<>]\d*(?:;\d+)?[um]/g

let seed = 7
function below(limit: number): number {
  seed = (seed * 48_271) % 2_147_483_647
  return seed % limit
}

interface Written {
  readonly at: number
  text: string
}
const writes: Written[] = []
function heard(text: string): void {
  const at = performance.now()
  const last = writes.at(-1)
  if (last !== undefined && at - last.at < ONE_WRITE_MS) last.text += text
  else writes.push({ at, text })
}

function eventsOf(all: readonly Written[]): readonly string[] {
  let [time, before] = [0, all[0]?.at ?? 0]
  return all.flatMap(({ at, text }) => {
    time += Math.min(LONGEST_GAP, (at - before) / 1_000)
    before = at
    const shown = text.replace(FOR_THE_TERMINAL, '')
    return shown === '' ? [] : [JSON.stringify([Number(time.toFixed(3)), 'o', shown])]
  })
}

async function typed(screen: VirtualTerminal, text: string): Promise<void> {
  for (const letter of text) {
    screen.type(letter)
    await pause(KEY_MS.least + below(KEY_MS.spread))
  }
}

async function entered(screen: VirtualTerminal, text: string): Promise<void> {
  await typed(screen, text)
  await pause(250)
  screen.type(KEYS.enter)
}

async function firstRun(screen: VirtualTerminal, url: string): Promise<void> {
  await screen.until('Join a server that somebody runs')
  await pause(LOOK_MS)
  screen.type(KEYS.enter)
  await screen.until('The server’s address')
  await entered(screen, url)
  await screen.until('What is your name on')
  await entered(screen, 'ann')
  await screen.until(/of this machine works|does not answer/)
  await pause(READ_MS)
  await screen.until((lines) => {
    const chosen = lines.some((line) => line.includes('▸ A passphrase'))
    if (!chosen) screen.type(KEYS.down)
    return chosen
  })
  screen.type(KEYS.enter)
  await screen.until('A passphrase that seals your keys')
  for (let twice = 0; twice < 2; twice += 1) await entered(screen, 'four words are enough')
  await screen.until('This is your recovery key')
  await pause(LOOK_MS)
  screen.type(KEYS.enter)
  await screen.until('With whom do you want to talk first?')
  await entered(screen, 'bob')
  await screen.until('online')
}

async function talk(stage: Stage, screen: VirtualTerminal): Promise<void> {
  await stage.heard('bob', 'contact_request')
  const bob = await stage.client('bob')
  await bob.call('contact.accept', { name: 'ann' })
  await screen.until('› Write a message')
  await stage.send('bob', 'ann', 'The tests on Node 24 hang. Only in CI, of course.')
  await screen.until('of course.')
  await pause(READ_MS)
  await entered(screen, 'Found it: two locks, taken in both orders.')
  await stage.got('bob')
  await pause(READ_MS)
  await stage.send('bob', 'ann', 'A classic. **Same order everywhere**, then?')
  await screen.until('then?')
  await pause(READ_MS)
  await entered(screen, 'Yes, and a test that dies without it 🎉')
  const last = (await stage.heard('bob', 'message')).at(-1)
  if (typeof last?.id !== 'string') throw new Error('bob got nothing')
  await bob.call('msg.react', { id: last.id, emoji: '👍' })
  await screen.until('👍')
  await pause(LOOK_MS)
}

async function around(screen: VirtualTerminal): Promise<void> {
  screen.type(alt('f'))
  await pause(400)
  await typed(screen, 'locks')
  await screen.until('Found it')
  await pause(LOOK_MS)
  screen.type(KEYS.escape)
  await pause(500)
  screen.type(ctrl('k'))
  await pause(READ_MS)
  await typed(screen, 'verify')
  await pause(READ_MS)
  screen.type(KEYS.enter)
  await screen.until('not verified yet')
  await pause(LOOK_MS)
  screen.type(KEYS.escape)
  await pause(500)
  await entered(screen, '/quit')
}

async function play(stage: Stage): Promise<void> {
  await stage.registered('bob')
  const { url } = await stage.server()
  const rc = join(stage.folder, 'rc')
  writeFileSync(rc, `PS1='$ '\nsotto() { '${process.execPath}' '${PROGRAM}' "$@"; }\n`)
  const shell = stage.terminal({
    command: 'bash',
    program: ['--noprofile', '--rcfile', rc, '-i'],
    env: { ...stage.env('ann', ASKING), LANG: 'C.UTF-8' },
    columns: COLUMNS,
    rows: ROWS,
    heard,
  })
  await shell.until('$')
  await pause(READ_MS)
  await entered(shell, 'sotto')
  await firstRun(shell, url)
  await talk(stage, shell)
  await around(shell)
  await shell.until((lines) => !shell.alternate && lines.at(1) === '$ ')
  await pause(READ_MS)
}

const stage = new Stage()
try {
  await play(stage)
} finally {
  await stage.close()
}
const header = {
  version: 2,
  width: COLUMNS,
  height: ROWS,
  title: 'sotto',
  env: { TERM: 'xterm-256color' },
}
writeFileSync(FILE, `${[JSON.stringify(header), ...eventsOf(writes)].join('\n')}\n`)
process.exit()
