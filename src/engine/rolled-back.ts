// A server that forgot: its data went back to a backup, or to an older copy of its folder. What it
// says of our prekeys is old, what it took of us may be gone, and so may what it took for us.
// Nothing of that is lost as long as the two devices have it: it is said again.

import { encode, u8 } from '../protocol/codec.ts'
import type { LogId, MessageId } from '../protocol/ids.ts'
import { RETENTION_MS } from '../protocol/limits.ts'
import type { Draft } from './draft.ts'
import { oweReceipt } from './receipts.ts'
import { PREKEY_REPLACE } from './reset.ts'
import { post } from './seal.ts'
import { letterOf } from './send.ts'
import type { Message, View } from './state.ts'
import type { Step } from './step.ts'
import { Stop } from './stop.ts'

/** Messages that are looked at again; a day of a busy person, a minute's work. */
const MAX_RECENT = 2_000

/** As long as it stands, messages are to be sent again. */
const AGAIN = 'rolled-back/again'

export function noteRolledBack(draft: Draft): void {
  draft.write(
    { kind: 'putMeta', key: PREKEY_REPLACE, value: encode(u8, 1) },
    { kind: 'putMeta', key: AGAIN, value: encode(u8, 1) },
    { kind: 'forgetAppended' },
  )
  const data = { code: 'server_rolled_back', account: null, device: null, seq: null } as const
  draft.event({}, { type: 'error', data })
  // Whose receipt was lost would believe for ever that the message was.
  for (const message of recent(draft.context.view)) {
    if (message.direction === 'in') oweReceipt(draft, message.account, message.id, 'delivered')
  }
  draft.notify({ kind: 'due' })
}

/** A sender’s own numbers in a log only grow: a fresh entry at or below one that it was told before
 *  stands in a log that was cut off. */
export function noteAppended(draft: Draft, log: LogId, seq: number): void {
  const before = draft.context.view.appended(log)
  if (before !== undefined && seq <= before) noteRolledBack(draft)
  draft.write({ kind: 'putAppended', log, seq })
}

export const isAgainDue = (view: View): boolean => view.meta(AGAIN) !== undefined

/** Of one's own, what the server took and nobody is known to have. Oldest first. */
export const lostMessages = (view: View): readonly MessageId[] =>
  recent(view)
    .filter(({ direction, status }) => direction === 'out' && status === 'stored')
    .map(({ id }) => id)

/** Encrypted anew under the id that it has: whoever has it already drops it. Stops with needs. */
export function sendAgain(draft: Draft, id: MessageId): Step {
  const message = draft.context.view.message(id)
  const chat = message && draft.chat(message.chat)
  if (message?.status !== 'stored' || chat?.kind !== 'direct' || chat.account === undefined) {
    return draft.done()
  }
  const contact = draft.contact(chat.account)
  const letter = letterOf(message)
  if (letter === undefined || contact === undefined || contact.relation === 'blocked') {
    return draft.done()
  }
  try {
    post(draft, chat.account, letter, { message: id, chat: chat.id })
  } catch (error) {
    // Somebody who cannot be written to now, such as one whose key changed: it stays as it is.
    if (error instanceof Stop && error.step.kind === 'refused') return draft.anew().done()
    throw error
  }
  draft.updateMessage({ ...message, status: 'queued' })
  return draft.done()
}

export const allSentAgain = (draft: Draft): void => {
  draft.write({ kind: 'deleteMeta', key: AGAIN })
}

/** What the server may have kept, by its own times: our clock may be off. Peers remember for twice
 *  as long which messages came. */
function recent(view: View): readonly Message[] {
  const stamped = view
    .recent(0, MAX_RECENT)
    .filter(({ status }) => status !== 'queued' && status !== 'scheduled' && status !== 'failed')
  const newest = Math.max(...stamped.map(({ receivedAt }) => receivedAt))
  return stamped.filter(({ receivedAt }) => receivedAt >= newest - RETENTION_MS)
}
