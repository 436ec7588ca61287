// What was refused comes back to be written on: a text, its files, what it answered; an edit.

import { editorOf } from '../editor.ts'
import type { Composer, Main } from '../model.ts'
import type { Deed, Request } from '../request.ts'
import { EMPTY_COMPOSER, editOf } from './composer.ts'

type Send = Extract<Request, { kind: 'send' }>

/** Into the conversation that it was for, wherever one is now. What was begun there meanwhile stays
 *  behind it. */
export function withUnsent(main: Main, request: Send): Main {
  const key = keyFor(main, request.to)
  const composer = main.composers.get(key) ?? EMPTY_COMPOSER
  // A message that is being edited is left alone: the text waits behind it.
  const isEditing = composer.mode.kind === 'edit'
  const below = composer.mode.kind === 'edit' ? composer.mode.before : composer
  const back = joined(main, below, request)
  const next = isEditing
    ? { ...composer, mode: { ...composer.mode, before: back } as Composer['mode'] }
    : back
  return { ...main, composers: new Map(main.composers).set(key, next) }
}

function joined(main: Main, composer: Composer, { reply, ...request }: Send): Composer {
  const { at, expire, files, silent, text } = request
  const begun = composer.editor.text
  const answered = reply === undefined ? undefined : messageOf(main, reply)
  return {
    ...composer,
    editor: editorOf(begun === '' ? text : `${text}\n${begun}`, composer.editor.killed),
    mode:
      composer.mode.kind === 'new' && answered !== undefined
        ? { kind: 'reply', to: answered }
        : composer.mode,
    files: [...new Set([...files, ...composer.files])],
    options: {
      ...(at === undefined ? {} : { at }),
      ...(expire === undefined ? {} : { expire }),
      ...(silent === undefined ? {} : { silent }),
      ...composer.options,
    },
    completion: undefined,
    literal: true,
    recalled: -1,
  }
}

/** An edit that was refused is an edit again, where nothing else was begun. */
export function withUnedited(main: Main, deed: Deed): Main {
  if (deed.method !== 'msg.edit') return main
  const message = messageOf(main, deed.params.id)
  const composer =
    message === undefined ? undefined : (main.composers.get(message.chat.id) ?? EMPTY_COMPOSER)
  if (message === undefined || composer === undefined || composer.mode.kind === 'edit') return main
  const next = { ...editOf(composer, message), editor: editorOf(deed.params.text) }
  return { ...main, composers: new Map(main.composers).set(message.chat.id, next) }
}

const messageOf = (main: Main, id: string) =>
  [...main.threads.values()].flatMap(({ messages }) => messages).find((one) => one.id === id)

/** As `composerKey` names it: a conversation, or a person with whom there is none yet. */
function keyFor(main: Main, to: string): string {
  if (main.threads.has(to) || main.known.has(to)) return to
  const chat = [...main.known.values()].find(({ kind, name }) => kind !== 'group' && name === to)
  return chat?.id ?? `@${to}`
}
