// What is done to a message: which one is meant, what is asked before, how it is shown in a line.

import { describe, expect, test } from 'vitest'
import { composerOf } from '../../../src/tui/update/composer.ts'
import { App } from '../../../src/tui/views/app.tsx'
import { chat, HOUR, MINUTE, message, NOW, play } from '../scene.ts'
import { snapshot } from '../snapshot.ts'

const own = (id: string, body: string) => message(id, { direction: 'out', body })
const said = [
  message('theirs', { body: 'first' }),
  own('mine', 'my words'),
  message('last', { body: 'their **last**' }),
]
const talking = () => play({ open: 'bob', messages: said })
const seen = ({ model }: ReturnType<typeof play>): string => snapshot(App({ model }), model.size)

describe('without a selection', () => {
  test('the newest of one’s own is edited and unsent, the newest of all is deleted here', () => {
    const made = talking().type('/edit').press('enter')
    expect(composerOf(made.main).mode).toMatchObject({ kind: 'edit', message: { id: 'mine' } })
    const unsent = talking().type('/unsend').press('enter')
    expect(unsent.top).toMatchObject({ kind: 'confirm', yes: { args: 'mine' } })
    const deleted = talking().type('/delete').press('enter')
    expect(deleted.top).toMatchObject({ kind: 'confirm', yes: { args: 'last' } })
  })

  test('nothing is edited where nothing is one’s own', () => {
    const made = play({ open: 'bob', messages: said.slice(0, 1) })
      .type('/edit')
      .press('enter')
    expect(composerOf(made.main).mode.kind).toBe('new')
    expect(seen(made)).toContain('There is no message.')
  })

  test('a selected message of somebody else is not edited', () => {
    const made = talking().press('up', 'e')
    expect(composerOf(made.main).mode.kind).toBe('new')
    expect(seen(made)).toContain('Only your own')
  })
})

test('a scheduled message is cancelled only by who says so twice', () => {
  const messages = [message('later', { body: 'not yet', status: 'scheduled' })]
  const listed = () => talking().answer({ kind: 'scheduled', messages }).press('enter')
  expect(listed().top).toMatchObject({ kind: 'confirm', danger: true })
  expect(listed().press('n').deeds()).toEqual([])
  expect(listed().press('y').deeds()).toEqual([{ method: 'msg.delete', params: { id: 'later' } }])
})

describe('a deletion', () => {
  test('says what it is about, without its marks', () => {
    expect(seen(talking().type('/delete').press('enter'))).toContain('keep it: their last')
    expect(seen(talking().type('/unsend').press('enter'))).toContain('everyone: my words')
  })

  test('is of the message that was asked about, whatever comes meanwhile', () => {
    const made = talking().type('/unsend').press('enter')
    made.told(own('newer', 'from another device')).press('enter')
    expect(made.deeds()).toEqual([
      { method: 'msg.delete', params: { id: 'mine', forEveryone: true } },
    ])
  })

  test('by words behind the command still asks', () => {
    const made = talking().type('/delete last one').press('enter')
    expect(made.top).toMatchObject({ kind: 'confirm' })
    expect(made.deeds()).toEqual([])
  })
})

describe('times', () => {
  test('what goes out later says when, and not when it was written', () => {
    const due = (ms: number) =>
      message('due', {
        direction: 'out',
        status: 'scheduled',
        due_at: new Date(NOW + ms).toISOString(),
      })
    const shown = (ms: number): string => seen(play({ open: 'bob', messages: [due(ms)] }))
    expect(shown(2 * HOUR)).toMatch(/goes out 14:00 ⏲/)
    expect(shown(2 * HOUR)).not.toMatch(/11:00.*⏲/)
    expect(shown(26 * HOUR)).toMatch(/goes out 2026-11-26 ⏲/)
  })

  test('what disappears within the minute is not said to have one', () => {
    const left = (ms: number): string => {
      const expires_at = new Date(NOW + ms).toISOString()
      return seen(play({ open: 'bob', messages: [message('m', { expires_at })] }))
    }
    expect(left(2_000)).toContain('⏳<1m')
    expect(left(MINUTE)).toContain('⏳1m')
  })

  test('within a sentence today is a word', () => {
    expect(seen(talking().type('/at 18:30').press('enter'))).toContain('goes out today, 18:30')
    expect(seen(talking().type('/at tomorrow 9:00').press('enter'))).toContain('tomorrow, 09:00')
  })
})

describe('an empty list', () => {
  test('says where the others are', () => {
    const made = play({ chats: [chat('bob')], open: 'bob' })
    made.answer({ kind: 'chats', archived: false, chats: [] })
    expect(seen(made)).toContain('/archived')
    expect(seen(made)).toMatch(/bob +archived/)
    expect(seen(play({ chats: [] }))).toContain('No conversations yet.')
  })
})
