// What a server keeps back and numbers over: the ratchet counts too. A message that came before one
// that was sealed earlier leaves a key for it; if that one does not come either, it is missing, and
// the person is told.

import { decode, encode, struct, u64 } from '../protocol/codec.ts'
import type { AccountId, DeviceId } from '../protocol/ids.ts'
import type { Draft } from './draft.ts'
import type { View } from './state.ts'

/** An honest sender's rows may overtake each other when a device list changes under them, and
 *  follow in the next append. */
const PATIENCE_MS = 5 * 60_000

const WATCH = 'missing/watch'
/** Keys made from a time on; when to look whether they are still there. */
const watch = struct({ from: u64, at: u64 })

/** A message came that left keys for others before it. */
export function noteSkipped(draft: Draft): void {
  if (draft.context.view.meta(WATCH) !== undefined) return
  look(draft, draft.now)
  draft.notify({ kind: 'due' })
}

function look(draft: Draft, from: number): void {
  const value = encode(watch, { from, at: draft.now + PATIENCE_MS })
  draft.write({ kind: 'putMeta', key: WATCH, value })
}

/** When `sayMissing` has something to do next. */
export function nextMissing(view: View): number | undefined {
  const kept = view.meta(WATCH)
  return kept === undefined ? undefined : decode(watch, kept).at
}

export function sayMissing(draft: Draft): void {
  const { view } = draft.context
  const kept = view.meta(WATCH)
  if (kept === undefined) return
  const { from, at } = decode(watch, kept)
  if (at > draft.now) return
  const old = draft.now - PATIENCE_MS
  for (const device of view.skippedFrom(from, old)) say(draft, device)
  if (view.skippedFrom(old + 1, Number.MAX_SAFE_INTEGER).length > 0) look(draft, old + 1)
  else draft.write({ kind: 'deleteMeta', key: WATCH })
}

function say(draft: Draft, device: DeviceId): void {
  const account = ownerOf(draft.context.view, device)
  if (account === undefined || draft.contact(account)?.relation === 'blocked') return
  const chat = draft.chatWith(account, 'direct')?.id
  const data = { code: 'messages_missing', account, device, seq: null } as const
  draft.event(chat === undefined ? {} : { chat }, { type: 'error', data })
}

const ownerOf = (view: View, device: DeviceId): AccountId | undefined =>
  view
    .contacts()
    .find(({ account }) => view.devices(account)?.devices.some((one) => one.device === device))
    ?.account
