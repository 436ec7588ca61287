// Which message is meant: the one that is selected; without a selection, the newest.

import type { MessageJson } from '../../client/api.ts'
import { safe } from '../../protocol/safe-text.ts'
import type { Action, ActionContext } from '../action.ts'
import type { Step } from '../effect.ts'
import type { Main } from '../model.ts'
import { paneOf, still, toasted } from '../update/step.ts'

export const act = (action: Omit<Action, 'group'>): Action => ({ group: 'message', ...action })

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

export const known = (main: Main): readonly MessageJson[] =>
  [...main.threads.values()].flatMap(({ messages }) => messages)

export const hasMessage = ({ main }: ActionContext): boolean => {
  const message = messageAtHand(main)
  return message !== undefined && message.kind !== 'deleted'
}
export const isOwn = ({ direction, kind }: MessageJson): boolean =>
  direction === 'out' && kind !== 'deleted'
export const hasOwn = ({ main }: ActionContext): boolean => {
  const message = messageAtHand(main, isOwn)
  return message !== undefined && isOwn(message)
}
export const hasFile = ({ main }: ActionContext): boolean =>
  (messageAtHand(main)?.attachments.length ?? 0) > 0

export function withMessage(
  { model, main }: ActionContext,
  doIt: (message: MessageJson) => Step,
  canBe?: (message: MessageJson) => boolean,
): Step {
  const message = messageAtHand(main, canBe)
  return message === undefined
    ? toasted(still(model), 'plain', safe`There is no message.`)
    : doIt(message)
}
