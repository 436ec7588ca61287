// Mending what broke: a session that does not open, a profile that was rolled back.

import { decode, encode, u64 } from '../protocol/codec.ts'
import type { AccountId, DeviceId } from '../protocol/ids.ts'
import { audienceOf } from './audience.ts'
import type { Draft } from './draft.ts'
import { control, postItems, sealFor, start } from './seal.ts'
import type { Step } from './step.ts'
import { need } from './stop.ts'

/** Per device. A server that forges undecryptable entries gets one fresh session an hour (R7). */
const RESET_INTERVAL_MS = 3_600_000
/** Ids that the lost days may have used: a peer may still hold bundles with them. */
const PREKEY_LEAP = 1_000_000

export const PREKEY_FLOOR = 'prekeys/floor'
/** The server's one-time keys are to be dropped for new ones: that was asked for, or has begun. Asked
 *  for while an upload is under way, it is not over with that. */
export const PREKEY_REPLACE = 'prekeys/replace'
export const REPLACE_ASKED = Uint8Array.of(1)
export const REPLACE_BEGUN = Uint8Array.of(2)

const resetKey = (device: DeviceId): string => `reset/${device}`

export function resetSession(draft: Draft, account: AccountId, device: DeviceId): Step {
  const { view, facts } = draft.context
  const last = view.meta(resetKey(device))
  const since = last === undefined ? RESET_INTERVAL_MS : draft.now - decode(u64, last)
  // A last time that is still to come is of a clock that was set back.
  if (since >= 0 && since < RESET_INTERVAL_MS) return draft.done()
  const audience = audienceOf(draft, account)
  const peer = audience.devices.find((one) => one.device === device)
  if (peer === undefined) return draft.done()
  if (!facts.bundles.has(device)) return need({ kind: 'bundles', account, devices: [device] })
  start(draft, peer)
  const letter = control(draft, { kind: 'session_reset' })
  const items = sealFor(draft, audience, [peer], letter)
  postItems(draft, audience, items, letter, { message: undefined, chat: undefined })
  draft.write({ kind: 'putMeta', key: resetKey(device), value: encode(u64, draft.now) })
  return draft.done()
}

/** An older database than the keychain's: its sessions were used further than it knows (L4). */
export function mendRollback(draft: Draft): Step {
  const { view } = draft.context
  const highest = Math.max(
    view.highestPrekeyId('curve-signed'),
    view.highestPrekeyId('curve-one-time'),
    view.highestPrekeyId('kem-last-resort'),
    view.highestPrekeyId('kem-one-time'),
  )
  const floor = encode(u64, highest + PREKEY_LEAP)
  draft.write(
    { kind: 'deleteAllSessions' },
    { kind: 'deleteAllPrekeys' },
    { kind: 'putMeta', key: PREKEY_FLOOR, value: floor },
    { kind: 'putMeta', key: PREKEY_REPLACE, value: REPLACE_ASKED },
  )
  draft.notify({ kind: 'due' })
  return draft.done()
}
