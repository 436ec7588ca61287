// The face of everything that is wanted: one intent in, one step out.

import { deleteForEveryone, deleteLocal, editMessage, pinMessage, react } from './amend.ts'
import { deleteChat, markRead, openChat, setChat } from './chats.ts'
import {
  acceptChange,
  acceptContact,
  addContact,
  aliasContact,
  markVerified,
  relate,
  removeContact,
  unblockContact,
} from './contacts.ts'
import { Draft } from './draft.ts'
import type { Intent } from './intent.ts'
import { mendRollback } from './reset.ts'
import { attachmentUploaded, sendMessage, uploadFailed } from './send.ts'
import type { Context, Step } from './step.ts'
import { refuse, stepping } from './stop.ts'

export const decide = (context: Context, intent: Intent): Step =>
  stepping(() => decideInto(new Draft(context), intent))

function decideInto(draft: Draft, intent: Intent): Step {
  switch (intent.kind) {
    case 'sendMessage':
      return sendMessage(draft, intent)
    case 'attachmentUploaded':
      return attachmentUploaded(draft, intent.id, intent)
    case 'uploadFailed':
      return uploadFailed(draft, intent.id, intent.reason)
    case 'attachmentChanged':
      return attachmentChanged(draft, intent)
    case 'editMessage':
      return editMessage(draft, intent.message, intent.text)
    case 'deleteForEveryone':
      return deleteForEveryone(draft, intent.message)
    case 'deleteLocal':
      return deleteLocal(draft, intent.message)
    case 'react':
      return react(draft, intent.message, intent.emoji, false)
    case 'unreact':
      return react(draft, intent.message, intent.emoji, true)
    case 'pinMessage':
      return pinMessage(draft, intent.message, intent.pinned)
    case 'addContact':
      return addContact(draft, intent.name, intent.text)
    case 'acceptContact':
      return acceptContact(draft, intent.account)
    case 'blockContact':
      return relate(draft, intent.account, 'blocked')
    case 'unblockContact':
      return unblockContact(draft, intent.account)
    case 'removeContact':
      return removeContact(draft, intent.account)
    case 'aliasContact':
      return aliasContact(draft, intent.account, intent.alias)
    case 'markVerified':
      return markVerified(draft, intent.account, intent.key)
    case 'acceptChange':
      return acceptChange(draft, intent.account)
    case 'markRead':
      return markRead(draft, intent.chat, intent.upTo)
    case 'setChat':
      return setChat(draft, intent.chat, intent.change)
    case 'deleteChat':
      return deleteChat(draft, intent.chat)
    case 'openChat':
      return openChat(draft, intent.to)
    case 'setConsumer':
      draft.write({ kind: 'putConsumer', name: intent.name, cursor: intent.cursor })
      return draft.done()
    case 'mendRollback':
      return mendRollback(draft)
  }
}

function attachmentChanged(
  draft: Draft,
  intent: Extract<Intent, { kind: 'attachmentChanged' }>,
): Step {
  const attachment = draft.context.view.attachment(intent.id)
  if (attachment === undefined) return refuse('not_found', 'no such attachment')
  const { state, transferred, path = attachment.path } = intent
  draft.write({ kind: 'putAttachment', attachment: { ...attachment, state, transferred, path } })
  const message = draft.context.view.message(attachment.message)
  // Where it lies now is a part of what is shown of its message.
  if (path !== attachment.path && message !== undefined) {
    draft.notify({ kind: 'message', message: message.id, chat: message.chat, change: 'updated' })
  }
  return draft.done()
}
