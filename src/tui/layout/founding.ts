// The screens before the first conversation: the first run, a profile being opened, a lock.

import { type SafeText, safe, safeText } from '../../protocol/safe-text.ts'
import type { Editor } from '../editor.ts'
import type { FoundingState, FoundingStep, Model, Secret } from '../model.ts'
import { type Line, line } from '../text/line.ts'
import { wrappedLine } from '../text/wrap.ts'
import { editorLines } from './composer.ts'

interface Asked {
  readonly model: Model
  readonly width: number
}

const said = (
  { model, width }: Asked,
  text: SafeText,
  role: 'text' | 'muted' | 'danger' | 'title' | 'success' = 'text',
) => wrappedLine(line(text, model.theme.styles[role]), width)

function field(
  { model, width }: Asked,
  editor: Editor,
  focused: boolean,
  secret = false,
  hint = safe``,
): Line {
  const [typed = []] = editorLines(editor, model.theme, {
    width: width - 2,
    rows: 1,
    focused,
    placeholder: hint,
    secret,
  })
  return [{ text: safe`› `, style: model.theme.styles.accent }, ...typed]
}

function option({ model, width }: Asked, isChosen: boolean, text: SafeText): readonly Line[] {
  const { styles } = model.theme
  const style = isChosen ? styles.selection : styles.text
  const said = isChosen ? safe` ▸ ${text} ` : safe`   ${text} `
  return wrappedLine(line(said, style), width, { hang: isChosen ? 2 : 0 })
}

/** Each with the steps that belong to it. */
const STEPS: readonly (readonly FoundingStep['kind'][])[] = [
  ['welcome'],
  ['server', 'starting', 'invite'],
  ['name'],
  ['keychain', 'passphrase', 'registering'],
  ['recovery'],
  ['contact'],
]

export function foundingTitle({ step }: FoundingState): SafeText {
  const at = STEPS.findIndex((kinds) => kinds.includes(step.kind))
  return safe`sotto  ${at + 1}/${STEPS.length}`
}

export function foundingLines(
  model: Model,
  founding: FoundingState,
  width: number,
): readonly Line[] {
  const asked = { model, width }
  const failure = founding.failure
  return [
    ...stepLines(asked, founding),
    ...(failure === undefined
      ? []
      : [
          [],
          ...said(asked, failure.message, 'danger'),
          ...(failure.hint === undefined ? [] : said(asked, failure.hint, 'muted')),
        ]),
  ]
}

function stepLines(asked: Asked, founding: FoundingState): readonly Line[] {
  const { step } = founding
  switch (step.kind) {
    case 'welcome':
      return [
        ...said(asked, safe`Nobody but you and those you write to can read what is said here.`),
        ...said(asked, safe`An account lives on a server. Whose?`),
        [],
        ...option(asked, step.choice === 'join', safe`Join a server that somebody runs`),
        ...option(asked, step.choice === 'host', safe`Start a server of my own on this machine`),
        [],
        ...said(asked, safe`↑ ↓ choose, Enter goes on, Escape goes back.`, 'muted'),
      ]
    case 'server':
      return [
        ...said(asked, safe`The server’s address, as its operator gave it to you.`),
        ...said(
          asked,
          safe`It passes on what it cannot read: it knows who writes to whom, never what.`,
          'muted',
        ),
        [],
        field(asked, step.editor, !step.busy, false, safe`https://chat.example.org`),
        ...(step.busy ? said(asked, safe`Looking for it…`, 'muted') : []),
      ]
    case 'starting':
      return said(asked, safe`Starting a server on this machine…`, 'muted')
    case 'invite':
      return [
        ...said(
          asked,
          safe`This server admits by invite. Type the code that its operator gave you.`,
        ),
        [],
        field(asked, step.editor, true),
      ]
    case 'name':
      return [
        ...said(asked, safe`What is your name on this server?`),
        ...said(
          asked,
          safe`2 to 32 of a–z, 0–9, dot, dash and underscore. It cannot be changed later.`,
          'muted',
        ),
        [],
        field(asked, step.editor, true, false, safe`alice`),
      ]
    case 'keychain':
      return keychainLines(asked, founding)
    case 'passphrase':
      return [
        ...said(asked, safe`A passphrase that seals your keys. Nobody can find it again for you.`),
        [],
        field(asked, step.first, step.field === 'first', true, safe`passphrase`),
        field(asked, step.second, step.field === 'second', true, safe`the same again`),
      ]
    case 'registering':
      return said(asked, safe`Making your keys and your account…`, 'muted')
    case 'recovery':
      return [
        ...said(
          asked,
          safe`You are ${safeText(founding.name)} now. This is your recovery key:`,
          'success',
        ),
        [],
        ...said(asked, safeText(step.key), 'title'),
        [],
        ...said(
          asked,
          safe`Whoever has it is you. Write it on paper; without it, a lost machine is a lost account.`,
        ),
        ...said(asked, safe`Enter, once it is written down. /recoverykey shows it again.`, 'muted'),
      ]
    case 'contact':
      return [
        ...said(
          asked,
          safe`With whom do you want to talk first? Their name on this server; Escape skips this.`,
        ),
        [],
        field(asked, step.editor, true, false, safe`bob`),
        ...(founding.hosted ? hostLines(asked, founding) : []),
      ]
  }
}

/** Whoever started a server wants others on it. */
const hostLines = (asked: Asked, { server }: FoundingState): readonly Line[] => [
  [],
  ...said(
    asked,
    safe`Your server listens at ${safeText(server?.url ?? '')} and runs on by itself.`,
  ),
  ...said(
    asked,
    safe`sotto server invite create lets somebody in; sotto help server says the rest.`,
    'muted',
  ),
]

function keychainLines(asked: Asked, { keychain, osKeychain }: FoundingState): readonly Line[] {
  return [
    ...said(asked, safe`Your keys stay on this machine. Who guards them?`),
    [],
    ...option(asked, keychain === 'os', safe`This system’s keychain: opens with your login`),
    ...option(
      asked,
      keychain === 'file',
      safe`A passphrase: asked for at each start; for machines without a desktop`,
    ),
    [],
    ...(osKeychain === undefined
      ? said(asked, safe`Looking for a keychain…`, 'muted')
      : osKeychain.kind === 'missing'
        ? said(
            asked,
            safe`This machine’s keychain does not answer: ${safeText(osKeychain.why)}`,
            'muted',
          )
        : said(asked, safe`The keychain of this machine works.`, 'muted')),
  ]
}

export function openingLines(model: Model, width: number): readonly Line[] {
  const { screen } = model
  const asked = { model, width }
  if (screen.kind !== 'opening') return []
  const { ask, failure } = screen
  if (failure !== undefined) {
    return [
      ...said(asked, failure.message, 'danger'),
      ...(failure.hint === undefined ? [] : said(asked, failure.hint, 'muted')),
      [],
      ...said(asked, safe`Enter tries again, Escape leaves.`, 'muted'),
    ]
  }
  if (ask === undefined) return said(asked, safe`Opening…`, 'muted')
  return secretLines(asked, ask, safe`The passphrase of this profile:`)
}

export function lockedLines(model: Model, width: number): readonly Line[] {
  const { screen } = model
  const asked = { model, width }
  if (screen.kind !== 'locked') return []
  if (screen.why === 'holder') {
    return secretLines(
      asked,
      screen.ask,
      safe`The process that held this profile is gone. Its passphrase, to go on here:`,
    )
  }
  return screen.main.account?.keychain === 'file'
    ? [
        ...secretLines(asked, screen.ask, safe`Locked. The passphrase of this profile:`),
        ...(screen.failure === undefined ? [] : said(asked, screen.failure, 'danger')),
      ]
    : [
        ...said(asked, safe`Locked. Enter asks this system’s keychain.`),
        ...(screen.ask.state === 'checking' ? said(asked, safe`Asking…`, 'muted') : []),
        ...(screen.failure === undefined ? [] : said(asked, screen.failure, 'danger')),
      ]
}

function secretLines(asked: Asked, ask: Secret, question: SafeText): readonly Line[] {
  return [
    ...said(asked, question),
    [],
    field(asked, ask.editor, true, true),
    ...(ask.state === 'checking' ? said(asked, safe`Checking…`, 'muted') : []),
    ...(ask.wrong && ask.state === 'typing' ? said(asked, safe`That was not it.`, 'danger') : []),
  ]
}
