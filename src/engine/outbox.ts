// What the server said to an append of ours: durable, later, or never.

import type { RefusedReason } from '../protocol/frames.ts'
import type { AccountId, LogId } from '../protocol/ids.ts'
import { MAX_WAIT_MS } from './clock.ts'
import type { Draft } from './draft.ts'
import { clampTime } from './expiry.ts'
import { isAdvance } from './incoming.ts'
import { noteAppended } from './rolled-back.ts'
import { letterKey } from './seal.ts'
import { fail } from './send.ts'
import type { Outgoing, View } from './state.ts'
import type { Step } from './step.ts'

/** A server that names no time is not asked again at once. */
const MIN_RETRY_MS = 1_000

/** The server has the row, durably: the bytes go, the message is stored. */
export function stored(
  draft: Draft,
  row: Outgoing,
  results: readonly { readonly log: LogId; readonly seq: number; readonly at: number }[],
): Step {
  drop(draft, row)
  for (const { log, seq } of results) noteAppended(draft, log, seq)
  const at = results[0]?.at ?? draft.now
  const message = row.message && draft.context.view.message(row.message)
  if (message && isAdvance(message.status, 'stored')) {
    draft.updateMessage({ ...message, status: 'stored', receivedAt: clampTime(at) })
  }
  return draft.done()
}

/** What is to become of a row that the server did not take. */
type Verdict =
  | { readonly kind: 'retry'; readonly at: number }
  /** Its devices are others by now: look, then encrypt for them. */
  | { readonly kind: 'reissue' }
  | { readonly kind: 'failed' }

export function judge(reason: RefusedReason, retryAfter: number, now: number): Verdict {
  switch (reason) {
    case 'rate_limited':
    case 'quota':
    case 'storage_full':
    case 'unavailable':
      return { kind: 'retry', at: now + clamped(retryAfter) }
    case 'stale_devices':
    // A mailbox that is gone is a device that was removed, if its account's list says so.
    case 'unknown_log':
      return { kind: 'reissue' }
    case 'not_allowed':
    case 'epoch_conflict':
    case 'too_large':
      return { kind: 'failed' }
  }
}

const clamped = (wait: number): number => Math.min(Math.max(wait, MIN_RETRY_MS), MAX_WAIT_MS)

export function failed(draft: Draft, row: Outgoing, reason: RefusedReason): Step {
  drop(draft, row)
  const message = row.message && draft.context.view.message(row.message)
  if (message && message.status === 'queued') fail(draft, message, reason)
  else {
    const data = { code: 'send_failed', account: null, device: null, seq: null } as const
    draft.event(row.chat === undefined ? {} : { chat: row.chat }, { type: 'error', data })
  }
  return draft.done()
}

export function drop(draft: Draft, row: Outgoing): void {
  draft.write({ kind: 'deleteOutbox', row: row.row })
  const [first] = row.items
  if (first !== undefined && row.message === undefined) {
    draft.write({ kind: 'deleteMeta', key: letterKey(first.clientId) })
  }
}

/** Rows that may go on the wire now, in order: none to an account whose key changed, none that is
 *  to be made anew. What waits holds back what comes after it in the same log, and nothing else. */
export function speakable(view: View, rows: readonly Outgoing[], now: number): readonly Outgoing[] {
  const behind = new Set<LogId>()
  const changed = new Map<AccountId, boolean>()
  const isChanged = (account: AccountId): boolean => {
    const known = changed.get(account) ?? view.contact(account)?.trust.kind === 'changed'
    changed.set(account, known)
    return known
  }
  return rows.filter(({ lists, items, notBefore }) => {
    const waits =
      notBefore > now ||
      items.some(({ log }) => behind.has(log)) ||
      lists.some(({ account, version }) => version === OUTDATED || isChanged(account))
    if (waits) for (const { log } of items) behind.add(log)
    return !waits
  })
}

/** No list has this version: the row's ciphertext is for devices that are not believed any more. */
export const OUTDATED = 0
