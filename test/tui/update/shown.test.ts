// What is shown where there is little room, of whom asks, and which advice is given.

import { describe, expect, test } from 'vitest'
import { ClientError } from '../../../src/client/api.ts'
import { columnsOf } from '../../../src/tui/layout/columns.ts'
import { outcomeOf } from '../../../src/tui/use-client.ts'
import { App } from '../../../src/tui/views/app.tsx'
import { chat, inChat, message, type Play, play } from '../scene.ts'
import { snapshot } from '../snapshot.ts'

const seen = ({ model }: Play): string => snapshot(App({ model }), model.size)
const columns = (made: Play) => columnsOf(made.model, made.main)

describe('the details', () => {
  test('are a third column, and take the place of the list on a narrow screen', () => {
    const wide = play({ open: 'bob' }).resize(120, 30).press('alt+i')
    expect(columns(wide)).toMatchObject({ list: 33, details: 32 })
    const narrow = play({ open: 'bob' }).resize(80, 24).press('alt+i')
    expect(columns(narrow)).toEqual({ list: 0, panes: [47], details: 32, rows: 23 })
    expect(seen(narrow)).toContain('not verified: /verify')
    narrow.press('alt+i')
    expect(columns(narrow)).toMatchObject({ list: 22, details: 0 })
  })

  test('give way to the list for as long as one is in it', () => {
    const made = play({ open: 'bob' }).resize(80, 24).press('alt+i', 'tab')
    expect(made.main.focus).toBe('list')
    expect(columns(made)).toMatchObject({ list: 22, details: 0 })
    expect(columns(made.press('escape'))).toMatchObject({ list: 0, details: 32 })
  })

  test('say so where there is no room for them', () => {
    const made = play({ open: 'bob' }).resize(40, 24).press('alt+i')
    expect(seen(made)).toContain('No room for them here.')
  })
})

test('who asked is said to ask until that was answered', () => {
  const asked = message('m', { ...inChat('eve'), request: true, body: 'it is me' })
  const begin = { open: 'eve', messages: [asked] }
  const made = play({ ...begin, chats: [chat('eve', { request: true })] })
  expect(seen(made)).toContain('eve asks to be a contact ')
  expect(seen(made)).toContain('contact request')
  const answered = made.answer({ kind: 'chats', archived: false, chats: [chat('eve')] })
  expect(seen(answered)).toContain('it is me')
  expect(seen(answered)).not.toContain('asks')
})

describe('who was asked', () => {
  const asked = { kind: 'done', text: 'zoe was asked.' as never, person: 'zoe' } as const

  test('is the one that one talks to from then on', () => {
    const made = play({ open: 'bob' }).type('/add zoe').press('enter')
    expect(made.main.panes[made.main.pane]?.chat).toBe('c-bob')
    made.answer(asked)
    expect(made.main.panes[made.main.pane]).toMatchObject({ chat: undefined, to: 'zoe' })
    expect(seen(made)).toContain('zoe was asked.')
  })

  test('does not take anybody away from what they write or look at', () => {
    const writing = play({ open: 'bob' }).type('/add zoe').press('enter').type('by the w')
    expect(writing.answer(asked).main.panes[writing.main.pane]?.chat).toBe('c-bob')
    const looking = play({ open: 'bob' }).type('/add zoe').press('enter', 'ctrl+k')
    expect(looking.main.overlays).not.toEqual([])
    expect(looking.answer(asked).main.panes[looking.main.pane]?.chat).toBe('c-bob')
  })
})

describe('advice', () => {
  test.each([
    ['sotto contact unblock 0193-a', '/unblock'],
    ['sotto contact add zoe', '/add zoe'],
    ['sotto verify bob', '/verify'],
    ['sotto send zoe TEXT', '/to zoe'],
    ['delete the copy, then sotto doctor --mend', 'delete the copy, then /doctor mend'],
    ['sotto doctor checks the clock and the account', '/doctor checks the clock and the account'],
    ['try again', 'try again'],
  ])('%j is %j on the screen', async (hint, here) => {
    const client = {
      call: async () => {
        throw new ClientError('blocked', 'No.', { hint })
      },
    }
    expect(await outcomeOf(client as never, { kind: 'account' })).toMatchObject({
      failure: { hint: here },
    })
  })
})
