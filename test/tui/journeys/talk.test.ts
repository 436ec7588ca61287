// What one does in a conversation, each the way a person would: by key, by slash command, by the
// palette. One screen goes through all of it; who is written to is played by this process.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../../../src/client/api.ts'
import { qrLines } from '../../../src/tui/layout/qr.ts'
import { lineText } from '../../../src/tui/text/line.ts'
import { alt, ctrl, KEYS, type VirtualTerminal, without } from '../virtual-terminal.ts'
import { Stage } from './stage.ts'

const stage = new Stage()
let ann: Client
let screen: VirtualTerminal

beforeAll(async () => {
  await stage.registered('ann', 'ben')
  await stage.befriended('ann', 'ben')
  await stage.send('ann', 'ben', 'the plan is **ready**')
  ann = await stage.client('ann')
  // The smallest that everything has to fit on.
  screen = stage.screen('ben', ['chat', 'ann'], { columns: 80, rows: 24 })
  await screen.until('● online')
  await screen.until('the plan is')
}, 120_000)
afterAll(() => stage.close())

/** A slash command, from an empty composer. */
const command = (line: string): void => screen.type(`/${line}${KEYS.enter}`)

/** By a part of its name in the palette; what is taken is the first that fits. */
async function palette(part: string, title: string): Promise<void> {
  screen.type(ctrl('k'))
  await screen.until('What shall be done?')
  screen.type(part)
  await screen.until((lines) => {
    const asked = lines.findIndex((line) => line.includes(`› ${part}`))
    return lines[asked + 2]?.includes(`│  ${title} `) === true
  })
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

  test('a message is deleted for everyone by a command, and here alone by a key', async () => {
    screen.type(`ia slip${KEYS.enter}`)
    await screen.until('│  a slip')
    await stage.heard('ann', 'message')
    command('unsend')
    await screen.until('Delete for everyone: a slip')
    screen.type('y')
    await screen.until('│  (deleted)')
    await stage.heard('ann', 'delete')
    expect((await annsTexts()).at(-1)).toBe('(deleted)')
    await stage.send('ann', 'ben', 'an advertisement')
    await screen.until('│  an advertisement')
    screen.type(KEYS.up)
    await screen.until('▌ an advertisement')
    screen.type('d')
    await screen.until('keep it: an advertisement')
    screen.type(KEYS.enter)
    await screen.until(without('advertisement'))
    screen.type('i')
    expect((await annsTexts()).at(-1)).toBe('an advertisement')
  })

  test('a conversation is pinned, muted and archived, and comes back with what comes', async () => {
    command('pinchat')
    await screen.until('▎ann ⊤')
    command('mute 8h')
    await screen.until('▎ann ⊤ ∅')
    await palette('archive', 'Archive, or take out of the archive')
    await screen.until('Nothing is here')
    await screen.until(/ann +muted archived/)
    await stage.send('ann', 'ben', 'are you there?')
    await screen.until('▎ann')
    await screen.until(/ann +muted$/m)
    command('unmute')
    await screen.until(/│ ann$/m)
  })

  test('what was said is found here and everywhere, and one jumps to it', async () => {
    command('me')
    await screen.until('Note to self')
    screen.type(`the plan for the weekend${KEYS.enter}`)
    await screen.until('│  the plan for the weekend')
    command('to ann')
    await screen.until(/│ ann/)
    screen.type(ctrl('f'))
    await screen.until('Search here')
    screen.type('plan')
    await screen.until('ann: the plan is ready')
    expect(screen.screen()).not.toContain('weekend')
    screen.type(KEYS.tab)
    await screen.until('Search everywhere')
    await screen.until('ben: the plan for the weekend')
    screen.type(KEYS.enter)
    await screen.until('▌ the plan for the weekend')
    screen.type(alt('f'))
    await screen.until('Search everywhere')
    screen.type('good')
    await screen.until('ben: good news')
    screen.type(KEYS.enter)
    await screen.until('▌ good news')
    await screen.until(/│ ann/)
  })

  test('a contact is verified by what both see: digits, words, a QR code', async () => {
    const ours = await (await stage.client('ben')).call('verify', { name: 'ann' })
    const theirs = await ann.call('verify', { name: 'ben' })
    await palette('verify', 'Verify')
    await screen.until('not verified yet')
    for (const group of theirs.digits.split(' ')) await screen.until(group)
    await screen.until(theirs.words.slice(0, 6).join(' '))
    screen.type(KEYS.tab)
    await screen.until('Tab: the digits')
    const code = qrLines(ours.qr, { width: 80, height: 24 }) ?? []
    expect(code.length).toBeGreaterThan(15)
    // A frame comes in pieces.
    for (const row of code) await screen.until(lineText(row).trim())
    screen.type(KEYS.tab)
    await screen.until('type what ann reads')
    screen.type(`${'12345 '.repeat(12)}${KEYS.enter}`)
    await screen.until('The digits are not the same')
    expect(screen.screen()).not.toContain('✓ verified')
    screen.type(`${theirs.digits}${KEYS.enter}`)
    await screen.until('Enter closes')
    screen.type(KEYS.enter)
    await screen.until(/│ ann ✓ verified/)
    await screen.until('▎ann ✓')
    screen.type('i')
  })

  test('a message waits for its time, or is taken back before it', async () => {
    command('at +2h')
    // Two hours before midnight that is tomorrow.
    await screen.until(/goes out to(day|morrow)/)
    screen.type(`much later${KEYS.enter}`)
    await screen.until(/goes out [\d:-]+ ⏲/)
    command('scheduled')
    await screen.until('Scheduled; Enter cancels one')
    screen.type(KEYS.enter)
    await screen.until('Cancel it?')
    screen.type('y')
    await screen.until('It will not be sent.')
    await screen.until(without('much later'))
    screen.type(`/at +3s${KEYS.enter}in a moment${KEYS.enter}`)
    await screen.until(/goes out \d\d:\d\d ⏲\n.*│ {2}in a moment/)
    expect(await annsTexts()).not.toContain('in a moment')
    expect(await stage.got('ann')).toContain('in a moment')
    await screen.until(/\d\d:\d\d ✓✓?\n.*│ {2}in a moment/)
    expect(await annsTexts()).not.toContain('much later')
  })

  test('what is to disappear does', async () => {
    command('expire 2s')
    await screen.until('disappear after 2s')
    screen.type(`short lived${KEYS.enter}`)
    await screen.until(/│ {2}short lived .*⏳/)
    await stage.heard('ann', 'message')
    await screen.until(without('short lived'))
    expect(screen.history()).not.toContain('short lived')
    command('expire off')
    await screen.until('Messages with ann stay.')
  })

  test('behind the lock nothing is seen, before its passphrase and after a wrong one', async () => {
    screen.type('half a draft')
    await screen.until('› half a draft')
    const before = screen.raw.length
    screen.type(alt('l'))
    await screen.until('Locked. The passphrase')
    const isCovered = (): void => {
      expect(screen.history()).not.toMatch(/draft|ann|news|plan|behind/)
      expect(screen.raw.slice(before)).not.toMatch(/draft|behind/)
    }
    isCovered()
    await stage.send('ann', 'ben', 'a word behind the lock')
    await stage.heard('ben', 'message')
    screen.type(`not this one${KEYS.enter}`)
    await screen.until('That was not it.')
    isCovered()
    screen.type(`ben${KEYS.enter}`)
    await screen.until('a word behind the lock')
    await screen.until('› half a draft')
    screen.type(`${ctrl('u')}${ctrl('d')}`)
    expect(await screen.ended).toBe(0)
    expect(screen.alternate).toBe(false)
    expect(screen.history()).toBe('')
  })
})
