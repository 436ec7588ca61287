// A disk that is full and a clock that leaps under the real screen, which holds its profile itself: it
// stays, says what is wrong, loses no word, and goes on.

import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mayMount, type SmallDisk, smallDisk } from '../../chaos/small-disk.ts'
import { ctrl, KEYS, type VirtualTerminal } from '../virtual-terminal.ts'
import { Stage } from './stage.ts'

const COMPOSER = '› Write a message'
/** In a few seconds: it takes about sixty, and a loop of them takes hundreds even on a busy machine. */
const MANY_TIMERS = 150

interface Told {
  readonly timers: number
  readonly warnings: readonly string[]
}

/** What is said of it; the link is lost each time, as it is where a machine was asleep. */
const CLOCKS = [
  ['ahead', 'clock is 400 days ahead of the server’s'],
  ['behind', 'clock is 400 days behind the server’s'],
  ['home', '● online'],
] as const
const stage = new Stage()
const canMount = mayMount()
let disk: SmallDisk | undefined

beforeAll(async () => {
  if (canMount) {
    disk = smallDisk('8m')
    symlinkSync(disk.path, join(stage.folder, 'ann'))
  }
  await stage.registered('ann', 'ben')
  await stage.befriended('ben', 'ann')
  await stage.send('ben', 'ann', 'hello ann')
  await stage.got('ann')
  await stage.letGo('ann')
}, 120_000)
afterAll(async () => {
  await stage.close()
  disk?.close()
})

async function left(screen: VirtualTerminal): Promise<void> {
  screen.type(ctrl('d'))
  expect(await screen.ended).toBe(0)
  expect(screen.alternate).toBe(false)
  expect(screen.history()).toBe('')
}

describe.sequential('under the screen', { timeout: 90_000 }, () => {
  test.skipIf(!canMount)('a full disk is said, and costs nothing that was written', async () => {
    const screen = stage.screen('ann', ['chat', 'ben'])
    await screen.until('hello ann')
    await screen.until('● online')
    screen.type('half a thought')
    await screen.until('› half a thought')
    disk?.fill()
    screen.type(KEYS.enter)
    await screen.until('The disk is full')
    await screen.until('› half a thought')
    await stage.send('ben', 'ann', 'into a full disk')
    screen.type(', and more')
    await screen.until('› half a thought, and more')
    screen.resize(80, 24)
    await screen.until((lines) => lines.at(-2)?.includes('› half a thought, and more') === true)
    disk?.free()
    await screen.until('into a full disk')
    screen.type(KEYS.enter)
    expect(await stage.got('ben')).toEqual(['half a thought, and more'])
    await screen.until(COMPOSER)
    await screen.until('  half a thought, and more')
    await left(screen)
  })

  test('a clock that leaps years ahead and back stops nobody, and starts no storm', async () => {
    const [leap, told] = [join(stage.folder, 'leap.mjs'), join(stage.folder, 'told')]
    writeFileSync(leap, LEAP)
    const shape = { node: ['--import', leap], env: { TOLD: told } }
    const screen = stage.screen('ann', ['chat', 'ben'], shape)
    await screen.until('hello ann')
    await screen.until('● online')
    for (const [name, fault] of CLOCKS) {
      process.kill(screen.pid, 'SIGUSR2')
      await screen.until(fault)
      screen.type(`from who is ${name}${KEYS.enter}`)
      await screen.until(`  from who is ${name}`)
      await stage.send('ben', 'ann', `to who is ${name}`)
    }
    const heard: string[] = []
    while (heard.length < CLOCKS.length) heard.push(...(await stage.got('ben')))
    expect(heard).toEqual(CLOCKS.map(([name]) => `from who is ${name}`))
    for (const [name] of CLOCKS) await screen.until(`  to who is ${name}`)
    await screen.until(/── Today ──/)
    await left(screen)
    const { timers, warnings } = JSON.parse(readFileSync(told, 'utf8')) as Told
    expect(timers).toBeLessThan(MANY_TIMERS)
    expect(warnings).toEqual([])
  })
})

/** At each signal another year, and no connection any more; at the end how many timers there were, and what the runtime warned of. */
const LEAP = `
  import { writeFileSync } from 'node:fs'
  const DAY = 86_400_000
  const leaps = [400 * DAY, -400 * DAY, 0]
  const { now } = Date
  let by = 0
  Date.now = () => now() + by
  globalThis.Date = class extends Date {
    constructor(...given) { given.length === 0 ? super(Date.now()) : super(...given) }
  }
  const set = globalThis.setTimeout
  let timers = 0
  globalThis.setTimeout = (...given) => { timers += 1; return set(...given) }
  const warnings = []
  process.on('warning', ({ name }) => warnings.push(name))
  process.on('SIGUSR2', () => {
    by = leaps.shift()
    for (const one of process._getActiveHandles()) if (one.remotePort) one.destroy()
  })
  process.on('exit', () => writeFileSync(process.env.TOLD, JSON.stringify({ timers, warnings })))
`
