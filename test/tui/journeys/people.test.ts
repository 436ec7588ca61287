// People whom one does not know yet, or not any more; and the pages about the program itself.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../../../src/client/api.ts'
import { ctrl, KEYS, type VirtualTerminal, without } from '../virtual-terminal.ts'
import { Stage } from './stage.ts'

const stage = new Stage()
let dan: Client
let screen: VirtualTerminal

beforeAll(async () => {
  await stage.registered('cleo', 'dan')
  await stage.client('cleo')
  dan = await stage.client('dan')
  screen = stage.screen('cleo', [], { columns: 80, rows: 24 })
  await screen.until('● online')
  await screen.until('No conversations yet.')
}, 120_000)
afterAll(() => stage.close())

const command = (line: string): void => screen.type(`/${line}${KEYS.enter}`)

describe.sequential('somebody unknown', { timeout: 60_000 }, () => {
  test('asks, is read without being told, and is blocked', async () => {
    await dan.call('contact.add', { name: 'cleo', text: 'buy my watches' })
    await screen.until('contact request')
    expect(screen.screen()).not.toContain('watches')
    screen.type(ctrl('t'))
    await screen.until('Talk to whom?')
    await screen.until(/│ {2}dan .*request/)
    screen.type(KEYS.enter)
    await screen.until('buy my watches')
    await screen.until('Nobody is')
    screen.type(ctrl('k'))
    await screen.until('What shall be done?')
    screen.type('block')
    await screen.until(
      (lines) =>
        lines[lines.findIndex((row) => row.includes('› block')) + 2]?.includes('│  Block ') ===
        true,
    )
    screen.type(KEYS.enter)
    await screen.until('You blocked dan: /unblock.')
    // Nobody is told: neither of a receipt nor of the block.
    const { messages } = await dan.call('history', { chat: 'cleo' })
    expect(messages.map(({ status }) => status)).toEqual(['stored'])
  })

  test('who is blocked reaches nobody, and is not written to by mistake', async () => {
    await stage.send('dan', 'cleo', 'cheap watches')
    screen.type(`an answer${KEYS.enter}`)
    await screen.until('This contact is blocked: /unblock')
    await screen.until('› an answer')
    screen.type(ctrl('u'))
    await screen.until('› Write a message')
    command('contacts')
    await screen.until(/│ {2}dan .*blocked/)
    screen.type(KEYS.escape)
    await screen.until(without('› type to find'))
    expect(screen.screen()).not.toContain('cheap')
  })

  test('who is unblocked asks anew, is declined, is accepted, and what was refused never comes', async () => {
    screen.type('/unblock ')
    // Whom one can unblock is offered.
    await screen.until(/│ dan *\n.*› \/unblock/)
    screen.type(`${KEYS.tab}${KEYS.enter}`)
    await screen.until('dan is not blocked any more.')
    await screen.until(without('You blocked'))
    await stage.send('dan', 'cleo', 'I am sorry')
    await screen.until('I am sorry')
    await screen.until('/accept, /decline or /block')
    command('decline')
    await screen.until('dan is no contact, and was not told.')
    await screen.until(without('asks to be a contact'))
    await stage.send('dan', 'cleo', 'I really am')
    await screen.until('I really am')
    await screen.until('asks to be a contact')
    command('accept')
    await screen.until('dan is a contact now.')
    await stage.heard('dan', 'contact_accepted')
    await screen.until(without('asks to be a contact'))
    await stage.send('dan', 'cleo', 'thank you')
    await screen.until('│  thank you')
    expect(screen.screen()).not.toContain('cheap')
  })
})

describe.sequential('a page', { timeout: 60_000 }, () => {
  test('of settings changes the theme at once, and for the next start', async () => {
    command('settings')
    await screen.until(/│ {2}Theme +auto/)
    screen.type(KEYS.enter)
    await screen.until('│  high-contrast')
    const before = screen.cell(23, 1)
    screen.type('light')
    await screen.until(without('high-contrast'))
    screen.type(KEYS.enter)
    await screen.until('Theme: light')
    expect(screen.cell(23, 1)?.background).not.toEqual(before?.background)
    screen.type('/settings keys v')
    await screen.until(/│ vim *\n/)
    screen.type(`${KEYS.enter}${KEYS.enter}`)
    await screen.until('INSERT')
    command('settings keys default')
    await screen.until(without('INSERT'))
    const config = join(stage.home('cleo'), 'default', 'config.toml')
    expect(readFileSync(config, 'utf8')).toMatch(/theme = ['"]light['"]/)
  })

  test('of the server and of the checks says how things are', async () => {
    command('server')
    await screen.until('Server and account')
    await screen.until(/connection +connected/)
    await screen.until((await stage.server()).url)
    screen.type('q')
    await screen.until(without('Server and account'))
    command('doctor')
    await screen.until('Checks')
    await screen.until(/database +every page is authentic/)
    await screen.until(/server +reachable/)
    screen.type('q')
    await screen.until(without('Checks'))
  })

  test('of help names the keys, and what the screen can do it says by itself', async () => {
    screen.type(KEYS.f1)
    await screen.until(/ctrl\+o +\/file/)
    screen.type(KEYS.end)
    await screen.until('put back what was cut')
    screen.type('q')
    await screen.until(without('put back'))
  })

  test('a conversation is exported to a file, and never over one', async () => {
    command('export talk.md')
    const path = join(stage.env('cleo').HOME ?? '', 'talk.md')
    await screen.until('Exported to')
    const exported = readFileSync(path, 'utf8')
    expect(exported).toMatch(/buy my watches[\s\S]*I am sorry[\s\S]*thank you/)
    expect(exported).not.toContain('cheap')
    await stage.send('dan', 'cleo', 'one more')
    await screen.until('│  one more')
    command('export talk.md')
    await screen.until('There is a file of this name already.')
    expect(readFileSync(path, 'utf8')).toBe(exported)
    expect(existsSync(join(stage.env('cleo').HOME ?? '', 'talk (1).md'))).toBe(false)
    screen.type(ctrl('d'))
    expect(await screen.ended).toBe(0)
    expect(screen.history()).toBe('')
  })
})
