// What one does in a conversation, each the way a person would: by key, by slash command, by the
// palette. One screen goes through all of it; who is written to is played by this process.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../../../src/client/api.ts'
import { ctrl, KEYS, type VirtualTerminal, without } from '../virtual-terminal.ts'
import { Stage } from './stage.ts'

const stage = new Stage()
let ann: Client
let screen: VirtualTerminal

beforeAll(async () => {
  await stage.registered('ann', 'ben')
  await stage.befriended('ann', 'ben')
  await stage.send('ann', 'ben', 'the plan is **ready**')
  ann = await stage.client('ann')
  screen = stage.screen('ben', ['chat', 'ann'])
  await screen.until('● online')
  await screen.until('the plan is')
}, 120_000)
afterAll(() => stage.close())

/** A slash command, from an empty composer. */
const command = (line: string): void => screen.type(`/${line}${KEYS.enter}`)

/** By a part of its name in the palette. */
async function palette(part: string, title: string): Promise<void> {
  screen.type(ctrl('k'))
  await screen.until('What shall be done?')
  screen.type(part)
  await screen.until((lines) => lines.some((line) => line.includes(`│  ${title} `)))
  screen.type(KEYS.enter)
}

/** What Ann has of the conversation. */
const annsTexts = async (): Promise<readonly string[]> => {
  const { messages } = await ann.call('history', { chat: 'ben' })
  return messages.map(({ body, kind }) => (kind === 'deleted' ? '(deleted)' : body))
}

describe.sequential('in a conversation', { timeout: 60_000 }, () => {
  test('a message is edited by a key, and both sides have the new words', async () => {
    screen.type(`I am laet${KEYS.enter}`)
    await screen.until('│  I am laet')
    await stage.heard('ann', 'message')
    screen.type(KEYS.up)
    await screen.until('▌ I am laet')
    screen.type('e')
    await screen.until('editing')
    screen.type(`${KEYS.backspace.repeat(2)}te${KEYS.enter}`)
    await screen.until(/edited .*\n.*│ {2}I am late/)
    await stage.heard('ann', 'edit')
    expect(await annsTexts()).toContain('I am late')
    expect(screen.screen()).not.toContain('laet')
  })

  test('an answer quotes what it answers without its marks', async () => {
    screen.type(`${KEYS.up}`)
    await screen.until('▌ I am late')
    screen.type('k')
    await screen.until('▌ the plan is ready')
    screen.type('r')
    await screen.until('↩ ann: the plan is ready')
    screen.type(`good news${KEYS.enter}`)
    await screen.until(/┃ ann: the plan is ready *\n.*│ {2}good news/)
    const [answer] = await stage.heard('ann', 'message')
    expect(answer).toMatchObject({ body: 'good news', reply_to: expect.any(String) })
  })

  test('a reaction is found in the palette, and the same again takes it back', async () => {
    await palette('take a reaction', 'React, or take a reaction back')
    await screen.until('React with')
    screen.type('tada')
    await screen.until('🎉')
    screen.type(KEYS.enter)
    await screen.until((lines) => without('React with')(lines) && !without('🎉')(lines))
    expect(await stage.heard('ann', 'reaction')).toMatchObject([{ emoji: '🎉' }])
    command('react 🎉')
    await screen.until(without('🎉'))
    const again = await stage.heard('ann', 'reaction')
    expect(again).toHaveLength(1)
  })

  test('a pin is found among the pins, from where one jumps to it', async () => {
    command('pin')
    await screen.until(/pinned \d\d:\d\d/)
    for (let at = 0; at < 40; at += 1) await stage.send('ann', 'ben', `more ${at}`)
    await screen.until('more 39')
    expect(screen.screen()).not.toContain('good news')
    command('pins')
    await screen.until('good news')
    screen.type(KEYS.enter)
    await screen.until('▌ good news')
    screen.type('p')
    await screen.until('Not pinned any more.')
    expect(screen.screen()).not.toMatch(/pinned \d\d:\d\d/)
  })
})
