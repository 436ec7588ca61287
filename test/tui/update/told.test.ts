// What the façade tells: the list, the open conversation, what counts as read, what notifies.

import { createElement } from 'react'
import { describe, expect, test } from 'vitest'
import type { EventJson } from '../../../src/client/api.ts'
import { App } from '../../../src/tui/views/app.tsx'
import {
  ago,
  chat,
  DAY,
  HOUR,
  inChat,
  MINUTE,
  message,
  NOW,
  open,
  type Play,
  play,
  talk,
} from '../scene.ts'
import { snapshot } from '../snapshot.ts'

const fresh = (id: string, name = 'bob', more = {}) =>
  message(id, { ...inChat(name), received_at: ago(0), ...more })
const notified = (kinds: readonly string[]): boolean => kinds.includes('notify')
const event = (type: string, more: Readonly<Record<string, unknown>> = {}): EventJson => ({
  v: 1,
  type,
  ...more,
})

describe('a message that comes', () => {
  test('stands in its conversation, moves it up and counts as unread', () => {
    const made = play({ chats: [chat('ann2', { pinned: true }), chat('bob'), chat('cleo')] })
    made.told(fresh('new', 'cleo'))
    expect(made.main.chats.all?.map(({ name, unread }) => [name, unread])).toEqual([
      ['ann2', 0],
      ['cleo', 1],
      ['bob', 0],
    ])
  })

  test('from a clock that is behind is new all the same', () => {
    const made = play()
    made.told(fresh('new', 'cleo', { sent_at: ago(2 * DAY) }))
    expect(made.main.chats.all?.[0]).toMatchObject({ name: 'cleo', unread: 1 })
    expect(notified(made.kinds())).toBe(true)
  })

  test('that only changed is not new: nobody is told again', () => {
    const last = fresh('last', 'cleo')
    const made = play({ chats: [chat('bob'), chat('cleo', { last })] })
    made.told({ ...last, edited_at: ago(0), body: 'better words' })
    expect(made.main.chats.all?.[1]).toMatchObject({ name: 'cleo', unread: 0 })
    expect(made.main.chats.all?.[1]?.last?.body).toBe('better words')
    expect(notified(made.kinds())).toBe(false)
  })

  test('that changed long ago does not come to the end of what is loaded', () => {
    const made = play({ open: 'bob', messages: talk(100), older: true })
    made.told(message('ancient', { received_at: ago(9 * DAY) }))
    expect(made.thread.messages.map(({ id }) => id)).not.toContain('ancient')
  })

  test('while its conversation is being read is in it once, at the end', () => {
    const made = play({ open: 'bob', messages: [] })
    made.press('ctrl+t').type('cleo').press('enter')
    made.told(fresh('meanwhile', 'cleo')).told(message('ancient', { received_at: ago(9 * DAY) }))
    made.read('cleo', talk(3, 'cleo'))
    expect(made.thread.messages.map(({ id }) => id)).toEqual([
      'cleo-0',
      'cleo-1',
      'cleo-2',
      'meanwhile',
    ])
  })

  test('is replaced by its newer self, wherever it stands', () => {
    const made = play({ open: 'bob', messages: talk(5) })
    made.told({ ...message('bob-2'), body: 'changed' })
    expect(made.thread.messages.map(({ body }) => body)).toContain('changed')
    expect(made.thread.messages).toHaveLength(5)
  })

  test('that was removed is gone', () => {
    const made = play({ open: 'bob', messages: talk(3) })
    made.told(event('message_removed', { id: 'bob-1', chat: 'c-bob' }))
    expect(made.thread.messages.map(({ id }) => id)).toEqual(['bob-0', 'bob-2'])
  })

  test('from somebody to whom one was about to write makes that the conversation', () => {
    const made = play({ open: 'bob' }).type('/to zoe').press('enter').type('half a')
    expect(made.pane).toMatchObject({ chat: undefined, to: 'zoe' })
    made.told(fresh('hello', 'zoe'))
    expect(made.pane).toMatchObject({ chat: 'c-zoe', to: undefined })
    expect(made.text).toBe('half a')
  })
})

describe('what counts as read', () => {
  const reads = (made: ReturnType<typeof play>) =>
    made.deeds().filter(({ method }) => method === 'chat.read')

  test('is what is on the screen, at its end, once it is there', () => {
    const made = play({ chats: [chat('bob', { unread: 2 })] })
    made.press('ctrl+t').type('bob').press('enter')
    expect(reads(made)).toEqual([])
    made.read('bob', talk(3))
    expect(reads(made)).toHaveLength(1)
    made.told(fresh('new')).happen({ kind: 'tick', tick: { kind: 'read' }, now: NOW })
    expect(reads(made)).toHaveLength(1)
  })

  test.each<[string, (made: ReturnType<typeof play>) => unknown]>([
    ['the terminal has not the focus', (made) => made.focus(false)],
    ['something lies over it', (made) => made.press('f1')],
    ['one is further up', (made) => made.press('pageup', 'pageup')],
    ['the screen is locked', (made) => made.press('alt+l')],
    ['only the list is seen', (made) => made.resize(40, 24).press('tab', 'tab', 'tab', 'tab')],
  ])('is not what comes while %s', (_, away) => {
    const made = play({ open: 'bob', messages: talk(90) })
    away(made)
    if (made.model.size.columns === 40) made.press('escape', 'up', 'left')
    made.effects = []
    made.told(fresh('new')).happen({ kind: 'tick', tick: { kind: 'read' }, now: NOW })
    expect(reads(made)).toEqual([])
  })

  test('is what came meanwhile, when one comes back', () => {
    const made = play({ open: 'bob' }).focus(false)
    made.told(fresh('new'))
    made.effects = []
    expect(reads(made.focus(true))).toHaveLength(1)
    made.press('f1').told(fresh('newer'))
    made.effects = []
    expect(reads(made.press('escape'))).toHaveLength(1)
  })

  test('is never a request: its sender would learn of it', () => {
    const made = play({ chats: [chat('eve', { request: true, unread: 1 })], open: 'eve' })
    expect(reads(made)).toEqual([])
  })

  test('is not a conversation beside that there is no room for', () => {
    const made = play({ open: 'bob' }).press('alt+v')
    open(made, 'cleo', talk(3, 'cleo'))
    made.resize(62, 24)
    made.effects = []
    made.told(fresh('new', 'bob')).happen({ kind: 'tick', tick: { kind: 'read' }, now: NOW })
    expect(reads(made)).toEqual([])
  })
})

describe('the line of what is new', () => {
  test('stands above what was unread when one came in', () => {
    const made = play({ chats: [chat('bob', { unread: 2 }), chat('cleo')] })
    open(made, 'bob', talk(6))
    expect(made.thread.newFrom).toBe('bob-3')
  })

  test('stands above what came while one was elsewhere, and is gone with an answer', () => {
    const made = play({ open: 'bob', messages: talk(3) }).focus(false)
    made.told(fresh('one')).told(fresh('two'))
    expect(made.thread.newFrom).toBe('one')
    made.focus(true).type('yes').press('enter')
    expect(made.thread.newFrom).toBeUndefined()
  })

  test('does not stand above what one saw coming', () => {
    const made = play({ open: 'bob', messages: talk(3) })
    expect(made.told(fresh('one')).thread.newFrom).toBeUndefined()
  })

  test('stands in a conversation that was open before', () => {
    const made = play({ open: 'bob', messages: talk(3) })
    open(made, 'cleo', talk(3, 'cleo'))
    made.told(fresh('one'))
    made.press('ctrl+t').type('bob').press('enter')
    expect(made.thread.newFrom).toBe('one')
  })
})

describe('notifications', () => {
  const about = (made: ReturnType<typeof play>) =>
    made.effects.find((effect) => effect.kind === 'notify')

  test.each([
    ['none', undefined],
    ['sender', { title: 'cleo', body: 'A new message.' }],
    ['full', { title: 'cleo', body: 'secret words' }],
  ] as const)('say %s', (notify, said) => {
    const made = play({ settings: { notify } })
    made.told(fresh('new', 'cleo', { body: 'secret words' }))
    if (said === undefined) expect(about(made)).toBeUndefined()
    else expect(about(made)).toMatchObject(said)
  })

  test('a bell only where it is wanted', () => {
    expect(play().told(fresh('new', 'cleo')).kinds()).not.toContain('bell')
    expect(
      play({ settings: { bell: true } })
        .told(fresh('new', 'cleo'))
        .kinds(),
    ).toContain('bell')
  })

  test.each<[string, () => ReturnType<typeof play>, object]>([
    ['what one looks at', () => play({ open: 'cleo' }), {}],
    ['a muted conversation', () => muted(new Date(NOW + HOUR).toISOString()), {}],
    ['one that is muted for ever', () => muted(new Date(8.64e15).toISOString()), {}],
    ['what its sender wants to be silent', () => play(), { silent: true }],
    ['one’s own', () => play(), { direction: 'out' }],
    [
      'a muted conversation while the list shows the archive',
      () => {
        const made = muted(new Date(NOW + HOUR).toISOString())
        made.type('x').press('escape', 'escape').type('/archived').press('enter')
        made.answer({ kind: 'chats', archived: true, chats: [] })
        return made
      },
      {},
    ],
  ])('none for %s', (_, begin, more) => {
    const made = begin()
    made.effects = []
    made.told(fresh('new', 'cleo', more))
    expect(made.kinds().filter((kind) => kind === 'notify' || kind === 'bell')).toEqual([])
  })

  const muted = (until: string) =>
    play({ chats: [chat('bob'), chat('cleo', { muted_until: until })], open: 'bob' })

  test('again, when the time of silence is over', () => {
    const made = muted(new Date(NOW + MINUTE).toISOString()).later(HOUR)
    expect(about(made.told(fresh('new', 'cleo')))).toBeDefined()
  })

  test('name nobody while the screen is locked, and say nothing of what came', () => {
    const made = play({ settings: { notify: 'full' }, open: 'bob' }).press('alt+l')
    made.told(fresh('new', 'cleo', { body: 'secret words' }))
    expect(about(made)).toMatchObject({ title: 'sotto', body: 'A new message.' })
  })
})

describe('everything else that is told', () => {
  test('the connection', () => {
    const made = play()
    made.told(event('disconnected', { reason: 'refused' }))
    expect(made.main.link).toEqual({ kind: 'offline', reason: 'refused' })
    made.told(event('connected'))
    expect(made.main.link).toEqual({ kind: 'online' })
  })

  test('progress, until it is done', () => {
    const made = play({ open: 'bob' })
    made.told(event('progress', { id: 'f', done: 1, total: 4 }))
    expect(made.main.transfers.get('f')).toBe(0.25)
    made.told(event('progress', { id: 'f', done: 4, total: 4 }))
    expect(made.main.transfers.size).toBe(0)
  })

  test('a changed identity is a line in its conversation, an alert, and read anew', () => {
    const made = play({ open: 'bob' })
    made.effects = []
    made.told(
      event('identity_changed', {
        cursor: '7',
        at: ago(0),
        from: { name: 'bob' },
        chat: { id: 'c-bob' },
      }),
    )
    expect(made.thread.notes).toMatchObject([{ cursor: '7', mood: 'bad' }])
    expect(made.main.alerts).toHaveLength(1)
    expect(made.asked()).toContainEqual({ kind: 'contacts' })
  })

  test('a line of the conversation is drawn once, behind the last message and before the next', () => {
    const made = play({ open: 'bob', messages: [fresh('1')] })
    const drawn = (): string => snapshot(createElement(App, { model: made.model }), made.model.size)
    const lines = (): number => drawn().split('is a contact now').length - 1
    expect(lines()).toBe(0)
    made.told(
      event('contact_accepted', {
        cursor: '7',
        at: ago(-1_000),
        from: { name: 'bob' },
        chat: { id: 'c-bob' },
      }),
    )
    expect(lines()).toBe(1)
    made.told(fresh('2', 'bob', { received_at: ago(-2_000) }))
    expect(lines()).toBe(1)
  })

  test('trouble without a conversation is an alert until it was looked at', () => {
    const made = play({ open: 'bob' })
    for (let at = 0; at < 20; at += 1) {
      made.told(event('error', { cursor: `${at}`, code: 'internal', from: null, chat: null }))
    }
    expect(made.main.alerts.length).toBe(9)
    made.type('/alerts').press('enter')
    expect(made.main.alerts).toEqual([])
    expect(made.top).toMatchObject({ kind: 'page' })
  })

  test('what our own side complains of is said once, and stands until it was looked at', () => {
    const made = play({ open: 'bob' })
    const clock = event('error', { code: 'clock', message: 'The clock is off.', hint: 'set it' })
    made.told(clock)
    expect(made.model.toast).toMatchObject({ mood: 'bad', text: 'The clock is off: set it' })
    made.happen({ kind: 'tick', tick: { kind: 'toast', number: 1 }, now: NOW })
    made.told(clock)
    expect(made.model.toast).toBeUndefined()
    expect(made.main.alerts).toEqual(['The clock is off.'])
    made.press('alt+l').told(event('error', { code: 'unauthorised', message: 'Not let in.' }))
    expect(made.model.toast).toBeUndefined()
    expect(made.main.alerts).toHaveLength(2)
  })

  test('a list that changed is read again, a little later', () => {
    for (const type of ['chat_changed', 'contact_changed', 'contact_request', 'contact_accepted']) {
      const made = play()
      made.told(event(type, { from: { name: 'eve' }, chat: 'c-bob' }))
      expect(made.effects).toContainEqual(
        expect.objectContaining({ kind: 'wake', tick: { kind: 'chats' } }),
      )
    }
  })

  test('in a storm a long list is read less often, and no clock stops it', () => {
    const chats = Array.from({ length: 500 }, (_, at) => chat(`friend${at}`))
    const waits = (made: Play): readonly number[] => {
      made.effects = []
      made.told(event('contact_changed'))
      return made.effects.flatMap((one) =>
        one.kind === 'wake' && one.tick.kind === 'chats' ? [one.in] : [],
      )
    }
    expect(waits(play({ chats }))).toEqual([2_000])
    expect(waits(play({ chats }).later(1_000))).toEqual([1_000])
    expect(waits(play({ chats }).later(60_000))).toEqual([400])
    expect(waits(play({ chats }).later(-400 * DAY))).toEqual([2_000])
    expect(waits(play())).toEqual([400])
  })

  test('a conversation that changed is read again by itself', () => {
    const made = play()
    const asked = () => {
      made.effects = []
      return made.happen({ kind: 'tick', tick: { kind: 'chats' }, now: NOW }).asked()
    }
    made.told(event('chat_changed', { chat: 'c-bob' })).told(fresh('new', 'cleo'))
    made.told(event('chat_changed', { chat: 'c-bob' }))
    const [bob, cleo] = [
      { kind: 'chat', chat: 'c-bob' },
      { kind: 'chat', chat: 'c-cleo' },
    ] as const
    expect(asked()).toEqual([bob, cleo, { kind: 'account' }])
    expect(asked()).toEqual([{ kind: 'account' }])

    made.answer({ kind: 'chat', chat: chat('bob', { unread: 7, expire_after: DAY }) })
    const shown = made.main.chats.all?.find(({ id }) => id === 'c-bob')
    expect(shown).toMatchObject({ unread: 7, expire_after: DAY })
    expect(made.asked()).toEqual([])
  })

  test('and all are, where it belongs elsewhere, is gone, or nobody knows which', () => {
    const all = { kind: 'chats', archived: false } as const
    for (const more of [{ pinned: true }, { archived: true }]) {
      expect(
        play()
          .answer({ kind: 'chat', chat: chat('bob', more) })
          .asked(),
      ).toEqual([all])
    }
    const gone = play().refuse({ kind: 'chat', chat: 'c-bob' })
    expect(gone.asked()).toEqual([all])
    expect(gone.model.toast).toBeUndefined()
    for (const told of [event('contact_changed'), event('chat_changed', { chat: 'c-new' })]) {
      const made = play().told(told)
      made.effects = []
      made.happen({ kind: 'tick', tick: { kind: 'chats' }, now: NOW })
      expect(made.asked()).toContainEqual(all)
    }
  })

  test('types that this version does not know change nothing', () => {
    const made = play({ open: 'bob' })
    const before = made.model
    made.told(event('from_the_future', { chat: null, from: 7, id: {} }))
    expect(made.model.screen).toEqual(before.screen)
  })

  test('whatever shape it has, it does not fall over', () => {
    const made = play({ open: 'bob' })
    for (const type of [
      'connected disconnected message_removed progress chat_changed contact_changed reaction edit',
      'delete receipt contact_request contact_accepted identity_changed device_added',
      'device_removed gap error',
    ].flatMap((row) => row.split(' '))) {
      for (const odd of [undefined, null, 7, 'x', {}, []]) {
        made.told(event(type, { id: odd, chat: odd, from: odd, at: odd, code: odd, done: odd }))
      }
    }
    expect(made.model.screen.kind).toBe('main')
  })
})
