// The real screen on a profile full of hostile text, led through everything that shows some; and what
// it wrote to its terminal, without what is known to be the painter's own.

import { entered, keyboardOn, left, questions } from '../../../src/tui/paint/modes.ts'
import { PROGRAM } from '../../helpers/program.ts'
import { alt, ctrl, KEYS, VirtualTerminal } from '../../tui/virtual-terminal.ts'
import { SHORT_ATTACK, WHOLE_CORPUS } from '../corpus.ts'
import type { Stage } from './stage.ts'

const TERM = 'xterm-256color'
const COMPOSER = '› Write a message'
/** More than the conversation has at this height. */
const PAGES = 40
const PASTED = 20_000

export interface Walked {
  /** Everything that was written, without the ways in and out and whole titles and links. */
  readonly written: string
  /** What was to be seen at each stop. */
  readonly stops: readonly string[]
}

/** Addresses are ASCII without blanks, titles have no control characters: anything else stays, and is
 *  found. */
const STRINGS = /\x1b\]8;[!-~]*\x1b\\|\x1b\]2;[^\x00-\x1f\x7f-\x9f]*\x1b\\/g

export async function walked(stage: Stage): Promise<Walked> {
  const screen = new VirtualTerminal({
    program: [PROGRAM, 'chat', 'mallory'],
    env: { ...stage.env, TERM },
    columns: 200,
    rows: 60,
    modernWidths: true,
  })
  try {
    const stops = await walk(screen)
    return { written: withoutOurs(screen.raw), stops }
  } finally {
    await screen.close()
  }
}

function withoutOurs(raw: string): string {
  const modes = [false, true].flatMap((kittyKeyboard) => [
    entered({ mouse: true, kittyKeyboard }),
    left({ mouse: true, kittyKeyboard }),
    keyboardOn(kittyKeyboard),
  ])
  const ours = [...modes, `${questions({ TERM })}\x1b[2J\x1b[H`]
  return ours.reduce((text, one) => text.replaceAll(one, ''), raw).replaceAll(STRINGS, '')
}

async function walk(screen: VirtualTerminal): Promise<readonly string[]> {
  const stops: string[] = []
  const stop = async (wanted: Parameters<VirtualTerminal['until']>[0]): Promise<void> => {
    await screen.until(wanted)
    stops.push(screen.screen())
  }
  /** By itself: with what follows at once it would be another key. */
  const closed = async (): Promise<void> => {
    screen.type(KEYS.escape)
    await screen.until((lines) => !lines.some((row) => row.includes('╭')))
  }
  // The newest of all is there, and so is what one scrolls in.
  await stop('your key changed.txt')
  for (let page = 0; page < PAGES; page += 1) screen.type(KEYS.pageUp)
  await stop(' Today ')
  // An error that repeats what it was given.
  screen.type(`/nonsense\u202egpj${KEYS.enter}`)
  await stop('There is no command /nonsense')
  screen.type(ctrl('u'))
  await screen.until(COMPOSER)
  screen.type(alt('f'))
  await screen.until('Search everywhere')
  screen.type('owned')
  await stop(/Search everywhere[\s\S]*mallory: .*owned/)
  await closed()
  screen.type(ctrl('k'))
  await screen.until('What shall be done?')
  screen.paste(SHORT_ATTACK.toWellFormed())
  await stop(/› FAKE/)
  await closed()
  screen.type(alt('i'))
  await stop(/not verified/i)
  screen.paste(WHOLE_CORPUS.slice(0, PASTED))
  await stop((lines) => !lines.some((row) => row.includes(COMPOSER)))
  screen.resize(60, 20)
  await stop((lines) => lines.length === 20 && lines.at(-1) !== '')
  screen.resize(200, 60)
  await stop((lines) => lines.at(-1) !== '')
  screen.kill('SIGTERM')
  await screen.ended
  return stops
}
