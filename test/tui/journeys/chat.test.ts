// Two people, one of them at the screen; and the demo.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { ctrl, KEYS } from '../virtual-terminal.ts'
import { Stage } from './stage.ts'

const stage = new Stage()
afterAll(() => stage.close())

describe.sequential('at the screen', { timeout: 90_000 }, () => {
  test('a request is taken, what is typed is sent, what comes disturbs nothing', async () => {
    await stage.registered('ann', 'ben')
    await (await stage.client('ben')).call('contact.add', { name: 'ann', text: 'it is me' })
    const screen = stage.screen('ann')
    await screen.until('contact request')
    screen.type(KEYS.enter)
    await screen.until('it is me')
    screen.type(`/accept ben${KEYS.enter}`)
    await screen.until('is a contact')
    screen.type(`/to ben${KEYS.enter}`)
    await screen.until('› Write a message')
    screen.type(`/nonsense${KEYS.enter}`)
    await screen.until('There is no command /nonsense')
    for (let at = 0; at < '/nonsense'.length; at += 1) screen.type(KEYS.backspace)
    screen.type('half a sent')
    await stage.send('ben', 'ann', 'one\n\x1b[2J\x1b]0;owned\x07two')
    await screen.until('two')
    await screen.until('› half a sent')
    expect(screen.raw).not.toContain('\x1b]0;owned')
    screen.type(`ence${KEYS.enter}`)
    expect(await stage.got('ben')).toEqual(['half a sentence'])
    screen.type(ctrl('d'))
    expect(await screen.ended).toBe(0)
    expect(screen.alternate).toBe(false)
    expect(screen.history()).toBe('')
  })

  test('a paste is text: it is neither sent nor a command', async () => {
    const screen = stage.screen('ann', ['chat', 'ben'])
    await screen.until('› Write a message')
    screen.paste('/quit\nand more\n')
    await screen.until('and more')
    screen.type(KEYS.enter)
    expect(await stage.got('ben')).toEqual(['/quit\nand more'])
    screen.type(ctrl('d'))
    expect(await screen.ended).toBe(0)
  })

  test('the demo is a talk with echo, and leaves nothing behind', async () => {
    const screen = stage.screen('demo', ['demo'])
    await screen.until('› Write a message')
    screen.type(`hello you${KEYS.enter}`)
    await screen.until('You said: hello you')
    await screen.until('👋')
    screen.type(`and again${KEYS.enter}`)
    await screen.until('You said: and again')
    screen.type(`/quit${KEYS.enter}`)
    expect(await screen.ended).toBe(0)
    expect(readdirSync(join(stage.folder, 'demo'))).toEqual([])
  })
})
