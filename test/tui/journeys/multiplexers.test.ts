// The screen inside real tmux and real GNU screen, which have their own idea of a terminal, of keys
// and of what is kept: seen through the terminal that they run in.

import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PROGRAM } from '../../helpers/program.ts'
import { ctrl, KEYS, type VirtualTerminal } from '../virtual-terminal.ts'
import { Stage } from './stage.ts'

const requireAll = process.env.SOTTO_REQUIRE_ALL === '1'
const COMPOSER = '› Write a message'
const SHELL = 'shell> '
/** Wide letters, a picture, a letter of two code points. */
const WIDE = 'hello ann 你好 🎉 e\u0301!'

interface Multiplexer {
  readonly program: 'tmux' | 'screen'
  /** In front of a shell, in a session of its own. */
  readonly start: readonly string[]
  readonly attach: readonly string[]
  readonly end: readonly string[]
  readonly detach: readonly string[]
  /** A pane beside us; and none again. */
  readonly split: readonly string[]
  readonly whole: readonly string[]
  /** Everything that can still be scrolled to. */
  scrollback(ask: (args: readonly string[]) => string, file: string): string
}

const MULTIPLEXERS: readonly Multiplexer[] = [
  {
    program: 'tmux',
    start: ['-f', '/dev/null', 'new-session', '-s', 'sotto'],
    attach: ['attach'],
    end: ['kill-server'],
    detach: ['detach-client'],
    split: ['split-window', '-h', '-d'],
    whole: ['kill-pane', '-a'],
    scrollback: (ask) => ask(['capture-pane', '-p', '-S', '-']),
  },
  {
    program: 'screen',
    start: ['-c', '/dev/null', '-S', 'sotto'],
    attach: ['-r'],
    end: ['-S', 'sotto', '-X', 'quit'],
    detach: ['-S', 'sotto', '-X', 'detach'],
    split: ['-S', 'sotto', '-X', 'split', '-v'],
    whole: ['-S', 'sotto', '-X', 'only'],
    scrollback(ask, file) {
      ask(['-S', 'sotto', '-p', '0', '-X', 'hardcopy', '-h', file])
      // It answers any question after what it was told before.
      ask(['-S', 'sotto', '-Q', 'number'])
      return readFileSync(file, 'latin1')
    },
  },
]

const isMissing = (program: string): boolean => spawnSync(program, ['-V']).error !== undefined
const stage = new Stage()

beforeAll(async () => {
  await stage.registered('ann', 'ben')
  await stage.befriended('ben', 'ann')
  await stage.send('ben', 'ann', WIDE)
}, 120_000)
afterAll(() => stage.close())

/** Alone in the newest row, whatever the multiplexer writes below. */
const isAtPrompt = (lines: readonly string[]): boolean =>
  lines.some((row) => row.trimEnd() === SHELL.trim())

/** In every row of the columns' border stands the border, whatever text there is beside it. */
function isBorderWhole(screen: VirtualTerminal, composer: number): boolean {
  const column = screen.lines()[composer]?.indexOf('│› ') ?? -1
  const rows = Array.from({ length: composer + 1 }, (_, row) => screen.cell(row, column)?.text)
  return column > 0 && rows.every((text) => text === '│')
}

for (const multiplexer of MULTIPLEXERS) {
  const { program } = multiplexer
  const isAbsent = isMissing(program)
  const why = isAbsent ? ` (skipped: there is no ${program})` : ''

  describe
    .skipIf(isAbsent && !requireAll)
    .sequential(`in ${program}${why}`, { timeout: 60_000 }, () => {
      const folder = join(stage.folder, program)
      const env = {
        ...stage.env('ann'),
        LANG: 'C.UTF-8',
        SHELL: '/bin/bash',
        SCREENDIR: folder,
        TMUX_TMPDIR: folder,
        PROGRAM,
        NODE: process.execPath,
      }
      const ask = (args: readonly string[]): string => {
        const options = { env: { PATH: process.env.PATH, ...env }, encoding: 'utf8' } as const
        return spawnSync(program, args, options).stdout
      }
      const open = (args: readonly string[]): VirtualTerminal =>
        stage.terminal({ command: program, program: args, env, modernWidths: true })
      let screen: VirtualTerminal
      /** Of the rows from the composer on: the multiplexer has one of its own, or none. */
      const below = program === 'tmux' ? 3 : 2

      beforeAll(async () => {
        mkdirSync(folder, { mode: 0o700 })
        writeFileSync(join(folder, 'rc'), `PS1='${SHELL}'\n`)
        // tmux takes the shell as words of its own, GNU screen too.
        screen = open([...multiplexer.start, 'bash', '--rcfile', join(folder, 'rc')])
        await screen.until(SHELL.trim())
        screen.type(`echo before"-"it${KEYS.enter}`)
        await screen.until('before-it')
        screen.type(`"$NODE" "$PROGRAM" chat ben${KEYS.enter}`)
        await screen.until(COMPOSER)
      }, 60_000)
      afterAll(() => {
        ask(multiplexer.end)
      })

      test('wide letters and pictures are in place', async () => {
        await screen.until(`│  ${WIDE}`)
        const composer = screen.lines().findIndex((row) => row.includes(COMPOSER))
        await screen.untilSeen(() => isBorderWhole(screen, composer))
      })

      test('keys are keys, and a paste is text', async () => {
        screen.type(ctrl('k'))
        await screen.until('type to find')
        screen.type(KEYS.escape)
        await screen.until((lines) => !lines.some((row) => row.includes('type to find')))
        screen.paste('/quit\nand more 🎉\n')
        await screen.until('and more 🎉')
        screen.type(KEYS.enter)
        expect(await stage.got('ben')).toEqual(['/quit\nand more 🎉'])
        await screen.until(COMPOSER)
      })

      test('what comes while it is detached is there afterwards', async () => {
        screen.type('half a th')
        await screen.until('› half a th')
        ask(multiplexer.detach)
        await screen.ended
        expect(screen.alternate).toBe(false)
        await stage.send('ben', 'ann', `while you were away from ${program}`)
        screen = open(multiplexer.attach)
        await screen.until(`while you were away from ${program}`)
        await screen.until('› half a th')
        screen.type(`ought${KEYS.enter}`)
        expect(await stage.got('ben')).toEqual(['half a thought'])
      })

      test('it leaves what was there, and nothing of a conversation to scroll to', async () => {
        await screen.until(COMPOSER)
        screen.type(ctrl('d'))
        await screen.until(isAtPrompt)
        expect(screen.screen()).not.toMatch(/hello|thought|│/)
        const kept = multiplexer.scrollback(ask, join(folder, 'kept'))
        expect(kept).toContain('before-it')
        expect(kept).not.toMatch(/hello|thought/)
      })

      test('it follows splits and sizes', async () => {
        screen.type(`"$NODE" "$PROGRAM" chat ben${KEYS.enter}`)
        await screen.until(COMPOSER)
        ask(multiplexer.split)
        await screen.until((lines) => lines.some((row) => /^.{0,49}› Write/u.test(row)))
        ask(multiplexer.whole)
        await screen.until((lines) => lines.some((row) => /│› Write/u.test(row)))
        screen.resize(60, 20)
        await screen.untilSeen(() => isBorderWhole(screen, 20 - below))
        screen.resize(100, 30)
        await screen.untilSeen(() => isBorderWhole(screen, 30 - below))
        screen.type(ctrl('d'))
        await screen.until(isAtPrompt)
        screen.type(`exit${KEYS.enter}`)
        expect(await screen.ended).toBe(0)
      })
    })
}
