// Screens to look at, by name.

import type { MessageJson } from '../../../src/client/api.ts'
import { NEW_FOUNDING } from '../../../src/tui/update/founding.ts'
import {
  account,
  ago,
  chat,
  contact,
  DAY,
  emptyModel,
  file,
  HOUR,
  inChat,
  MINUTE,
  message,
  NOW,
  open,
  Play,
  play,
  talk,
} from '../scene.ts'

const own = (id: string, more: Partial<MessageJson> = {}): MessageJson =>
  message(id, { direction: 'out', ...more })

const CHATS = [
  chat('me', {
    kind: 'self',
    name: 'ann',
    last: own('self', { body: 'buy bread', received_at: ago(2 * DAY) }),
  }),
  chat('bob', {
    pinned: true,
    last: own('b', { body: 'see you at eight', received_at: ago(3 * MINUTE) }),
  }),
  chat('cleo', {
    unread: 3,
    last: message('c', {
      ...inChat('cleo'),
      body: 'Did you read the long letter that I sent you yesterday?',
      received_at: ago(12 * MINUTE),
    }),
  }),
  chat('dan', {
    unread: 120,
    muted_until: new Date(8.64e15).toISOString(),
    last: message('d', {
      ...inChat('dan'),
      body: '',
      attachments: [file('minutes')],
      received_at: ago(DAY),
    }),
  }),
  chat('grete', {
    last: message('g', { ...inChat('grete'), body: 'nothing new', received_at: ago(9 * DAY) }),
  }),
  chat('עדה', {
    last: message('h', { ...inChat('עדה'), body: 'שלום עולם', received_at: ago(30 * DAY) }),
  }),
  chat('a.rather-long.name-of-somebody', { last: null }),
  chat('eve', {
    request: true,
    unread: 1,
    last: message('e', { ...inChat('eve'), body: 'hello, it is me', request: true }),
  }),
]
const CONTACTS = [
  contact('bob', { trust: 'verified' }),
  contact('cleo', { trust: 'changed' }),
  contact('dan', { alias: 'Daniel' }),
  contact('grete'),
  contact('eve', { relation: 'incoming' }),
  contact('a.rather-long.name-of-somebody', { relation: 'outgoing' }),
]

const LETTER =
  'A long line of words that has to be broken somewhere, because no screen is as wide as what people have to say to each other on a rainy afternoon.'
const THREAD: readonly MessageJson[] = [
  message('t1', { body: 'good morning', received_at: ago(DAY + 2 * HOUR) }),
  own('t2', {
    body: 'good morning to you',
    status: 'read',
    received_at: ago(DAY + 2 * HOUR - MINUTE),
  }),
  message('t3', {
    body: LETTER,
    received_at: ago(4 * HOUR),
    reactions: [
      { emoji: '👍', from: 'ann' },
      { emoji: '👍', from: 'bob' },
      { emoji: '❤️', from: 'bob' },
    ],
  }),
  message('t4', {
    body: 'and one more',
    received_at: ago(4 * HOUR - MINUTE),
    edited_at: ago(3 * HOUR),
  }),
  own('t5', {
    body: 'an answer',
    reply_to: 't3',
    status: 'delivered',
    pinned: true,
    received_at: ago(3 * HOUR),
  }),
  own('t6', {
    body: '',
    attachments: [
      file('plan', { path: '/home/ann/plan.pdf' }),
      file('a-picture-of-a-very-long-name-that-says-everything', { size: 4_200_000 }),
    ],
    received_at: ago(2 * HOUR),
  }),
  own('t7', {
    body: 'this one does not last',
    expires_at: new Date(NOW + 50 * MINUTE).toISOString(),
    received_at: ago(HOUR),
  }),
  own('t8', { body: 'this one did not go', status: 'failed', received_at: ago(50 * MINUTE) }),
  message('t9', { kind: 'deleted', body: '', received_at: ago(30 * MINUTE) }),
  message('t10', { body: 'שלום עולם, 日本語 and 👨‍👩‍👧', received_at: ago(2 * MINUTE) }),
  own('t11', {
    body: 'later',
    status: 'scheduled',
    due_at: new Date(NOW + HOUR).toISOString(),
    received_at: ago(MINUTE),
  }),
]

const main = (more: Parameters<typeof play>[0] = {}): Play =>
  play({ chats: CHATS, contacts: CONTACTS, ...more })
const talking = (more: Parameters<typeof play>[0] = {}): Play => {
  const made = main({ open: 'bob', messages: [], ...more })
  made.read('bob', THREAD)
  made.answer({
    kind: 'notes',
    chat: 'c-bob',
    events: [
      {
        v: 1,
        type: 'device_added',
        cursor: '1',
        at: ago(3 * HOUR - MINUTE),
        from: { name: 'bob' },
      },
      { v: 1, type: 'identity_changed', cursor: '2', at: ago(90 * MINUTE), from: { name: 'bob' } },
    ],
  })
  return made.told({
    v: 1,
    type: 'progress',
    id: 'a-picture-of-a-very-long-name-that-says-everything',
    done: 42,
    total: 100,
  })
}
const begun = (): Play =>
  new Play({ ...emptyModel(), screen: { kind: 'founding', founding: NEW_FOUNDING } })
const URL = 'https://chat.example.org'
const named = (): Play => {
  const made = begun().press('enter').type(URL).press('enter')
  return made.happen({
    kind: 'founding',
    what: { kind: 'server', server: { url: URL, registration: ['open'] } },
  })
}
const failure = {
  code: 'x',
  message: 'The server does not answer.' as never,
  hint: 'Is the address right?' as never,
}

export const SCENES: Readonly<Record<string, () => Play>> = {
  list: () => {
    const made = open(main(), 'grete', talk(2, 'grete')).type('half a thought')
    return open(made, 'bob', talk(3)).press('escape', 'up', 'left')
  },
  'list-filtered': () => main().type('le'),
  'list-empty': () => main({ chats: [] }),
  thread: () => talking().type('a draft'),
  'thread-selected': () => talking().press('up', 'up', 'up'),
  'thread-new': () =>
    main({
      chats: CHATS.map((one) => (one.name === 'bob' ? { ...one, unread: 2 } : one)),
      open: 'bob',
      messages: talk(6),
    }),
  'thread-request': () => main({ open: 'eve', messages: talk(1, 'eve') }),
  'thread-empty': () =>
    main()
      .type('/to zoe')
      .press('escape', 'escape')
      .press('ctrl+t')
      .type('a.rather')
      .press('enter'),
  composer: () => {
    const made = talking().press('up', 'up', 'up', 'up', 'up').type('r')
    made.happen({ kind: 'fileFound', chat: 'c-bob', path: '/home/ann/photo.jpg' })
    made.type('/disappear 1h').press('enter')
    made.model = { ...made.model, toast: undefined }
    return made.type('first line').press('alt+enter').type(LETTER)
  },
  completion: () => talking().type('/se'),
  details: () => talking().type('/details').press('enter'),
  split: () => open(talking().press('alt+v'), 'cleo', talk(5, 'cleo')),
  'status-trouble': () => {
    const made = talking({
      settings: { keys: 'vim' },
      account: account({ outbox: 3, connected: false }),
    })
    made.told({ v: 1, type: 'disconnected', reason: 'refused' })
    return made
      .told({ v: 1, type: 'error', code: 'internal', cursor: '9', from: null })
      .press('escape')
  },
  'status-toast': () =>
    talking().refuse({ kind: 'account' }, 'The server does not answer. sotto doctor says why.'),
  palette: () => talking().press('ctrl+k').type('re'),
  help: () => talking().press('f1'),
  search: () => {
    const made = talking().press('alt+f').type('line')
    made.happen({ kind: 'tick', tick: { kind: 'search', number: 4 }, now: NOW })
    return made.answer({
      kind: 'search',
      number: 4,
      messages: [...talk(3, 'cleo'), ...THREAD.slice(2, 4)],
    })
  },
  files: () => {
    const made = talking().press('ctrl+o')
    return made.happen({
      kind: 'folder',
      folder: '/home/ann',
      entries: [
        { name: 'Pictures', kind: 'folder', size: 0 },
        {
          name: 'a-file-of-a-very-long-name-that-goes-on-and-on-until-its-end.tar.gz',
          kind: 'file',
          size: 123_456_789,
        },
        { name: 'notes.txt', kind: 'file', size: 12 },
      ],
    })
  },
  verify: () => {
    const made = talking().type('/verify').press('enter')
    return made.answer({
      kind: 'verify',
      verification: {
        v: 1,
        type: 'verification',
        name: 'bob',
        trust: 'unverified',
        digits: Array.from({ length: 12 }, (_, at) => `${12_345 + at}`).join(' '),
        words: Array.from({ length: 12 }, (_, at) => `word${at}`),
        qr: 'sotto:verify',
      },
    })
  },
  confirm: () => talking().press('up').type('D'),
  prompt: () => talking().press('ctrl+k').type('add').press('enter'),
  settings: () => talking().type('/settings').press('enter'),
  contacts: () => talking().type('/contacts').press('enter'),
  message: () => talking().press('up', 'up', 'up', 'up', 'up', 'up', 'alt+enter'),
  'screen-reader': () => talking({ settings: { screenReader: true, shortcodes: true } }),
  'founding-welcome': begun,
  'founding-server': () =>
    begun()
      .press('enter')
      .type('chat.exam')
      .happen({ kind: 'founding', what: { kind: 'failed', failure } }),
  'founding-name': named,
  'founding-keychain': () =>
    named()
      .type('ann')
      .press('enter')
      .happen({ kind: 'founding', what: { kind: 'keychain', state: { kind: 'works' } } }),
  'founding-passphrase': () =>
    named().type('ann').press('enter', 'down', 'enter').type('hunter 22'),
  'founding-recovery': () => {
    const made = named()
      .type('ann')
      .press('enter')
      .happen({ kind: 'founding', what: { kind: 'keychain', state: { kind: 'works' } } })
    made
      .press('enter')
      .happen({ kind: 'founding', what: { kind: 'registered', account: account() } })
    return made.happen({
      kind: 'founding',
      what: { kind: 'recoveryKey', key: Array.from({ length: 14 }, () => 'ABCD').join('-') },
    })
  },
  opening: () => new Play(emptyModel()).happen({ kind: 'passphraseWanted', again: true }),
  locked: () => talking().press('alt+l').type('hunter'),
}
