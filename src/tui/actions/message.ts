// What one does to the message that is selected; without a selection, to the newest.

import type { MessageJson } from '../../client/api.ts'
import { safe } from '../../protocol/safe-text.ts'
import type { Action, ActionContext } from '../action.ts'
import type { Step } from '../effect.ts'
import type { Main } from '../model.ts'
import { composerOf, editOf, replyTo, withComposer } from '../update/composer.ts'
import { goToMessage } from '../update/going.ts'
import { messageLines, page } from '../update/pages.ts'
import { chatPicker, emojiPicker } from '../update/pickers.ts'
import {
  ask,
  deed,
  doing,
  opened,
  paneOf,
  still,
  toasted,
  withMain,
  withPane,
} from '../update/step.ts'
import { act, hasMessage, hasOwn, isOwn, known, withMessage } from './at-hand.ts'
import { MESSAGE_DELETION } from './message-deletion.ts'
import { MESSAGE_FILES, openSaved, save } from './message-files.ts'

const QUICK_REACTION = '👍'

/** Back to writing, with what was selected in hand. */
function composing({ model }: ActionContext, main: Main): Step {
  const pane = paneOf(main)
  const next = pane === undefined ? main : withPane(main, { ...pane, selected: undefined })
  return still(withMain(model, { ...next, focus: 'composer', mode: 'insert' }))
}

const reply = (context: ActionContext): Step =>
  withMessage(context, (message) => {
    const { main } = context
    return composing(context, withComposer(main, replyTo(composerOf(main), message)))
  })

const edit = (context: ActionContext): Step =>
  withMessage(
    context,
    (message) => {
      const { main, model } = context
      return isOwn(message)
        ? composing(context, withComposer(main, editOf(composerOf(main), message)))
        : toasted(still(model), 'plain', safe`Only your own messages can be edited.`)
    },
    isOwn,
  )

function react(context: ActionContext): Step {
  const { model, main, args } = context
  if (args === '') {
    return still(withMain(model, opened(main, emojiPicker('message.react', safe`React with`))))
  }
  return withMessage(context, ({ id, reactions }) => {
    const own = main.account?.name
    const has = reactions.some(({ emoji, from }) => emoji === args && from === own)
    return doing(
      model,
      deed({ method: has ? 'msg.unreact' : 'msg.react', params: { id, emoji: args } }),
    )
  })
}

/** Forwarding knows which message was meant, whatever is selected when the answer comes. */
function forward(context: ActionContext): Step {
  const { model, main, args } = context
  const [id, to] = args.split(' ')
  return withMessage(context, (message) => {
    if (id === undefined || to === undefined) {
      const whom = chatPicker(main, 'message.forward', safe`Forward to whom?`, `${message.id} `)
      return still(withMain(model, opened(main, whom)))
    }
    return doing(
      model,
      ask({
        kind: 'forward',
        id,
        to: to.replace(/^@/, ''),
        key: `${model.session} forward ${id} ${to} ${model.now}`,
      }),
    )
  })
}

/** Enter: a saved file is opened, one that is not is saved, and of anything else the details. */
function open(context: ActionContext): Step {
  return withMessage(context, (message) => {
    const [file] = message.attachments
    if (file === undefined) return info(context, message)
    return file.path === null ? save({ ...context, args: '' }) : openSaved(context, file.path)
  })
}

const info = ({ model, main }: ActionContext, message: MessageJson): Step =>
  still(
    withMain(
      model,
      opened(main, page('message', safe`This message`, messageLines(message, model.now))),
    ),
  )

/** From a search, a pin, a quote: there, in its conversation. */
function show({ model, main, args }: ActionContext): Step {
  const chat = known(main).find(({ id }) => id === args)?.chat.id
  return chat === undefined
    ? doing(model, ask({ kind: 'locate', id: args }))
    : goToMessage(model, chat, args)
}

export const MESSAGE: readonly Action[] = [
  act({
    id: 'message.open',
    title: safe`Open`,
    summary: safe`its file: saved, then opened; without a file, its details`,
    available: hasMessage,
    run: open,
  }),
  act({
    id: 'message.reply',
    slash: 'reply',
    title: safe`Reply`,
    summary: safe`answer this message`,
    available: hasMessage,
    run: reply,
  }),
  act({
    id: 'message.edit',
    slash: 'edit',
    title: safe`Edit`,
    summary: safe`change what you wrote`,
    commands: ['msg edit'],
    available: hasOwn,
    run: edit,
  }),
  act({
    id: 'message.react',
    slash: 'react',
    title: safe`React, or take a reaction back`,
    summary: safe`an emoji beside it; the same again takes it back`,
    args: 'emoji',
    commands: ['msg react', 'msg unreact'],
    available: hasMessage,
    run: react,
  }),
  act({
    id: 'message.like',
    slash: 'like',
    title: safe`Thumbs up`,
    summary: safe`the shortest reaction`,
    available: hasMessage,
    run: (context) => react({ ...context, args: QUICK_REACTION }),
  }),
  act({
    id: 'message.pin',
    slash: 'pin',
    title: safe`Pin, or unpin`,
    summary: safe`keep it among the pins of the conversation`,
    commands: ['msg pin', 'msg unpin'],
    available: hasMessage,
    run: (context) =>
      withMessage(context, ({ id, pinned }) =>
        doing(
          context.model,
          deed(
            { method: pinned === true ? 'msg.unpin' : 'msg.pin', params: { id } },
            pinned === true ? safe`Not pinned any more.` : safe`Pinned.`,
          ),
        ),
      ),
  }),
  act({
    id: 'message.forward',
    slash: 'forward',
    title: safe`Forward`,
    summary: safe`send it on to somebody else`,
    commands: ['msg forward'],
    available: hasMessage,
    run: forward,
  }),
  act({
    id: 'message.copy',
    slash: 'copy',
    title: safe`Copy its text`,
    summary: safe`its plain text to the clipboard`,
    available: hasMessage,
    run: (context) =>
      withMessage(context, ({ body }) =>
        toasted(doing(context.model, { kind: 'copy', text: body }), 'good', safe`Copied.`),
      ),
  }),
  ...MESSAGE_FILES,
  act({
    id: 'message.info',
    slash: 'info',
    title: safe`Details of the message`,
    summary: safe`times, device, status, files`,
    commands: ['msg show'],
    available: hasMessage,
    run: (context) => withMessage(context, (message) => info(context, message)),
  }),
  act({
    id: 'message.show',
    title: safe`Go to a message`,
    summary: safe`there, in its conversation`,
    available: () => false,
    run: show,
  }),
  ...MESSAGE_DELETION,
]
