// Writing: drafts, history, edits, pastes, completion, what is sent and what comes back.

import { describe, expect, test } from 'vitest'
import { safe } from '../../../src/protocol/safe-text.ts'
import type { Files } from '../../../src/tui/model.ts'
import type { Request } from '../../../src/tui/request.ts'
import { composerOf } from '../../../src/tui/update/composer.ts'
import { chat, contact, message, open, type Play, play, talk } from '../scene.ts'

const sent = (made: Play) =>
  made.asked().filter((one): one is Extract<Request, { kind: 'send' }> => one.kind === 'send')
const composer = (made: Play) => composerOf(made.main)

describe('a draft', () => {
  test('belongs to its conversation', () => {
    const made = play({ open: 'bob' }).type('for bob')
    open(made, 'cleo', talk(2, 'cleo')).type('for cleo')
    expect(made.text).toBe('for cleo')
    made.press('ctrl+t').type('bob').press('enter')
    expect(made.text).toBe('for bob')
  })

  test('has as many lines as one likes, and goes out as it was written', () => {
    const made = play({ open: 'bob' }).type('one').press('alt+enter').type('two')
    made.press('ctrl+j').type('three').press('shift+enter').type('four').press('enter')
    expect(sent(made)).toMatchObject([{ to: 'c-bob', text: 'one\ntwo\nthree\nfour' }])
    expect(made.text).toBe('')
  })

  test('goes with Enter or makes a line with it, as one has set', () => {
    const made = play({ open: 'bob', settings: { enterNewline: true } })
      .type('a')
      .press('enter')
    expect(made.type('b').text).toBe('a\nb')
    expect(sent(made.press('alt+enter'))).toMatchObject([{ text: 'a\nb' }])
  })

  test('of nothing but blanks is not sent', () => {
    expect(sent(play({ open: 'bob' }).type('   ').press('enter'))).toEqual([])
  })

  test('that Ctrl+C took away comes back with Ctrl+Y; the next one leaves', () => {
    const made = play({ open: 'bob' }).type('a thought').press('ctrl+c')
    expect(made.text).toBe('')
    expect(made.kinds()).not.toContain('quit')
    expect(made.press('ctrl+y').text).toBe('a thought')
    made.press('ctrl+c', 'ctrl+c')
    expect(made.kinds()).toContain('quit')
  })

  test('each message has a key of its own', () => {
    const made = play({ open: 'bob' }).type('a').press('enter').type('a').press('enter')
    const keys = sent(made).map(({ key }) => key)
    expect(new Set(keys).size).toBe(2)
  })
})

describe('a paste', () => {
  test('is never sent and never a command', () => {
    const made = play({ open: 'bob' }).paste('/quit\n')
    expect(made.kinds()).not.toContain('quit')
    expect(made.text).toBe('/quit\n')
    made.press('enter')
    expect(sent(made)).toMatchObject([{ text: '/quit' }])
  })

  test('stays text after an edit was left, in another conversation, and after a start anew', () => {
    const made = play({ open: 'bob', messages: talk(3) }).paste('/quit')
    made.press('ctrl+k').type('message.edit').press('enter')
    expect(composer(made).mode.kind).toBe('edit')
    made.press('escape')
    expect(composer(made)).toMatchObject({ literal: true, mode: { kind: 'new' } })
    expect(made.text).toBe('/quit')
    open(made, 'cleo', [])
    made.press('ctrl+t').type('bob').press('enter', 'enter')
    expect(made.effects).not.toContainEqual({ kind: 'quit' })
    expect(sent(made)).toMatchObject([{ text: '/quit' }])
  })

  test('into an empty line that was pasted into before begins anew', () => {
    const made = play({ open: 'bob' }).paste('x').press('backspace').type('/help').press('enter')
    expect(made.top).toMatchObject({ kind: 'page', name: 'help' })
  })

  test('goes to the message, wherever the focus was in the conversation', () => {
    const made = play({ open: 'bob' }).press('up').paste('quote')
    expect(made.text).toBe('quote')
    expect(made.main.focus).toBe('composer')
  })

  test('that is long is offered as a file', () => {
    const made = play({ open: 'bob' }).paste('x'.repeat(5_000))
    expect(made.model.toast?.text).toContain('file')
    made.effects = []
    made.press('ctrl+x', 'ctrl+f')
    expect(made.effects).toContainEqual(expect.objectContaining({ kind: 'scratch' }))
  })
})

describe('a slash', () => {
  test('twice is a text that begins with one', () => {
    const made = play({ open: 'bob' }).type('//me waves').press('enter')
    expect(sent(made)).toMatchObject([{ text: '/me waves' }])
  })

  test('with a name that is not there keeps the text and says so', () => {
    const made = play({ open: 'bob' }).type('/nonsense').press('enter')
    expect(made.text).toBe('/nonsense')
    expect(made.model.toast).toMatchObject({ mood: 'bad' })
    expect(sent(made)).toEqual([])
  })
})

describe('what was sent before', () => {
  const messages = [
    message('one', { direction: 'out', body: 'first' }),
    message('two', { body: 'theirs' }),
    message('three', { direction: 'out', body: '/second' }),
  ]

  test('comes back, the newest first, and the draft behind it', () => {
    const made = play({ open: 'bob', messages }).type('draft')
    expect(made.press('ctrl+p').text).toBe('/second')
    expect(made.press('ctrl+p').text).toBe('first')
    expect(made.press('ctrl+p').text).toBe('first')
    expect(made.press('ctrl+n', 'ctrl+n').text).toBe('draft')
    expect(made.press('ctrl+n').text).toBe('draft')
  })

  test('is text, whatever it begins with; a command that was begun is still one', () => {
    const made = play({ open: 'bob', messages }).press('ctrl+p', 'enter')
    expect(sent(made)).toMatchObject([{ text: '/second' }])
    made.type('/help').press('ctrl+p', 'ctrl+n', 'enter')
    expect(made.top).toMatchObject({ kind: 'page', name: 'help' })
  })
})

describe('an edit', () => {
  const messages = [message('own', { direction: 'out', body: 'as it was' })]
  const begun = () =>
    play({ open: 'bob', messages })
      .type('draft')
      .press('ctrl+k')
      .type('message.edit')
      .press('enter')

  test('takes the place of the draft, which comes back when it is saved', () => {
    const made = begun()
    expect(made.text).toBe('as it was')
    made.effects = []
    made.type(' not').press('enter')
    expect(made.deeds()).toEqual([
      { method: 'msg.edit', params: { id: 'own', text: 'as it was not' } },
    ])
    expect(made.text).toBe('draft')
  })

  test('that is left brings back the draft with its files and what it answers', () => {
    const made = play({ open: 'bob', messages }).press('up').type('r').type('draft')
    made.happen({ kind: 'fileFound', chat: 'c-bob', path: '/a/b.txt' })
    made.press('ctrl+k').type('message.edit').press('enter', 'escape')
    expect(composer(made)).toMatchObject({ files: ['/a/b.txt'], mode: { kind: 'reply' } })
    expect(made.text).toBe('draft')
  })

  test('without a change asks for nothing, and one of nothing is refused', () => {
    const made = begun()
    made.effects = []
    made.press('enter')
    expect(made.deeds()).toEqual([])
    const emptied = begun().press('ctrl+u', 'enter')
    expect(emptied.model.toast).toMatchObject({ mood: 'bad' })
    expect(composer(emptied).mode.kind).toBe('edit')
  })

  test('twice, or an answer from within, still brings back the first draft', () => {
    const made = begun().press('ctrl+k').type('message.edit').press('enter', 'escape')
    expect(made.text).toBe('draft')
    const other = begun().press('ctrl+k').type('message.reply').press('enter')
    expect(composer(other)).toMatchObject({ mode: { kind: 'reply' } })
    expect(other.text).toBe('draft')
  })

  test('is of one’s own messages only', () => {
    const made = play({ open: 'bob', messages: [message('theirs')] })
      .press('up')
      .type('e')
    expect(composer(made).mode.kind).toBe('new')
    expect(made.model.toast).toBeDefined()
  })
})

describe('Escape takes one step back', () => {
  test('from a completion, from an answer, from files', () => {
    const made = play({ open: 'bob' }).press('up').type('r')
    made.happen({ kind: 'fileFound', chat: 'c-bob', path: '/a/b.txt' })
    made.type('/h')
    expect(composer(made).completion).toBeDefined()
    made.press('escape')
    expect(composer(made)).toMatchObject({ completion: undefined, mode: { kind: 'reply' } })
    made.press('escape')
    expect(composer(made)).toMatchObject({ files: ['/a/b.txt'], mode: { kind: 'new' } })
    made.press('escape')
    expect(composer(made).files).toEqual([])
    expect(made.text).toBe('/h')
  })
})

describe('completion', () => {
  const people = [
    contact('alice'),
    contact('albert', { alias: 'Uncle' }),
    contact('eve', { relation: 'blocked' }),
  ]
  const begun = () => play({ open: 'bob', contacts: [contact('bob'), ...people] })

  test('of a command is offered while it is typed', () => {
    const made = begun().type('/he')
    expect(composer(made).completion?.items.map(({ text }) => text)).toContain('/help ')
    expect(made.press('tab').text).toBe('/help ')
  })

  test('of a person by name or by alias, never of somebody blocked', () => {
    const made = begun().type('ask @al').press('tab')
    expect(composer(made).completion?.items.map(({ text }) => text)).toEqual([
      '@alice ',
      '@albert ',
    ])
    expect(made.press('down', 'tab').text).toBe('ask @albert ')
    expect(begun().type('@unc').press('tab').text).toBe('@albert ')
    expect(composer(begun().type('@ev').press('tab')).completion).toBeUndefined()
  })

  test('of an emoji by its name', () => {
    expect(begun().type('fine :thumbsu').press('tab').text).toBe('fine 👍 ')
  })

  test('is in the middle of a text, and leaves what stands behind', () => {
    const made = begun()
      .type('@ali, hello')
      .press('home', 'right', 'right', 'right', 'right', 'tab')
    expect(made.text).toBe('@alice , hello')
  })

  test('is none inside of a word, and Tab goes on where there is none', () => {
    const made = begun().type('mail@al').press('tab')
    expect(composer(made).completion).toBeUndefined()
    expect(made.main.focus).toBe('list')
  })

  const offered = (made: Play) => composer(made).completion?.items.map(({ text }) => text)

  test('of a command has the shortest first, so that what is typed in full is what Enter runs', () => {
    expect(offered(begun().type('/pi'))).toEqual(['/pin ', '/pins ', '/pinchat '])
    const made = begun().type('/pin').press('enter')
    expect(made.deeds()).toMatchObject([{ method: 'msg.pin' }])
  })

  test('of a command is none of what cannot be done now', () => {
    expect(offered(begun().type('/unm'))).toBeUndefined()
    expect(offered(begun().type('/unmute'))).toEqual(['/unmute '])
  })

  test('goes through all commands by the arrows, and Enter takes the one that is selected', () => {
    const made = begun().type('/')
    expect(offered(made)?.length).toBeGreaterThan(40)
    expect(begun().type('/pin').press('down', 'enter').text).toBe('/pins ')
  })

  test.each([
    ['/expire ', ['off ', '1h ', '1d ', '7d ', '30d ']],
    ['/mute 8', ['8h ']],
    ['/at t', ['tomorrow 9:00 ']],
    ['/at tomorrow 9', ['tomorrow 9:00 ']],
    ['/doctor m', ['mend ']],
    ['/react thumbs', ['👍 ', '👎 ']],
    ['/settings th', ['theme ']],
    ['/settings theme l', ['light ']],
    ['/to @al', ['alice ', 'albert ']],
    ['/to m', ['me ']],
    ['/verify al', ['alice ', 'albert ']],
    ['/unblock ', ['eve ']],
    ['/block e', undefined],
    ['/add al', undefined],
    ['/nonsense a', undefined],
    ['/help a', undefined],
  ])('of the words behind a command: %s', (text, items) => {
    expect(offered(begun().type(text))).toEqual(items)
  })

  test('of words is taken by Enter where they are half, and left where they are whole', () => {
    const made = begun().type('/expire o').press('enter')
    expect(made.text).toBe('/expire off ')
    expect(made.press('enter').deeds()).toMatchObject([{ method: 'chat.expire' }])
    expect(begun().type('/mute 8h').press('enter').deeds()).toMatchObject([{ method: 'chat.mute' }])
    const asked = begun().type('ask @al').press('tab', 'enter')
    expect(asked.text).toBe('ask @alice ')
    expect(sent(asked)).toEqual([])
  })

  test('in front of other words leaves them', () => {
    const made = begun().type('/alias  x').press('left', 'left').type('alb').press('tab')
    expect(made.text).toBe('/alias albert  x')
  })

  test('is none of what was pasted', () => {
    expect(composer(begun().paste('/he')).completion).toBeUndefined()
  })
})

describe('a command that is mistyped', () => {
  test('stays, with what is wrong about it', () => {
    const made = play({ open: 'bob' }).type('/at never').press('enter')
    expect(made.text).toBe('/at never')
    expect(made.model.toast).toMatchObject({ mood: 'bad' })
  })

  test('comes back where a file is not there, unless something else was begun', () => {
    const missing = {
      kind: 'fileMissing',
      chat: 'c-bob',
      typed: 'photo.jpq',
      failure: { code: 'not_found', message: safe`There is no such file.`, hint: undefined },
    } as const
    const made = play({ open: 'bob' }).type('/file photo.jpq').press('enter')
    expect(made.effects).toContainEqual(expect.objectContaining({ typed: 'photo.jpq' }))
    expect(made.text).toBe('')
    expect(made.happen(missing).text).toBe('/file photo.jpq')
    expect(made.press('ctrl+u').type('else').happen(missing).text).toBe('else')
  })
})

describe('the path of a command that writes', () => {
  const folder = (path: string) =>
    ({
      kind: 'folder',
      folder: path,
      entries: [{ name: 'kept', kind: 'folder', size: 0 }],
    }) as const

  test('is looked for by Tab, and its name stays behind the folder', () => {
    const made = play({ open: 'bob' }).type('/export chat.md').press('tab')
    expect(made.top).toMatchObject({ kind: 'files', purpose: { kind: 'folder', name: 'chat.md' } })
    const { folder: here } = made.top as Files
    made.happen(folder(here)).press('right')
    made.happen(folder(`${here}/kept`)).press('enter')
    expect(made.text).toBe(`/export ${here}/kept/chat.md`)
  })

  test('is a folder alone where files are saved', () => {
    const made = play({ open: 'bob' }).type('/save ke').press('tab')
    expect(made.top).toMatchObject({ kind: 'files', filter: { text: 'ke' } })
    const { folder: here } = made.top as Files
    made.happen(folder(here)).press('tab')
    made.happen(folder(`${here}/kept`)).press('enter')
    expect(made.text).toBe(`/save ${here}/kept/`)
  })
})

describe('what is refused comes back', () => {
  const ask = (made: Play): Request => {
    const [request] = sent(made)
    if (request === undefined) throw new Error('nothing was sent')
    return request
  }

  test('with its files, what it answers and its options', () => {
    const made = play({ open: 'bob' }).press('up').type('r').type('hello')
    made.happen({ kind: 'fileFound', chat: 'c-bob', path: '/a/b.txt' })
    made.press('ctrl+k').type('message.silent').press('enter', 'enter')
    const request = ask(made)
    expect(request).toMatchObject({ reply: 'bob-8', silent: true, files: ['/a/b.txt'] })
    expect(made.text).toBe('')
    made.refuse(request)
    expect(composer(made)).toMatchObject({
      editor: { text: 'hello' },
      files: ['/a/b.txt'],
      mode: { kind: 'reply' },
      options: { silent: true },
    })
    expect(made.model.toast).toMatchObject({ mood: 'bad' })
  })

  test('into its own conversation, and in front of what was begun there', () => {
    const made = play({ open: 'bob' }).type('hello').press('enter')
    const request = ask(made)
    made.type('next')
    open(made, 'cleo', talk(1, 'cleo')).type('for cleo')
    made.refuse(request)
    expect(made.text).toBe('for cleo')
    made.press('ctrl+t').type('bob').press('enter')
    expect(made.text).toBe('hello\nnext')
  })

  test('to a person without a conversation yet', () => {
    const made = play({ open: 'bob' }).type('/to zoe').press('enter').type('hello').press('enter')
    const request = ask(made)
    expect(request).toMatchObject({ to: 'zoe' })
    expect(made.refuse(request).text).toBe('hello')
  })

  test('behind an edit that was begun meanwhile', () => {
    const messages = [message('own', { direction: 'out', body: 'as it was' })]
    const made = play({ open: 'bob', messages }).type('hello').press('enter')
    const request = ask(made)
    made.press('up').type('e').refuse(request)
    expect(made.text).toBe('as it was')
    expect(made.press('escape').text).toBe('hello')
  })

  test('an edit as an edit', () => {
    const messages = [message('own', { direction: 'out', body: 'as it was' })]
    const made = play({ open: 'bob', messages }).press('up').type('e').type('!').press('enter')
    const request = made.asked().find(({ kind }) => kind === 'do')
    if (request === undefined) throw new Error('nothing was asked')
    made.refuse(request)
    expect(composer(made)).toMatchObject({ mode: { kind: 'edit' }, editor: { text: 'as it was!' } })
  })
})

describe('what goes with the next message', () => {
  test('is of that one only', () => {
    const made = play({ open: 'bob' }).type('/disappear 1h').press('enter')
    made.type('/at +2h').press('enter').type('one').press('enter').type('two').press('enter')
    expect(sent(made)).toMatchObject([{ text: 'one', expire: 3_600_000 }, { text: 'two' }])
  })

  test('a text that one wrote in an editor is text', () => {
    const made = play({ open: 'bob' }).type('a').press('ctrl+x', 'ctrl+e')
    expect(made.effects).toContainEqual({ kind: 'editText', chat: 'c-bob', text: 'a' })
    made.happen({ kind: 'edited', chat: 'c-bob', text: '/quit\n' }).press('enter')
    expect(sent(made)).toMatchObject([{ text: '/quit' }])
  })
})

test('to nobody, nothing is sent', () => {
  const made = play({ chats: [chat('bob')] })
    .press('escape')
    .type('hello')
    .press('enter')
  expect(sent(made)).toEqual([])
})
