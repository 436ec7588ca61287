// The screen as one more face of a profile that a daemon holds, and what becomes of it when the
// daemon dies.

import { once } from 'node:events'
import { afterAll, expect, test } from 'vitest'
import { lineOf, start } from '../../helpers/program.ts'
import { ctrl, KEYS } from '../virtual-terminal.ts'
import { ASKING, Stage } from './stage.ts'

const stage = new Stage()
afterAll(() => stage.close())

test('a daemon that is killed under the screen costs one passphrase, and no word', {
  timeout: 90_000,
}, async () => {
  await stage.registered('ann', 'ben')
  await stage.befriended('ann', 'ben')
  await stage.letGo('ben')
  const daemon = start(['daemon', 'run'], stage.env('ben'))
  await lineOf(daemon, (line) => line.startsWith('ready'))
  const screen = stage.screen('ben', ['chat', 'ann'], { env: ASKING })
  await screen.until('› Write a message')
  screen.type(`by the daemon${KEYS.enter}`)
  expect(await stage.got('ann')).toEqual(['by the daemon'])
  screen.type('half a th')
  await screen.until('› half a th')
  daemon.kill('SIGKILL')
  await once(daemon, 'close')
  await screen.until('Its passphrase')
  expect(screen.screen()).not.toContain('by the daemon')
  screen.type(`not it${KEYS.enter}`)
  await screen.until('That was not it.')
  screen.type(`ben${KEYS.enter}`)
  await screen.until('› half a th')
  screen.type(`ought${KEYS.enter}`)
  expect(await stage.got('ann')).toEqual(['half a thought'])
  await stage.send('ann', 'ben', 'and back')
  await screen.until('and back')
  screen.type(ctrl('d'))
  expect(await screen.ended).toBe(0)
})
