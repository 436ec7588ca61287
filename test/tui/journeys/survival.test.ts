// The screen and whatever can happen to its process and its terminal: it ends cleanly or goes on,
// and the terminal is given back either way.

import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { PROGRAM, run } from '../../helpers/program.ts'
import { ctrl, KEYS, type VirtualTerminal } from '../virtual-terminal.ts'
import { Stage } from './stage.ts'

const stage = new Stage()
const COMPOSER = '› Write a message'
let screens: VirtualTerminal[] = []

beforeAll(async () => {
  await stage.registered('ann', 'ben')
  await stage.befriended('ben', 'ann')
  await stage.send('ben', 'ann', 'hello ann')
}, 120_000)
afterEach(async () => {
  for (const screen of screens) await screen.close()
  screens = []
})
afterAll(() => stage.close())

/** Ann's, at her conversation with ben; this process holds the profile. */
async function opened(shape: Parameters<Stage['screen']>[2] = {}): Promise<VirtualTerminal> {
  const screen = stage.screen('ann', ['chat', 'ben'], shape)
  screens.push(screen)
  await screen.until('hello ann')
  await screen.until(COMPOSER)
  return screen
}

/** The one process that this one has started. */
const childOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0])

const isGivenBack = (screen: VirtualTerminal): void => {
  expect(screen.alternate).toBe(false)
  expect(screen.modes).toEqual({ paste: false, focus: false, mouse: 'none', wraps: true })
  expect(screen.cursorShown).toBe(true)
}

/** From far too small to far too large. */
const SIZES = [
  [80, 24],
  [40, 12],
  [20, 5],
  [10, 3],
  [2, 1],
  [1, 1],
  [250, 80],
  [100, 30],
] as const

/** A hang-up ends as the signal would have it; the others with the code that a shell gives them. */
const SIGNALS = [
  ['SIGTERM', 143],
  ['SIGINT', 130],
  ['SIGHUP', -constants.signals.SIGHUP],
] as const

/** Code for Node's `--import`, which breaks what a text in a message or a draft names. */
function sabotage(code: string): readonly string[] {
  const path = join(stage.folder, 'sabotage.mjs')
  writeFileSync(path, code)
  return ['--import', path]
}

describe.sequential('an end from outside', { timeout: 90_000 }, () => {
  test('by a signal gives the terminal back and keeps what was being written', async () => {
    let kept = ''
    for (const [signal, code] of SIGNALS) {
      const screen = stage.screen('ann', ['chat', 'ben'])
      screens.push(screen)
      await screen.until(kept === '' ? COMPOSER : kept)
      screen.type(` and ${signal}`)
      kept = `${kept} and ${signal}`.trim()
      await screen.until(`${kept}`)
      screen.kill(signal)
      expect(await screen.ended).toBe(code)
      isGivenBack(screen)
      expect(screen.history()).toBe('')
    }
    const again = stage.screen('ann', ['chat', 'ben'])
    screens.push(again)
    await again.until(kept)
    again.type(ctrl('u'))
    await again.until(COMPOSER)
    again.type(ctrl('d'))
    expect(await again.ended).toBe(0)
  })

  test('a terminal that is gone without a signal ends it, and keeps what was being written', async () => {
    // In a session of its own the hang-up of the terminal is no signal, only an error of reading.
    const wrapper = `
      process.on('SIGHUP', () => {})
      const child = require('node:child_process').spawn(process.execPath, process.argv.slice(1), {
        detached: true, stdio: 'inherit' })
      const gone = { SIGHUP: 'SIGUSR2' }
      child.on('exit', (code, signal) => process.kill(process.pid, gone[signal] ?? 'SIGKILL'))`
    const env = stage.env('ann')
    const program = ['-e', wrapper, PROGRAM, 'chat', 'ben']
    const screen = stage.terminal({ program, env })
    screens.push(screen)
    await screen.until(COMPOSER)
    screen.type('before the line broke')
    await screen.until('› before the line broke')
    screen.hangUp()
    expect(await screen.ended).toBe(-constants.signals.SIGUSR2)
    const again = stage.screen('ann', ['chat', 'ben'])
    screens.push(again)
    await again.until('› before the line broke')
    again.type(ctrl('u'))
    await again.until(COMPOSER)
    again.type(ctrl('d'))
    expect(await again.ended).toBe(0)
  })
})

describe.sequential('a crash', { timeout: 90_000 }, () => {
  const log = (): string => join(stage.home('ann'), 'default', 'sotto.log')
  const BROKEN = [
    [
      'in the reducer',
      `const { trimEnd } = String.prototype
       String.prototype.trimEnd = function () {
         if (this.includes('break the reducer')) throw new TypeError('secret: ' + this)
         return trimEnd.call(this) }`,
      'break the reducer',
    ],
    [
      'in a view',
      `const { segment } = Intl.Segmenter.prototype
       Intl.Segmenter.prototype.segment = function (text) {
         if (text.includes('☠')) throw new RangeError('secret: ' + text)
         return segment.call(this, text) }`,
      'break the view ☠',
    ],
    [
      'in a callback',
      `const { trimEnd } = String.prototype
       String.prototype.trimEnd = function () {
         if (this.includes('break the timer')) setTimeout(() => { throw new Error('secret: ' + this) })
         return trimEnd.call(this) }`,
      'break the timer',
    ],
  ] as const

  test.each(BROKEN)('%s restores the terminal and names the log', async (_where, code, text) => {
    const screen = await opened({ node: sabotage(code) })
    screen.type(`${text}${KEYS.enter}`)
    expect(await screen.ended).toBe(1)
    isGivenBack(screen)
    expect(screen.history()).toContain('the log is')
    expect(screen.history().replace(/\s/g, '')).toContain(log())
    expect(screen.history()).not.toContain('secret')
    expect(statSync(log()).mode & 0o777).toBe(0o600)
    const written = readFileSync(log(), 'utf8')
    expect(written).toContain('"where":"command"')
    expect(written).not.toContain('break the')
    expect(written).not.toContain('secret')
  })
})

describe.sequential('a terminal', { timeout: 90_000 }, () => {
  test('of any size shows what fits, and goes back to what was there', async () => {
    const screen = await opened()
    screen.type('through all sizes')
    await screen.until('› through all sizes')
    for (const [columns, rows] of SIZES) {
      const before = screen.bytes
      screen.resize(columns, rows)
      await screen.untilSeen(() => screen.bytes > before)
    }
    // A storm: only where it ends has to be right.
    for (let at = 0; at < 100; at += 1) screen.resize(20 + ((at * 7) % 90), 4 + ((at * 5) % 40))
    screen.resize(80, 24)
    await screen.until((lines) => lines.at(-2)?.includes('│› through all sizes') === true)
    await screen.until(/│ {2}hello ann\n/)
    screen.resize(40, 12)
    await screen.until((lines) => lines.at(-2)?.startsWith('› through all sizes') === true)
    screen.type(ctrl('u'))
    await screen.until((lines) => lines.at(-2)?.startsWith('› Write') === true)
    screen.type(ctrl('d'))
    expect(await screen.ended).toBe(0)
  })

  test('without colours gets none', async () => {
    const screen = await opened({ env: { NO_COLOR: '1' } })
    const styles = screen.raw.match(/\x1b\[[0-9;]*m/g) ?? []
    const codes = new Set(styles.flatMap((style) => style.slice(2, -1).split(';').map(Number)))
    // Weight and inverse, and no colour: those are 30 to 49 and 90 to 107.
    expect(codes).toContain(1)
    expect([...codes].filter((code) => code >= 30)).toEqual([])
  })

  test.each([
    ['vt100', [0, 1, 2, 3, 4, 7, 9, 22, 23, 24, 27, 29]],
    ['linux', Array.from({ length: 108 }, (_, code) => code)],
  ] as const)('TERM=%s of 40 columns is told nothing that it would print', async (TERM, looks) => {
    await stage.send('ben', 'ann', 'hello ann at <https://sotto.example/>')
    const env = { TERM, LANG: 'C' }
    const screen = await opened({ env, columns: 40, rows: 12 })
    await screen.until((lines) => lines.at(-2) === COMPOSER)
    // No string (a title, a link, a question), no answer asked for, no look that it has not.
    expect(screen.raw).not.toMatch(/\x1b[\]P_^X]|\x1b\[[?>=]?\d*[cn]|\$p/)
    const styles = screen.raw.match(/\x1b\[[0-9;]*m/g) ?? []
    const codes = styles.flatMap((style) => style.slice(2, -1).split(';').map(Number))
    expect(codes.filter((code) => !(looks as readonly number[]).includes(code))).toEqual([])
    expect(screen.raw).not.toContain(';5;')
    screen.type(ctrl('d'))
    expect(await screen.ended).toBe(0)
    isGivenBack(screen)
  })

  test('that is none, or a dumb one, is told what to use instead', async () => {
    const dumb = stage.screen('ann', ['chat', 'ben'], { env: { TERM: 'dumb' } })
    expect(await dumb.ended).toBe(2)
    expect(dumb.history()).toMatch(/TERM=dumb[\s\S]*sotto send/)
    expect(dumb.raw).not.toContain('\x1b[?1049h')
    const none = await run(['chat', 'ben'], stage.env('ann'))
    expect(none.code).toBe(2)
    expect(none.stdout).toBe('')
    expect(none.stderr).toMatch(/needs a terminal[\s\S]*sotto send/)
  })

  test('is nobody else’s: a warning of the runtime is not printed over the screen', async () => {
    const warns = `
      const { trimEnd } = String.prototype
      String.prototype.trimEnd = function () {
        if (this.includes('warn now')) process.emitWarning('over the screen')
        return trimEnd.call(this) }`
    const screen = await opened({ node: sabotage(warns) })
    screen.type(`warn now${KEYS.enter}`)
    await screen.until('  warn now')
    screen.type(ctrl('d'))
    expect(await screen.ended).toBe(0)
    expect(screen.raw).not.toContain('over the screen')
  })
})

describe.sequential('a stop', { timeout: 90_000 }, () => {
  test.each([
    ['Ctrl+Z', (screen: VirtualTerminal, _pid: number) => screen.type(ctrl('z'))],
    ['SIGTSTP', (_screen: VirtualTerminal, pid: number) => void process.kill(pid, 'SIGTSTP')],
  ])('by %s gives the terminal to the shell, and takes it again', async (_how, stop) => {
    const shell = stage.terminal({
      command: 'bash',
      program: ['--norc', '--noprofile', '-i'],
      env: { ...stage.env('ann'), PS1: 'shell> ', PROGRAM, NODE: process.execPath },
    })
    screens.push(shell)
    await shell.until('shell>')
    shell.type(`"$NODE" "$PROGRAM" chat ben${KEYS.enter}`)
    await shell.until(COMPOSER)
    shell.type('stopped in the middle')
    await shell.until('› stopped in the middle')
    stop(shell, childOf(shell.pid))
    await shell.until(/Stopped/)
    expect(shell.alternate).toBe(false)
    shell.type(`echo the shell is "here"${KEYS.enter}`)
    await shell.until('the shell is here')
    shell.type(`fg${KEYS.enter}`)
    await shell.until('› stopped in the middle')
    expect(shell.alternate).toBe(true)
    shell.type(ctrl('u'))
    await shell.until(COMPOSER)
    shell.type(ctrl('d'))
    await shell.until((lines) => !shell.alternate && lines.some((row) => row === 'shell> '))
    shell.type(`exit${KEYS.enter}`)
    expect(await shell.ended).toBe(0)
  })
})
