// To accept somebody's request: by saying so, or by answering.

import { directChat } from './chats.ts'
import type { Draft } from './draft.ts'
import { oweReceipt } from './receipts.ts'
import { control, post } from './seal.ts'
import type { Contact } from './state.ts'

/** Messages of a request that are acknowledged when it is accepted; older ones are not news. */
const MAX_RECEIPTS_OWED = 256

export function grant(draft: Draft, contact: Contact): void {
  const { account } = contact
  const letter = control(draft, { kind: 'contact_accept' })
  post(draft, account, letter, { message: undefined, chat: undefined })
  draft.putContact({ ...contact, relation: 'accepted' })
  const chat = directChat(draft, account)
  for (const message of draft.context.view.messagesAfter(chat.id, 0, MAX_RECEIPTS_OWED)) {
    if (message.direction === 'in') oweReceipt(draft, account, message.id, 'delivered')
  }
}
