// The first run, step by step and back again.

import { describe, expect, test } from 'vitest'
import { NEW_FOUNDING } from '../../../src/tui/update/founding.ts'
import { App } from '../../../src/tui/views/app.tsx'
import { account, emptyModel, Play } from '../scene.ts'
import { snapshot } from '../snapshot.ts'

const begun = () =>
  new Play({ ...emptyModel(), screen: { kind: 'founding', founding: NEW_FOUNDING } })
const stateOf = ({ model }: Play) => {
  if (model.screen.kind !== 'founding') throw new Error(`it is ${model.screen.kind}`)
  return model.screen.founding
}
const stepOf = (made: Play) => stateOf(made).step.kind
const seen = ({ model }: Play): string => snapshot(App({ model }), model.size)
const wanted = (made: Play) => {
  const what = made.effects.flatMap((one) => (one.kind === 'founding' ? [one.what] : []))
  made.effects = []
  return what
}
const failure = (code: string, message = 'It went wrong.') => ({
  kind: 'failed' as const,
  failure: { code, message: message as never, hint: 'Do something.' as never },
})

const URL = 'https://chat.example.org'
const atName = (registration = ['open']) => {
  const made = begun().press('enter').type(URL).press('enter')
  return made.happen({
    kind: 'founding',
    what: { kind: 'server', server: { url: URL, registration } },
  })
}
const atKeychain = () => {
  const made = atName().type('ann').press('enter')
  return made.happen({ kind: 'founding', what: { kind: 'keychain', state: { kind: 'works' } } })
}
const atRecovery = () => {
  const made = atKeychain().press('enter')
  made.happen({ kind: 'founding', what: { kind: 'registered', account: account() } })
  return made.happen({ kind: 'founding', what: { kind: 'recoveryKey', key: 'ABCD-EFGH' } })
}

test('goes through: a server, a name, the keychain, the recovery key, a contact, the screen', () => {
  const made = begun()
  expect(stepOf(made)).toBe('welcome')
  made.press('enter').type(URL).press('enter')
  expect(wanted(made)).toEqual([{ kind: 'findServer', address: URL }])
  made.happen({
    kind: 'founding',
    what: { kind: 'server', server: { url: URL, registration: ['open'] } },
  })
  made.type('@Ann').press('enter')
  expect(wanted(made)).toEqual([{ kind: 'keychain' }])
  made.happen({ kind: 'founding', what: { kind: 'keychain', state: { kind: 'works' } } })
  made.press('enter')
  expect(wanted(made)).toEqual([
    {
      kind: 'register',
      name: 'ann',
      server: URL,
      invite: undefined,
      keychain: 'os',
      passphrase: undefined,
    },
  ])
  made.happen({ kind: 'founding', what: { kind: 'registered', account: account() } })
  expect(wanted(made)).toEqual([{ kind: 'recoveryKey' }])
  made.happen({ kind: 'founding', what: { kind: 'recoveryKey', key: 'ABCD-EFGH' } })
  expect(seen(made)).toContain('ABCD-EFGH')
  made.press('enter').type('@bob').press('enter')
  expect(made.model.screen.kind).toBe('main')
  expect(made.deeds()).toContainEqual({ method: 'contact.add', params: { name: 'bob' } })
})

describe('back', () => {
  test('from each step, with what was answered', () => {
    const made = atKeychain().press('escape')
    expect(stateOf(made).step).toMatchObject({ kind: 'name', editor: { text: 'ann' } })
    made.press('escape')
    expect(stateOf(made).step).toMatchObject({ kind: 'server', editor: { text: URL } })
    expect(stepOf(made.press('escape'))).toBe('welcome')
    expect(made.press('escape').kinds()).toContain('quit')
  })

  test('with what was only typed', () => {
    const made = begun().press('enter').type('https://half').press('escape', 'enter')
    expect(stateOf(made).step).toMatchObject({ kind: 'server', editor: { text: 'https://half' } })
    const named = atName().type('an').press('escape', 'enter')
    named.happen({
      kind: 'founding',
      what: { kind: 'server', server: { url: URL, registration: ['open'] } },
    })
    expect(stateOf(named).step).toMatchObject({ kind: 'name', editor: { text: 'an' } })
  })

  test('while a server is looked for: what is found then is not taken', () => {
    const made = begun().press('enter').type(URL).press('enter', 'escape', 'enter')
    made.happen({
      kind: 'founding',
      what: { kind: 'server', server: { url: URL, registration: ['open'] } },
    })
    expect(stepOf(made)).toBe('server')
  })

  test('while a server is started, to the same choice', () => {
    const made = begun().press('down', 'enter')
    expect(wanted(made)).toEqual([{ kind: 'startServer' }])
    made.press('escape')
    expect(stateOf(made).step).toEqual({ kind: 'welcome', choice: 'host' })
    made.happen({ kind: 'founding', what: { kind: 'started', url: URL, invite: 'x' } })
    expect(stepOf(made)).toBe('welcome')
  })

  test('not from an account that is made', () => {
    expect(stepOf(atRecovery().press('escape'))).toBe('recovery')
  })
})

describe('an invite', () => {
  test('is asked for where the server admits by it, and kept', () => {
    const made = atName(['invite'])
    expect(stepOf(made)).toBe('invite')
    expect(seen(made.press('enter'))).toContain('invite')
    made.type('code-1').press('enter')
    expect(stepOf(made)).toBe('name')
    expect(stateOf(made.press('escape')).step).toMatchObject({ editor: { text: 'code-1' } })
  })

  test('of one’s own server comes with it', () => {
    const made = begun().press('down', 'enter')
    made.happen({ kind: 'founding', what: { kind: 'started', url: URL, invite: 'code-2' } })
    expect(stateOf(made)).toMatchObject({ step: { kind: 'name' }, invite: 'code-2' })
  })

  test('that is refused is asked for again', () => {
    const made = atKeychain()
      .press('enter')
      .happen({ kind: 'founding', what: failure('not_allowed') })
    expect(stepOf(made)).toBe('invite')
    expect(seen(made)).toContain('It went wrong.')
    expect(seen(made)).toContain('Do something.')
  })
})

describe('what goes wrong is said', () => {
  test('a server that is not there', () => {
    const made = begun().press('enter').type(URL).press('enter')
    made.happen({ kind: 'founding', what: failure('network') })
    expect(stateOf(made).step).toMatchObject({ kind: 'server', busy: false, editor: { text: URL } })
    expect(seen(made)).toContain('It went wrong.')
    expect(seen(made.type('x'))).not.toContain('It went wrong.')
  })

  test('a server that does not start', () => {
    const made = begun()
      .press('down', 'enter')
      .happen({ kind: 'founding', what: failure('file') })
    expect(stateOf(made).step).toEqual({ kind: 'welcome', choice: 'host' })
  })

  test('a name that cannot be one, or is taken', () => {
    const made = atName().type('a b!').press('enter')
    expect(stepOf(made)).toBe('name')
    expect(seen(made)).toContain('2 to 32')
    const taken = atKeychain()
      .press('enter')
      .happen({ kind: 'founding', what: failure('exists') })
    expect(stateOf(taken).step).toMatchObject({ kind: 'name', editor: { text: 'ann' } })
  })

  test('a keychain that does not answer: a passphrase is offered', () => {
    const made = atName().type('ann').press('enter')
    made.happen({
      kind: 'founding',
      what: { kind: 'keychain', state: { kind: 'missing', why: 'No bus.' } },
    })
    expect(stateOf(made).keychain).toBe('file')
    expect(seen(made)).toContain('No bus.')
    made.press('up', 'enter')
    expect(stepOf(made)).toBe('keychain')
  })

  test('a keychain that cannot even be looked for', () => {
    const made = atName()
      .type('ann')
      .press('enter')
      .happen({ kind: 'founding', what: failure('bug') })
    expect(stateOf(made).keychain).toBe('file')
    expect(stepOf(made.press('enter'))).toBe('passphrase')
  })

  test('a recovery key that cannot be read: the account is there, one goes on', () => {
    const made = atKeychain().press('enter')
    made.happen({ kind: 'founding', what: { kind: 'registered', account: account() } })
    made.happen({ kind: 'founding', what: failure('storage') })
    expect(stepOf(made)).toBe('contact')
    expect(seen(made)).toContain('It went wrong.')
  })
})

describe('a passphrase', () => {
  const asked = () => atKeychain().press('down', 'enter')

  test('is typed twice, in dots, and kept nowhere', () => {
    const made = asked().type('hunter 22').press('enter').type('hunter 22')
    expect(seen(made)).not.toContain('hunter')
    made.effects = []
    made.press('enter')
    expect(wanted(made)).toMatchObject([
      { kind: 'register', keychain: 'file', passphrase: 'hunter 22' },
    ])
    expect(JSON.stringify(made.model)).not.toContain('hunter')
  })

  test('that is short, or not the same twice, is refused', () => {
    expect(seen(asked().type('short').press('enter').type('short').press('enter'))).toContain('8')
    const made = asked().type('hunter 22').press('enter').type('hunter 23').press('enter')
    expect(seen(made)).toContain('not the same')
    expect(stepOf(made)).toBe('passphrase')
  })
})

test('whatever is pressed at whichever step, there is a step', () => {
  const KEYS = ['enter', 'escape', 'up', 'down', 'tab', 'left', 'x', 'ctrl+u', 'f1', 'backspace']
  for (const begin of [begun, atName, atKeychain, atRecovery]) {
    for (const one of KEYS) {
      for (const two of KEYS) {
        const made = begin().press(one, two).paste('some\nlines')
        expect(['founding', 'main']).toContain(made.model.screen.kind)
      }
    }
  }
})
