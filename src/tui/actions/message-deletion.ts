// Deleting a message, here or everywhere, and cancelling one that waits for its time.

import type { MessageJson } from '../../client/api.ts'
import { type SafeText, safe } from '../../protocol/safe-text.ts'
import type { Action, ActionContext } from '../action.ts'
import type { Step } from '../effect.ts'
import { firstLine } from '../layout/message.ts'
import { deed, doing, opened, still, withMain } from '../update/step.ts'
import { act, hasMessage, hasOwn, isOwn, known, withMessage } from './at-hand.ts'

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

export const MESSAGE_DELETION: readonly Action[] = [
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
