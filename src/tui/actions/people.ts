// People: asking, accepting, blocking, verifying.

import type { ContactJson } from '../../client/api.ts'
import { nameOf } from '../../client/shown.ts'
import { type SafeText, safe } from '../../protocol/safe-text.ts'
import type { Action, ActionContext } from '../action.ts'
import { EMPTY_EDITOR } from '../editor.ts'
import type { Step } from '../effect.ts'
import type { Main } from '../model.ts'
import type { Deed } from '../request.ts'
import { contactPicker } from '../update/pickers.ts'
import { ask, deed, doing, opened, still, toasted, topOf, withMain } from '../update/step.ts'
import { chatAtHand } from './conversations.ts'

/** Who is meant: by name, or whoever one talks to. */
function whoIs(main: Main, args: string): string | undefined {
  const typed = args.trim().replace(/^@/, '')
  if (typed !== '') return typed.split(/\s+/)[0]
  const chat = chatAtHand(main)
  return chat?.kind === 'direct' ? chat.name : undefined
}

const contactOf = (main: Main, name: string | undefined): ContactJson | undefined =>
  main.contacts.find((contact) => contact.name === name)

const relationIs =
  (...relations: readonly ContactJson['relation'][]) =>
  ({ main, args }: ActionContext): boolean => {
    const contact = contactOf(main, whoIs(main, args))
    return contact !== undefined && relations.includes(contact.relation)
  }

/** Without a name and outside of a conversation with somebody, the person is chosen. */
function withPerson(
  context: ActionContext,
  action: string,
  title: SafeText,
  act: (name: string) => Step,
): Step {
  const { model, main, args } = context
  const name = whoIs(main, args)
  return name === undefined
    ? still(withMain(model, opened(main, contactPicker(main, action, title))))
    : act(name)
}

const simple = (
  action: Pick<Action, 'id' | 'slash' | 'title' | 'summary' | 'commands' | 'available'>,
  question: SafeText,
  what: (name: string) => Deed,
  done: (name: SafeText) => SafeText,
): Action => ({
  group: 'people',
  args: 'contact',
  ...action,
  run: (context) =>
    withPerson(context, action.id, question, (name) =>
      doing(context.model, deed(what(name), done(nameOf(name)))),
    ),
})

function verify(context: ActionContext): Step {
  const { model, main } = context
  return withPerson(context, 'contact.verify', safe`Verify whom?`, (name) =>
    doing(
      withMain(
        model,
        opened(main, {
          kind: 'verify',
          name,
          verification: undefined,
          editor: EMPTY_EDITOR,
          show: 'digits',
          failure: undefined,
        }),
      ),
      ask({ kind: 'verify', params: { name } }),
    ),
  )
}

/** Whoever is shown in the overlay, or named, or talked to. */
const verifiedWhom = ({ main, args }: ActionContext): string | undefined => {
  const top = topOf(main)
  return top?.kind === 'verify' ? top.name : whoIs(main, args)
}

export const PEOPLE: readonly Action[] = [
  {
    id: 'contact.list',
    group: 'people',
    slash: 'contacts',
    title: safe`Contacts and requests`,
    summary: safe`everybody you know; Enter opens the conversation`,
    commands: ['contact list'],
    run: ({ model, main }) =>
      still(withMain(model, opened(main, contactPicker(main, 'chat.jump', safe`Contacts`)))),
  },
  {
    id: 'contact.add',
    group: 'people',
    slash: 'add',
    title: safe`Ask somebody to be a contact`,
    summary: safe`/add NAME, with a first message behind it if you like`,
    args: 'text',
    prompt: safe`Ask whom? Their name on this server`,
    commands: ['contact add'],
    run: ({ model, args }) => {
      const [, name = '', text] = /^@?(\S+)(?:\s+(.+))?$/s.exec(args.trim()) ?? []
      return doing(
        model,
        ask({
          kind: 'do',
          deed: {
            method: 'contact.add',
            params: { name, ...(text === undefined ? {} : { text }) },
          },
          done: safe`${nameOf(name)} was asked.`,
          person: name,
        }),
        ask({ kind: 'contacts' }),
      )
    },
  },
  simple(
    {
      id: 'contact.accept',
      slash: 'accept',
      title: safe`Accept the request`,
      summary: safe`from now on they are a contact`,
      commands: ['contact accept'],
      available: relationIs('incoming'),
    },
    safe`Accept whom?`,
    (name) => ({ method: 'contact.accept', params: { name } }),
    (name) => safe`${name} is a contact now.`,
  ),
  simple(
    {
      id: 'contact.decline',
      slash: 'decline',
      title: safe`Decline the request`,
      summary: safe`no contact; they are not told, and a new message of theirs asks again`,
      available: relationIs('incoming'),
    },
    safe`Decline whom?`,
    (name) => ({ method: 'contact.remove', params: { name } }),
    (name) => safe`${name} is no contact, and was not told.`,
  ),
  simple(
    {
      id: 'contact.block',
      slash: 'block',
      title: safe`Block`,
      summary: safe`take nothing from them any more; they are not told`,
      commands: ['contact block'],
      available: relationIs('incoming', 'accepted', 'outgoing', 'none'),
    },
    safe`Block whom?`,
    (name) => ({ method: 'contact.block', params: { name } }),
    (name) => safe`${name} is blocked.`,
  ),
  simple(
    {
      id: 'contact.unblock',
      slash: 'unblock',
      title: safe`Unblock`,
      summary: safe`take messages from them again`,
      commands: ['contact unblock'],
      available: relationIs('blocked'),
    },
    safe`Unblock whom?`,
    (name) => ({ method: 'contact.unblock', params: { name } }),
    (name) => safe`${name} is not blocked any more.`,
  ),
  simple(
    {
      id: 'contact.remove',
      slash: 'remove',
      title: safe`Forget the contact`,
      summary: safe`the history stays`,
      commands: ['contact remove'],
      available: relationIs('accepted', 'outgoing', 'none'),
    },
    safe`Forget whom?`,
    (name) => ({ method: 'contact.remove', params: { name } }),
    (name) => safe`${name} is forgotten.`,
  ),
  {
    id: 'contact.alias',
    group: 'people',
    slash: 'alias',
    title: safe`A name of your own for somebody`,
    summary: safe`/alias THEIR-NAME YOUR-NAME; without yours the old one is taken away`,
    args: 'contact',
    commands: ['contact alias'],
    run: ({ model, main, args }) => {
      const [, name, alias] = /^@?(\S+)(?:\s+(.+))?$/.exec(args.trim()) ?? []
      if (name === undefined) {
        const whom = whoIs(main, '')
        if (whom === undefined) {
          return still(
            withMain(
              model,
              opened(main, contactPicker(main, 'contact.alias-of', safe`A name for whom?`)),
            ),
          )
        }
        return askAlias(model, main, whom)
      }
      return doing(
        model,
        deed(
          { method: 'contact.alias', params: { name, alias: alias ?? null } },
          alias === undefined ? safe`The name is taken away.` : safe`Named.`,
        ),
      )
    },
  },
  {
    id: 'contact.alias-of',
    group: 'people',
    title: safe`A name of your own for one person`,
    summary: safe`asks for the name`,
    available: () => false,
    run: ({ model, main, args }) => askAlias(model, main, args),
  },
  {
    id: 'contact.verify',
    group: 'people',
    slash: 'verify',
    title: safe`Verify`,
    summary: safe`the safety number that you and a contact compare, as digits, words and QR`,
    args: 'contact',
    commands: ['verify'],
    run: verify,
  },
  {
    id: 'contact.verified',
    group: 'people',
    slash: 'verified',
    title: safe`Mark as verified: I compared`,
    summary: safe`you compared all digits or words with them`,
    args: 'contact',
    available: ({ main, args }) => contactOf(main, whoIs(main, args))?.trust === 'unverified',
    run: (context) => {
      const name = verifiedWhom(context)
      return name === undefined
        ? toasted(still(context.model), 'plain', safe`Whom?`)
        : doing(
            context.model,
            ask({ kind: 'verify', params: { name, yes: true } }),
            ask({ kind: 'contacts' }),
          )
    },
  },
  {
    id: 'contact.accept-change',
    group: 'people',
    slash: 'acceptchange',
    title: safe`Accept the changed identity`,
    summary: safe`go on with somebody whose identity changed; ask them first`,
    args: 'contact',
    available: ({ main, args }) => contactOf(main, whoIs(main, args))?.trust === 'changed',
    run: (context) => {
      const { model, main, args } = context
      const name = verifiedWhom(context)
      if (name === undefined) return toasted(still(model), 'plain', safe`Whom?`)
      if (args !== `${name} really`) {
        return still(
          withMain(
            model,
            opened(main, {
              kind: 'confirm',
              question: safe`${nameOf(name)} has another identity: a new device, or somebody else. Did you ask them?`,
              yes: { action: 'contact.accept-change', args: `${name} really` },
              danger: true,
            }),
          ),
        )
      }
      return doing(
        model,
        ask({
          kind: 'do',
          deed: { method: 'verify', params: { name, acceptChange: true } },
          done: safe`Accepted. Verify them again.`,
        }),
        ask({ kind: 'contacts' }),
      )
    },
  },
]

const askAlias = (model: ActionContext['model'], main: Main, name: string): Step =>
  still(
    withMain(
      model,
      opened(main, {
        kind: 'prompt',
        title: safe`A name of your own for ${nameOf(name)}`,
        help: safe`Only you see it.`,
        editor: EMPTY_EDITOR,
        action: 'contact.alias',
        before: `${name} `,
      }),
    ),
  )
