// The first run: a server, a name, where the keys live, the recovery key, a first contact. Each step
// goes back with Escape until the account is made.

import { type SafeText, safe, safeText } from '../../protocol/safe-text.ts'
import { type EditOp, type Editor, EMPTY_EDITOR, edit, editorOf, insert } from '../editor.ts'
import type { FoundingEffect, Step } from '../effect.ts'
import type { FoundingEvent } from '../event.ts'
import type { KeyEvent } from '../input/event.ts'
import { EDIT_PREFIX, keymapOf, lookUp } from '../keymap.ts'
import type { Failure, FoundingState, FoundingStep, Model } from '../model.ts'
import { enterMain } from './main.ts'
import { andThen, deed, doing, still } from './step.ts'

export const NEW_FOUNDING: FoundingState = {
  step: { kind: 'welcome', choice: 'join' },
  address: '',
  server: undefined,
  hosted: false,
  invite: '',
  name: '',
  keychain: 'os',
  osKeychain: undefined,
  failure: undefined,
}

/** Shorter ones are guessed; what protects it beyond its length is its derivation. */
const MIN_PASSPHRASE = 8
const NAME = /^[a-z0-9][a-z0-9._-]{1,31}$/

const showing = (model: Model, founding: FoundingState): Model => ({
  ...model,
  screen: { kind: 'founding', founding },
})
const at = (model: Model, founding: FoundingState, step: FoundingStep): Step =>
  still(showing(model, { ...founding, step, failure: undefined }))
const doingIt = (step: Step, what: FoundingEffect): Step => ({
  ...step,
  effects: [...step.effects, { kind: 'founding', what }],
})
const refused = (model: Model, founding: FoundingState, message: SafeText): Step =>
  still(showing(model, { ...founding, failure: { code: 'bad_input', message, hint: undefined } }))

export function keyInFounding(model: Model, founding: FoundingState, key: KeyEvent): Step {
  switch (key.key) {
    case 'ctrl+c':
    case 'ctrl+d':
      return doing(model, { kind: 'quit' })
    case 'escape':
      return back(model, founding)
    case 'enter':
      return forth(model, founding)
    default:
      return typing(model, founding, key)
  }
}

function typing(model: Model, founding: FoundingState, key: KeyEvent): Step {
  const { step } = founding
  if (step.kind === 'welcome' && /^(up|down|tab|left|right)$/.test(key.key)) {
    return at(model, founding, { ...step, choice: step.choice === 'join' ? 'host' : 'join' })
  }
  if (step.kind === 'keychain' && /^(up|down|tab|left|right)$/.test(key.key)) {
    const keychain = founding.keychain === 'os' ? 'file' : 'os'
    return at(model, { ...founding, keychain }, step)
  }
  if (step.kind === 'passphrase' && /^(up|down|tab|shift\+tab)$/.test(key.key)) {
    return at(model, founding, { ...step, field: step.field === 'first' ? 'second' : 'first' })
  }
  const found = lookUp(keymapOf(model.settings), ['editing'], [], key.key)
  if (found.kind === 'bound') {
    const op = found.action.slice(EDIT_PREFIX.length) as EditOp
    return edited(model, founding, (editor) => edit(editor, op))
  }
  return key.text === '' ? still(model) : pasteInFounding(model, founding, key.text)
}

export const pasteInFounding = (model: Model, founding: FoundingState, text: string): Step =>
  edited(model, founding, (editor) => insert(editor, text.replace(/[\r\n]+/g, '')))

function edited(model: Model, founding: FoundingState, change: (editor: Editor) => Editor): Step {
  const { step } = founding
  switch (step.kind) {
    case 'server':
      return step.busy
        ? still(model)
        : at(model, founding, { ...step, editor: change(step.editor) })
    case 'invite':
    case 'name':
    case 'contact':
      return at(model, founding, { ...step, editor: change(step.editor) })
    case 'passphrase':
      return at(model, founding, { ...step, [step.field]: change(step[step.field]) })
    default:
      return still(model)
  }
}

function forth(model: Model, founding: FoundingState): Step {
  const { step } = founding
  switch (step.kind) {
    case 'welcome':
      if (step.choice === 'join') {
        return at(model, founding, {
          kind: 'server',
          editor: editorOf(founding.address),
          busy: false,
        })
      }
      return doingIt(at(model, founding, { kind: 'starting' }), { kind: 'startServer' })
    case 'server': {
      const address = step.editor.text.trim()
      if (address === '' || step.busy) return still(model)
      return doingIt(at(model, { ...founding, address }, { ...step, busy: true }), {
        kind: 'findServer',
        address,
      })
    }
    case 'invite': {
      const invite = step.editor.text.trim()
      if (invite === '')
        return refused(
          model,
          founding,
          safe`This server admits by invite: ask its operator for a code.`,
        )
      return at(model, { ...founding, invite }, { kind: 'name', editor: editorOf(founding.name) })
    }
    case 'name': {
      const name = step.editor.text.trim().replace(/^@/, '').toLowerCase()
      if (!NAME.test(name))
        return refused(
          model,
          founding,
          safe`2 to 32 of a–z, 0–9, dot, dash and underscore; a letter or digit first.`,
        )
      return doingIt(at(model, { ...founding, name }, { kind: 'keychain' }), { kind: 'keychain' })
    }
    case 'keychain':
      return chosenKeychain(model, founding)
    case 'passphrase':
      return chosenPassphrase(model, founding, step)
    case 'recovery':
      return at(model, founding, { kind: 'contact', editor: EMPTY_EDITOR })
    case 'contact':
      return done(model, step.editor.text.trim().replace(/^@/, ''))
    case 'starting':
    case 'registering':
      return still(model)
  }
}

function chosenKeychain(model: Model, founding: FoundingState): Step {
  const { keychain, osKeychain } = founding
  if (keychain === 'file') {
    return at(model, founding, {
      kind: 'passphrase',
      first: EMPTY_EDITOR,
      second: EMPTY_EDITOR,
      field: 'first',
    })
  }
  if (osKeychain === undefined) return still(model)
  if (osKeychain.kind === 'missing') {
    return refused(
      model,
      founding,
      safe`This machine’s keychain does not answer: ${safeText(osKeychain.why)} Seal the keys with a passphrase instead.`,
    )
  }
  return register(model, founding, undefined)
}

function chosenPassphrase(
  model: Model,
  founding: FoundingState,
  step: Extract<FoundingStep, { kind: 'passphrase' }>,
): Step {
  const [first, second] = [step.first.text, step.second.text]
  if (step.field === 'first' && second === '')
    return at(model, founding, { ...step, field: 'second' })
  if (first.length < MIN_PASSPHRASE)
    return refused(
      model,
      founding,
      safe`${MIN_PASSPHRASE} characters or more: several words are easy to remember.`,
    )
  if (first !== second) return refused(model, founding, safe`The two are not the same.`)
  return register(model, founding, first)
}

function register(model: Model, founding: FoundingState, passphrase: string | undefined): Step {
  const { server, name, invite, keychain } = founding
  if (server === undefined) return at(model, founding, NEW_FOUNDING.step)
  return doingIt(at(model, founding, { kind: 'registering', made: false }), {
    kind: 'register',
    name,
    server: server.url,
    invite: invite === '' ? undefined : invite,
    keychain,
    passphrase,
  })
}

function back(model: Model, left: FoundingState): Step {
  const founding = withTyped(left)
  const { step } = founding
  switch (step.kind) {
    case 'welcome':
      return doing(model, { kind: 'quit' })
    case 'server':
      return at(model, founding, NEW_FOUNDING.step)
    case 'starting':
      return at(model, founding, { kind: 'welcome', choice: 'host' })
    case 'invite':
      return at(model, founding, {
        kind: 'server',
        editor: editorOf(founding.address),
        busy: false,
      })
    case 'name':
      return needsInvite(founding)
        ? at(model, founding, { kind: 'invite', editor: editorOf(founding.invite) })
        : at(model, founding, {
            kind: 'server',
            editor: editorOf(founding.address),
            busy: false,
          })
    case 'keychain':
      return at(model, founding, { kind: 'name', editor: editorOf(founding.name) })
    case 'passphrase':
      return at(model, founding, { kind: 'keychain' })
    case 'contact':
      return done(model, '')
    // The account is being made, or there: nothing goes back from here.
    case 'registering':
    case 'recovery':
      return still(model)
  }
}

/** With what was typed in this step, for who comes back to it. */
function withTyped(founding: FoundingState): FoundingState {
  const { step } = founding
  switch (step.kind) {
    case 'server':
      return { ...founding, address: step.editor.text }
    case 'invite':
      return { ...founding, invite: step.editor.text }
    case 'name':
      return { ...founding, name: step.editor.text }
    default:
      return founding
  }
}

function needsInvite({ server }: FoundingState): boolean {
  const ways = server?.registration ?? []
  return ways.includes('invite') && !ways.includes('open')
}

export function foundingEvent(model: Model, founding: FoundingState, event: FoundingEvent): Step {
  const { step } = founding
  switch (event.kind) {
    case 'keychain': {
      const keychain = event.state.kind === 'works' ? founding.keychain : 'file'
      return still(showing(model, { ...founding, osKeychain: event.state, keychain }))
    }
    case 'server': {
      // Somebody went back meanwhile.
      if (step.kind !== 'server' || !step.busy) return still(model)
      const found = { ...founding, server: event.server, hosted: false }
      return needsInvite(found)
        ? at(model, found, { kind: 'invite', editor: editorOf(founding.invite) })
        : at(model, found, { kind: 'name', editor: editorOf(founding.name) })
    }
    case 'started': {
      if (step.kind !== 'starting') return still(model)
      const server = { url: event.url, registration: ['invite'] }
      const found = {
        ...founding,
        address: event.url,
        server,
        hosted: true,
        invite: event.invite ?? '',
      }
      return event.invite === undefined
        ? at(model, found, { kind: 'invite', editor: EMPTY_EDITOR })
        : at(model, found, { kind: 'name', editor: editorOf(founding.name) })
    }
    case 'registered':
      return doingIt(
        still({
          ...model,
          screen: {
            kind: 'founding',
            founding: {
              ...founding,
              step: { kind: 'registering', made: true },
              name: event.account.name,
              failure: undefined,
            },
          },
        }),
        { kind: 'recoveryKey' },
      )
    case 'recoveryKey':
      return at(model, founding, { kind: 'recovery', key: event.key })
    case 'failed':
      return foundingFailed(model, founding, event.failure)
  }
}

function foundingFailed(model: Model, founding: FoundingState, failure: Failure): Step {
  const { step } = founding
  const shown = (next: FoundingStep): Step =>
    still(showing(model, { ...founding, step: next, failure }))
  switch (step.kind) {
    case 'server':
      return shown({ ...step, busy: false })
    case 'starting':
      return shown({ kind: 'welcome', choice: 'host' })
    case 'registering':
      // The account is there, and /recoverykey shows the key later.
      if (step.made) return shown({ kind: 'contact', editor: EMPTY_EDITOR })
      return shown(
        failure.code === 'not_allowed'
          ? { kind: 'invite', editor: editorOf(founding.invite) }
          : { kind: 'name', editor: editorOf(founding.name) },
      )
    case 'keychain': {
      const osKeychain = { kind: 'missing', why: failure.message } as const
      return still(
        showing(model, { ...founding, keychain: 'file', osKeychain, failure: undefined }),
      )
    }
    default:
      return shown(step)
  }
}

/** The last step; a first contact is asked on the way in. */
const done = (model: Model, contact: string): Step =>
  andThen(enterMain(model, contact === '' ? undefined : contact), (next) =>
    contact === ''
      ? still(next)
      : doing(
          next,
          deed(
            { method: 'contact.add', params: { name: contact } },
            safe`${safeText(contact)} was asked.`,
          ),
        ),
  )
