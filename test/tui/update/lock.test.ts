// The lock: nothing of what lies behind is seen, nothing typed goes there, nothing that comes is
// lost. And the passphrase before the screen.

import { describe, expect, test } from 'vitest'
import { App } from '../../../src/tui/views/app.tsx'
import {
  account,
  ago,
  chat,
  emptyModel,
  inChat,
  MINUTE,
  message,
  Play,
  play,
  talk,
} from '../scene.ts'
import { snapshot } from '../snapshot.ts'

const seen = ({ model }: Play): string => snapshot(App({ model }), model.size)
const secret = () =>
  play({ open: 'bob', messages: [message('m', { body: 'the secret words' })] }).type('my draft')
const locked = () => secret().press('alt+l')

describe('a locked screen', () => {
  test('shows nothing of what lies behind it', () => {
    const made = secret()
    expect(seen(made)).toContain('the secret words')
    made.press('alt+l')
    expect(seen(made)).toContain('Locked')
    expect(seen(made)).not.toMatch(/secret|draft|bob|cleo|ann/)
  })

  test('shows nothing of what comes, of what was asked before, or of what went wrong', () => {
    const made = secret().type('/alias bob robert').press('enter', 'alt+l')
    made.answer({ kind: 'done', text: 'bob is named' as never })
    made.refuse({ kind: 'do', deed: { method: 'contact.add', params: { name: 'bob' } } }, 'bob!')
    made.told(message('new', { received_at: ago(0), body: 'a secret' }))
    made.told({ v: 1, type: 'identity_changed', cursor: '1', from: { name: 'bob' }, chat: null })
    made.answer({ kind: 'pinned', messages: [message('p', { body: 'a secret' })] })
    made.happen({
      kind: 'worldFailed',
      failure: { code: 'file', message: 'secret' as never, hint: undefined },
    })
    expect(seen(made)).not.toMatch(/secret|bob/)
  })

  test('asks for a toast no longer that was there when it was locked', () => {
    const made = secret()
    made.answer({ kind: 'done', text: 'bob is named' as never }).press('alt+l')
    expect(seen(made)).not.toContain('bob')
  })

  test('takes what comes: it is there afterwards', () => {
    const made = locked().told(message('new', { received_at: ago(0), body: 'came meanwhile' }))
    made.answer({ kind: 'chats', archived: false, chats: [chat('zoe')] })
    made.happen({ kind: 'unlocked' })
    expect(seen(made)).toContain('came meanwhile')
    expect(seen(made)).toContain('zoe')
    expect(made.text).toBe('my draft')
  })

  test('keeps what is typed while a passphrase is checked, for where that was wrong', () => {
    const made = locked().type('not it').press('enter').type('the one').press('enter')
    const failure = { code: 'passphrase_wrong', message: 'no' as never, hint: undefined }
    made.happen({ kind: 'unlockFailed', failure }).press('enter')
    expect(made.effects.filter(({ kind }) => kind === 'unlock')).toEqual([
      { kind: 'unlock', passphrase: 'not it' },
      { kind: 'unlock', passphrase: 'the one' },
    ])
    made.type('more').happen({ kind: 'unlocked' })
    expect(made.text).toBe('my draft')
  })

  test('lets no key and no paste through', () => {
    const made = locked()
    const { composers } = made.main
    made.type('x').press('ctrl+k', 'f1', 'tab', 'up', 'alt+down').paste('/quit')
    made.input({
      kind: 'mouse',
      action: 'press',
      button: 'left',
      column: 2,
      row: 3,
      ctrl: false,
      alt: false,
      shift: false,
    })
    made.happen({ kind: 'unlocked' })
    expect(made.main.composers).toBe(composers)
    expect(made.main.overlays).toEqual([])
  })

  test('shows a passphrase as so many dots, and keeps none of it', () => {
    const made = locked().type('hunter 2')
    expect(seen(made)).toContain('••••••••')
    expect(seen(made)).not.toContain('hunter')
    made.press('enter')
    expect(made.effects).toContainEqual({ kind: 'unlock', passphrase: 'hunter 2' })
    expect(JSON.stringify(made.model)).not.toContain('hunter')
  })

  test('says when it was the wrong one, and what else went wrong', () => {
    const failure = { code: 'passphrase_wrong', message: 'No.' as never, hint: undefined }
    const made = locked().type('x').press('enter').happen({ kind: 'unlockFailed', failure })
    expect(seen(made)).toContain('That was not it.')
    made.type('y').press('enter')
    made.happen({
      kind: 'unlockFailed',
      failure: { code: 'storage', message: 'The disk is gone.' as never, hint: undefined },
    })
    expect(seen(made)).toContain('The disk is gone.')
    expect(made.model.screen.kind).toBe('locked')
  })

  test('asks the keychain by Enter, where the keys are in it', () => {
    const made = play({ account: account({ keychain: 'os' }) }).press('alt+l', 'enter')
    expect(made.effects).toContainEqual({ kind: 'unlock', passphrase: undefined })
  })

  test('can be left while it waits, and keeps what was begun', () => {
    const made = locked().type('x').press('enter')
    made.effects = []
    made.press('ctrl+c')
    expect(JSON.stringify(made.effects)).toContain('my draft')
    expect(made.kinds()).toContain('quit')
  })
})

describe('the idle lock', () => {
  const idle = (made: Play, ms: number) => {
    made.later(ms)
    return made.happen({ kind: 'tick', tick: { kind: 'idle' }, now: made.model.now })
  }
  const settings = { idleLock: 5 * MINUTE }
  const armed = (made: Play) =>
    made.effects.some((effect) => effect.kind === 'wake' && effect.tick.kind === 'idle')

  test('comes when nothing was done for so long, and counts from the last thing', () => {
    const made = play({ settings, open: 'bob' })
    expect(idle(made, 4 * MINUTE).model.screen.kind).toBe('main')
    made.type('x')
    expect(idle(made, 4 * MINUTE).model.screen.kind).toBe('main')
    expect(idle(made, 2 * MINUTE).model.screen.kind).toBe('locked')
  })

  test('comes also where no key was ever pressed, and after it was unlocked', () => {
    const made = new Play(emptyModel(settings)).happen({ kind: 'opened', chat: undefined })
    expect(armed(made)).toBe(true)
    made.effects = []
    idle(made, 5 * MINUTE)
    expect(made.model.screen.kind).toBe('locked')
    made.happen({ kind: 'unlocked' })
    expect(armed(made)).toBe(true)
  })

  test('does not come while one reads with the mouse', () => {
    const made = play({ settings, open: 'bob', messages: talk(90) }).later(4 * MINUTE)
    made.input({
      kind: 'mouse',
      action: 'wheelUp',
      button: 'none',
      column: 50,
      row: 5,
      ctrl: false,
      alt: false,
      shift: false,
    })
    expect(idle(made, 4 * MINUTE).model.screen.kind).toBe('main')
  })

  test('never, where it is not wanted', () => {
    expect(idle(play(), 999 * MINUTE).model.screen.kind).toBe('main')
  })
})

describe('a profile that is opened', () => {
  const opening = () => new Play(emptyModel()).happen({ kind: 'passphraseWanted', again: false })

  test('asks for its passphrase, in dots', () => {
    const made = opening().paste('hunter 2\n')
    expect(seen(made)).toContain('••••••••')
    made.press('enter')
    expect(made.effects).toEqual([{ kind: 'passphrase', text: 'hunter 2' }])
    expect(JSON.stringify(made.model)).not.toContain('hunter')
    made.happen({ kind: 'passphraseWanted', again: true })
    expect(seen(made)).toContain('That was not it.')
  })

  test('says why it cannot be, and tries again', () => {
    const failure = { code: 'x', message: 'Broken.' as never, hint: 'Mend it.' as never }
    const made = opening().happen({ kind: 'openFailed', failure })
    expect(seen(made)).toContain('Broken.')
    expect(seen(made)).toContain('Mend it.')
    made.press('enter')
    expect(made.effects).toContainEqual({ kind: 'open' })
    expect(made.press('escape').kinds()).toContain('quit')
  })

  test('goes on to the screen, and to the conversation that was named', () => {
    const made = opening().happen({ kind: 'opened', chat: '@zoe' })
    expect(made.main).toMatchObject({ focus: 'composer', panes: [{ to: 'zoe' }] })
    made.answer({
      kind: 'chats',
      archived: false,
      chats: [chat('zoe', { last: message('z', inChat('zoe')) })],
    })
    expect(made.pane).toMatchObject({ chat: 'c-zoe', to: undefined })
  })
})
