// What one does to the message that is selected; without a selection, to the newest.

import type { MessageJson } from '../../client/api.ts'
import { type SafeText, safe } from '../../protocol/safe-text.ts'
import type { Action, ActionContext } from '../action.ts'
import { EMPTY_EDITOR } from '../editor.ts'
import type { Step } from '../effect.ts'
import { firstLine } from '../layout/message.ts'
import type { Main } from '../model.ts'
import { placed } from '../path.ts'
import { composerOf, editOf, replyTo, withComposer } from '../update/composer.ts'
import { goToMessage } from '../update/going.ts'
import { messageLines, page } from '../update/pages.ts'
import { chatPicker, emojiPicker } from '../update/pickers.ts'
import { pictureOf, viewPicture } from '../update/pictures.ts'
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

const QUICK_REACTION = '👍'

/** The one that is selected; else the newest, or the newest that can be meant. */
function messageAtHand(
  main: Main,
  canBe: (message: MessageJson) => boolean = () => true,
): MessageJson | undefined {
  const pane = paneOf(main)
  const thread = pane?.chat === undefined ? undefined : main.threads.get(pane.chat)
  const selected = thread?.messages.find(({ id }) => id === pane?.selected)
  return selected ?? thread?.messages.findLast(canBe)
}

const known = (main: Main): readonly MessageJson[] =>
  [...main.threads.values()].flatMap(({ messages }) => messages)

const hasMessage = ({ main }: ActionContext): boolean => {
  const message = messageAtHand(main)
  return message !== undefined && message.kind !== 'deleted'
}
const isOwn = ({ direction, kind }: MessageJson): boolean =>
  direction === 'out' && kind !== 'deleted'
const hasOwn = ({ main }: ActionContext): boolean => {
  const message = messageAtHand(main, isOwn)
  return message !== undefined && isOwn(message)
}
const hasFile = ({ main }: ActionContext): boolean =>
  (messageAtHand(main)?.attachments.length ?? 0) > 0

function withMessage(
  { model, main }: ActionContext,
  act: (message: MessageJson) => Step,
  canBe?: (message: MessageJson) => boolean,
): Step {
  const message = messageAtHand(main, canBe)
  return message === undefined
    ? toasted(still(model), 'plain', safe`There is no message.`)
    : act(message)
}

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

/** What is about to be lost is said: without a selection nobody could know. */
const deleteQuestion = (message: MessageJson, where: 'here' | 'everywhere'): SafeText =>
  where === 'here'
    ? safe`Delete here, while others keep it: ${firstLine(message)}`
    : safe`Delete for everyone: ${firstLine(message)}`

function remove(context: ActionContext, where: 'here' | 'everywhere'): Step {
  const { model, main, args } = context
  // The answer to the question names the message, whatever came meanwhile.
  if (known(main).some(({ id }) => id === args)) {
    const params = { id: args, ...(where === 'here' ? {} : { forEveryone: true }) }
    return doing(model, deed({ method: 'msg.delete', params }))
  }
  const action = where === 'here' ? 'message.delete' : 'message.delete-for-everyone'
  return withMessage(
    context,
    (message) =>
      still(
        withMain(
          model,
          opened(main, {
            kind: 'confirm',
            question: deleteQuestion(message, where),
            yes: { action, args: message.id },
            danger: true,
          }),
        ),
      ),
    where === 'here' ? undefined : isOwn,
  )
}

/** The list gives the message's id; the answer to the question says `yes` behind it. */
function cancelScheduled({ model, main, args }: ActionContext): Step {
  const [id = '', answer] = args.split(' ')
  if (answer === 'yes') {
    return doing(model, deed({ method: 'msg.delete', params: { id } }, safe`It will not be sent.`))
  }
  return still(
    withMain(
      model,
      opened(main, {
        kind: 'confirm',
        question: safe`Cancel it? It is not sent then, and its text is gone.`,
        yes: { action: 'scheduled.cancel', args: `${id} yes` },
        danger: true,
      }),
    ),
  )
}

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

function save(context: ActionContext): Step {
  const { model, args } = context
  return withMessage(context, ({ attachments }) => {
    const [file] = attachments
    if (file === undefined) return toasted(still(model), 'plain', safe`It has no file.`)
    const output = args === '' ? model.folders.downloads : placed(model, args)
    return doing(
      model,
      ...attachments.map(({ id }) => deed({ method: 'download', params: { id, output } })),
    )
  })
}

function saveIn(context: ActionContext): Step {
  const { model, main } = context
  return withMessage(context, ({ attachments }) => {
    const [file] = attachments
    if (file === undefined) return toasted(still(model), 'plain', safe`It has no file.`)
    return doing(
      withMain(
        model,
        opened(main, {
          kind: 'files',
          purpose: { kind: 'save', attachment: file.id },
          folder: model.folders.downloads,
          entries: undefined,
          filter: EMPTY_EDITOR,
          selected: 0,
          failure: undefined,
        }),
      ),
      { kind: 'listFolder', folder: model.folders.downloads },
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

const openSaved = ({ model }: ActionContext, path: string): Step =>
  doing(model, { kind: 'openFile', path })

const info = ({ model, main }: ActionContext, message: MessageJson): Step =>
  still(
    withMain(
      model,
      opened(main, page('message', safe`This message`, messageLines(message, model.now))),
    ),
  )

function view(context: ActionContext): Step {
  const { model, main } = context
  return withMessage(context, (message) => {
    const picture = pictureOf(message)
    if (picture === undefined) return toasted(still(model), 'plain', safe`It has no picture.`)
    if (picture.path === null) return save({ ...context, args: '' })
    return viewPicture(model, main, picture)
  })
}

/** From a search, a pin, a quote: there, in its conversation. */
function show({ model, main, args }: ActionContext): Step {
  const chat = known(main).find(({ id }) => id === args)?.chat.id
  return chat === undefined
    ? doing(model, ask({ kind: 'locate', id: args }))
    : goToMessage(model, chat, args)
}

const act = (action: Omit<Action, 'group'>): Action => ({ group: 'message', ...action })

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
  act({
    id: 'message.save',
    slash: 'save',
    title: safe`Save its files`,
    summary: safe`to the downloads folder, or /save FOLDER`,
    args: 'path',
    commands: ['download'],
    available: hasFile,
    run: save,
  }),
  act({
    id: 'message.save-in',
    slash: 'savein',
    title: safe`Save its file in a folder`,
    summary: safe`choose the folder`,
    available: hasFile,
    run: saveIn,
  }),
  act({
    id: 'message.view',
    slash: 'view',
    title: safe`Look at its picture`,
    summary: safe`a PNG or JPEG, here`,
    available: hasFile,
    run: view,
  }),
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
  act({
    id: 'message.delete',
    slash: 'delete',
    title: safe`Delete here`,
    summary: safe`on this device only`,
    commands: ['msg delete'],
    available: hasMessage,
    run: (context) => remove(context, 'here'),
  }),
  act({
    id: 'message.delete-for-everyone',
    slash: 'unsend',
    title: safe`Delete for everyone`,
    summary: safe`ask the others’ devices to delete it too`,
    available: hasOwn,
    run: (context) => remove(context, 'everywhere'),
  }),
  act({
    id: 'scheduled.cancel',
    title: safe`Cancel a scheduled message`,
    summary: safe`it is not sent`,
    available: () => false,
    run: cancelScheduled,
  }),
]
