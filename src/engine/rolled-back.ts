// A server that forgot: its data went back to a backup, or to an older copy of its folder. What it
// says of our prekeys is old, what it took of us may be gone, and so may what it took for us.
// Nothing of that is lost as long as the two devices have it: it is said again.

import { decode, encode, struct, u8, u64, type Value } from '../protocol/codec.ts'
import type { LogId, MessageId } from '../protocol/ids.ts'
import { RETENTION_MS } from '../protocol/limits.ts'
import type { Draft } from './draft.ts'
import { oweReceipt } from './receipts.ts'
import { PREKEY_REPLACE, REPLACE_ASKED } from './reset.ts'
import { post } from './seal.ts'
import { letterOf } from './send.ts'
import type { Message, View } from './state.ts'
import type { Step } from './step.ts'
import { Stop } from './stop.ts'

/** Messages that are looked at again; a day of a busy person, a minute's work. */
const MAX_RECENT = 2_000

/** As long as it stands, messages are to be sent again. */
const AGAIN = 'rolled-back/again'

/** Two restores in an hour are a bad day and are answered at once. Whoever claims more of them makes
 *  us write to everybody and replace our keys without end: the next is answered when an hour has
 *  passed, and loses nothing, as the messages stay where they are. */
const INTERVAL_MS = 3_600_000

/** The last two times that it was answered. */
const ANSWERED = 'rolled-back/answered'
const answered = struct({ before: u64, last: u64 })
/** When the one is answered that came too soon. */
const DUE = 'rolled-back/due'

export function noteRolledBack(draft: Draft): void {
  const { view } = draft.context
  draft.write({ kind: 'forgetAppended' })
  if (view.meta(DUE) !== undefined) return
  const { before } = answeredAt(view)
  const isSoon = before !== 0 && draft.now >= before && draft.now < before + INTERVAL_MS
  if (isSoon) {
    const value = encode(u64, before + INTERVAL_MS)
    draft.write({ kind: 'putMeta', key: DUE, value })
    draft.notify({ kind: 'due' })
  } else answerRolledBack(draft)
}

function answeredAt(view: View): Value<typeof answered> {
  const bytes = view.meta(ANSWERED)
  return bytes === undefined ? { before: 0, last: 0 } : decode(answered, bytes)
}

/** When `answerDueRollback` has something to do; a moment far ahead is of a clock set back. */
export function nextRollback(view: View, now: number): number | undefined {
  const bytes = view.meta(DUE)
  if (bytes === undefined) return undefined
  const due = decode(u64, bytes)
  return due > now + INTERVAL_MS ? now : due
}

export function answerDueRollback(draft: Draft): void {
  const due = nextRollback(draft.context.view, draft.now)
  if (due === undefined || due > draft.now) return
  draft.write({ kind: 'deleteMeta', key: DUE })
  answerRolledBack(draft)
}

function answerRolledBack(draft: Draft): void {
  const { now } = draft
  const { last } = answeredAt(draft.context.view)
  draft.write(
    { kind: 'putMeta', key: ANSWERED, value: encode(answered, { before: last, last: now }) },
    { kind: 'putMeta', key: PREKEY_REPLACE, value: REPLACE_ASKED },
    { kind: 'putMeta', key: AGAIN, value: encode(u8, 1) },
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
