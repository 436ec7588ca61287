// What is remembered only for a while, forgotten once a day.

import { MAX_SKIPPED_KEPT, SKIPPED_LIFETIME_MS } from '../crypto/ratchet/limits.ts'
import { decode, encode, u64 } from '../protocol/codec.ts'
import { RETENTION_MS } from '../protocol/limits.ts'
import type { Draft } from './draft.ts'

const DAY_MS = 24 * 3_600_000
/** An entry can come again as long as the server keeps it; twice that, for a clock that is off. */
const SEEN_MS = 2 * RETENTION_MS
/** Longer than any last-resort private key lives: seven days in use and the retention after. */
const HANDSHAKE_MS = 2 * RETENTION_MS
/** A script that repeats a call does so within days. */
const IDEMPOTENT_MS = RETENTION_MS
/** Time to look at what could not be read, and to tell somebody. */
const QUARANTINE_MS = 90 * DAY_MS
/** A reader that was away for longer has the history: the messages stay there. */
const EVENT_MS = 90 * DAY_MS

const LAST = 'housekeeping/at'

export function keepHouse(draft: Draft): void {
  const { view } = draft.context
  const { now } = draft
  const last = view.meta(LAST)
  // One that is still to come is of a clock that was set back.
  const since = last === undefined ? DAY_MS : now - decode(u64, last)
  if (since >= 0 && since < DAY_MS) return
  draft.write(
    { kind: 'putMeta', key: LAST, value: encode(u64, now) },
    { kind: 'forgetSeen', before: now - SEEN_MS },
    { kind: 'forgetHandshakes', before: now - HANDSHAKE_MS },
    { kind: 'forgetIdempotent', before: now - IDEMPOTENT_MS },
    { kind: 'forgetQuarantine', before: now - QUARANTINE_MS },
    { kind: 'forgetEvents', before: now - EVENT_MS },
  )
  ageSkippedKeys(draft)
}

/** A session that is used trims its own; this is for the quiet ones (R5). */
function ageSkippedKeys(draft: Draft): void {
  const { view } = draft.context
  const before = draft.now - SKIPPED_LIFETIME_MS
  const devices = view.contacts().flatMap(({ account }) => view.devices(account)?.devices ?? [])
  for (const { device } of devices) {
    for (const { session } of view.sessions(device)) {
      if (view.skippedCount(session) === 0) continue
      draft.write({ kind: 'trimSkippedKeys', session, keep: MAX_SKIPPED_KEPT, before })
    }
  }
}
