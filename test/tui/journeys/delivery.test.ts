// What is sent arrives: a file with the same bytes, never over another one, and what was written
// while the server was dead, once.

import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MessageJson } from '../../../src/client/api.ts'
import { freePort, lineOf, start } from '../../helpers/program.ts'
import { ctrl, KEYS, type VirtualTerminal, without } from '../virtual-terminal.ts'
import { Stage } from './stage.ts'

let stage: Stage
let server: ChildProcess
let at: string
let screen: VirtualTerminal
/** Where Ben's screen was started. */
let home: string

async function serve(): Promise<void> {
  const env = stage.env('server')
  const data = join(env.HOME ?? '', 'data')
  const args = ['--listen', at, '--admin-listen', '127.0.0.1:0', '--data', data]
  server = start(['server', 'run', ...args, '--registration', 'open'], env)
  await lineOf(server, (line) => line.includes(at))
}

async function kill(): Promise<void> {
  const gone = once(server, 'exit')
  server.kill('SIGKILL')
  await gone
}

beforeAll(async () => {
  at = `127.0.0.1:${await freePort()}`
  stage = new Stage(`http://${at}`)
  await serve()
  await stage.registered('ann', 'ben')
  await stage.befriended('ann', 'ben')
  home = stage.env('ben').HOME ?? ''
  mkdirSync(join(home, 'trip'))
  screen = stage.screen('ben', ['chat', 'ann'], { columns: 80, rows: 24 })
  await screen.until('● online')
  await screen.until('› Write a message')
}, 120_000)
afterAll(async () => {
  await stage.close()
  await kill()
})

const annsFolder = (): string => stage.env('ann').HOME ?? ''

describe.sequential('a file', { timeout: 60_000 }, () => {
  test('is picked, goes out behind a bar, and arrives with the same bytes', async () => {
    // So many that it takes longer than a screen that is short of time waits between two pictures.
    const bytes = randomBytes(20_000_000)
    writeFileSync(join(home, 'trip', 'all of us.bin'), bytes)
    writeFileSync(join(home, 'other.txt'), 'of no interest')
    screen.type(ctrl('o'))
    await screen.until('Attach a file')
    await screen.until('other.txt')
    screen.type('tri')
    await screen.until(without('other.txt'))
    screen.type(KEYS.right)
    await screen.until('all of us.bin')
    screen.type(KEYS.enter)
    await screen.until(/│📎 +all of us\.bin/)
    screen.type(`here we are${KEYS.enter}`)
    await screen.until(/✓\n.*│ {2}here we are *\n.*📎 +all of us\.bin +19\.1 MiB *$/m)
    // A bar of full and empty parts, with a number behind it.
    expect(screen.raw).toMatch(/[█░]/)
    const [got] = (await stage.heard('ann', 'message')) as readonly MessageJson[]
    const output = join(annsFolder(), 'in')
    mkdirSync(output)
    const { path } = await (await stage.client('ann')).call('download', {
      id: got?.attachments[0]?.id ?? '',
      output,
    })
    expect(path).toBe(join(output, 'all of us.bin'))
    expect(readFileSync(path).equals(bytes)).toBe(true)
  })

  test('is named by a path that Tab completes; leaving the picker leaves the path', async () => {
    // In another folder than the one where the picker was left.
    mkdirSync(join(home, 'work'))
    writeFileSync(join(home, 'work', 'plan.txt'), 'the plan')
    screen.type(`/file work/pl${KEYS.tab}`)
    await screen.until('Attach a file')
    await screen.until('│  plan.txt ')
    screen.type(KEYS.escape)
    await screen.until('› /file work/pl')
    await screen.until(without('Attach a file'))
    screen.type(KEYS.tab)
    await screen.until('│  plan.txt ')
    screen.type(KEYS.enter)
    await screen.until(/│📎 +plan\.txt/)
    await screen.until('› Write a message')
    screen.type(KEYS.escape)
    await screen.until(without('│📎'))
  })

  test('that comes is saved inside the folder, and never over one that is there', async () => {
    const sent = join(annsFolder(), 'report.txt')
    const send = async (words: string): Promise<void> => {
      writeFileSync(sent, words)
      await stage.send('ann', 'ben', words, { files: [sent] })
      await screen.until(`│  ${words}`)
    }
    await send('the first report')
    screen.type(KEYS.up)
    await screen.until('▌ the first report')
    screen.type('s')
    await screen.until(`Saved as ${join(home, 'report.txt')}`)
    await screen.until(/📎 +report\.txt +16 B +saved/)
    screen.type('i')
    await send('the second report')
    screen.type(`/save${KEYS.enter}`)
    await screen.until(`Saved as ${join(home, 'report (1).txt')}`)
    screen.type(`/savein${KEYS.enter}`)
    await screen.until('Save where?')
    await screen.until('│  trip/')
    screen.type(KEYS.right)
    await screen.until('│  all of us.bin ')
    screen.type(KEYS.enter)
    await screen.until(`Saved as ${join(home, 'trip', 'report.txt')}`)
    expect(readFileSync(join(home, 'report.txt'), 'utf8')).toBe('the first report')
    expect(readFileSync(join(home, 'report (1).txt'), 'utf8')).toBe('the second report')
    expect(readdirSync(join(home, 'trip'))).toEqual(['all of us.bin', 'report.txt'])
  })
})

describe.sequential('a server that is killed', { timeout: 60_000 }, () => {
  test('is missed on the screen; what is written meanwhile arrives once, in its order', async () => {
    await kill()
    await screen.until('○ offline')
    for (const words of ['in the dark', 'and more']) {
      screen.type(`${words}${KEYS.enter}`)
      await screen.until(`│  ${words}`)
    }
    await screen.until(/…\n.*│ {2}in the dark/)
    await screen.until('2 to send')
    screen.type('half a thought')
    await serve()
    await screen.until('● online')
    await screen.until(/✓\n.*│ {2}in the dark/)
    await screen.until(without('to send'))
    await screen.until('› half a thought')
    const got: string[] = []
    while (got.length < 2) got.push(...(await stage.got('ann')))
    await stage.send('ben', 'ann', 'the last')
    while (got.at(-1) !== 'the last') got.push(...(await stage.got('ann')))
    expect(got).toEqual(['in the dark', 'and more', 'the last'])
    screen.type(`${ctrl('u')}${ctrl('d')}`)
    expect(await screen.ended).toBe(0)
    expect(screen.history()).toBe('')
  })
})
