// Delivered and read. Only to accepted contacts, only for messages that a person sees, in batches
// and after a random wait, so that nobody learns from them when this device woke up (M1).

import type { AccountId, MessageId } from '../protocol/ids.ts'
import { MAX_RECEIPTS } from './content/receipt.ts'
import type { Draft } from './draft.ts'
import { control, post } from './seal.ts'
import type { Receipt, View } from './state.ts'

/** Long enough to hide the moment and to gather a batch, short enough to feel prompt. */
const MIN_DELAY_MS = 1_000
const MAX_DELAY_MS = 5_000

export function oweReceipt(
  draft: Draft,
  account: AccountId,
  message: MessageId,
  kind: Receipt['kind'],
): void {
  if (draft.contact(account)?.relation !== 'accepted') return
  const dueAt = draft.now + delay(draft)
  draft.write({ kind: 'addReceipt', receipt: { account, message, kind, dueAt } })
  draft.notify({ kind: 'due' })
}

/** The accounts that are owed a batch now. */
export function accountsOwed(view: View, now: number): readonly AccountId[] {
  return [...new Set(view.dueReceipts(now).map((receipt) => receipt.account))]
}

/** One batch to one account: what is due takes along what soon will be. Stops with needs. */
export function sendReceipts(draft: Draft, account: AccountId): void {
  const owed = draft.context.view
    .dueReceipts(draft.now + MAX_DELAY_MS)
    .filter((receipt) => receipt.account === account)
  const ofKind = (kind: Receipt['kind']): readonly MessageId[] =>
    owed
      .filter((receipt) => receipt.kind === kind)
      .slice(0, MAX_RECEIPTS)
      .map((receipt) => receipt.message)
  const delivered = ofKind('delivered')
  const read = ofKind('read')
  if (draft.contact(account)?.relation === 'accepted') {
    const letter = control(draft, { kind: 'receipt', delivered, read })
    post(draft, account, letter, { message: undefined, chat: undefined })
  }
  const settle = (kind: Receipt['kind'], messages: readonly MessageId[]): void => {
    for (const message of messages) {
      draft.write({ kind: 'deleteReceipt', receipt: { account, message, kind } })
    }
  }
  settle('delivered', delivered)
  settle('read', read)
}

/** After a clock that was set back: none waits longer than it would have from now. */
export function hurryReceipts(draft: Draft): void {
  for (const receipt of draft.context.view.dueReceipts(Number.MAX_SAFE_INTEGER)) {
    if (receipt.dueAt <= draft.now + MAX_DELAY_MS) continue
    draft.write(
      { kind: 'deleteReceipt', receipt },
      { kind: 'addReceipt', receipt: { ...receipt, dueAt: draft.now } },
    )
  }
}

/** Gives up what is owed to somebody who cannot be written to. */
export function forgetReceipts(draft: Draft, account: AccountId): void {
  for (const { message, kind } of draft.context.view
    .dueReceipts(Number.MAX_SAFE_INTEGER)
    .filter((receipt) => receipt.account === account)) {
    draft.write({ kind: 'deleteReceipt', receipt: { account, message, kind } })
  }
}

function delay(draft: Draft): number {
  const [high = 0, low = 0] = draft.context.env.random(2)
  return MIN_DELAY_MS + Math.floor(((high * 256 + low) / 65_536) * (MAX_DELAY_MS - MIN_DELAY_MS))
}
