// How far this machine's clock can be believed. What time brings cannot be taken back: a message
// that expired is gone, a scheduled one is sent, a key that served its time is deleted. So after a
// leap ahead nothing of that is done until the server agrees, or the clock has gone on for a day;
// and after one back, nothing waits for a moment that only a wrong clock could name.

import { decode, encode, struct, u64, type Value } from '../protocol/codec.ts'
import { MAX_CLOCK_SKEW_MS, RETENTION_MS } from '../protocol/limits.ts'
import type { Draft } from './draft.ts'
import { hurryReceipts } from './receipts.ts'
import { hurryWaiting } from './send.ts'
import type { View } from './state.ts'

/** Away for longer, a profile asks the server what time it is before it lets go of anything. */
const MAX_AWAY_MS = RETENTION_MS
const DAY_MS = 24 * 3_600_000
/** A login takes a while on top of what the server tolerates. */
const AGREED_MS = 2 * MAX_CLOCK_SKEW_MS
/** A commit each time the moments are written down, so not at every tick. */
const NOTED_EVERY_MS = MAX_CLOCK_SKEW_MS
/** What is tried again by itself never waits longer than this. */
export const MAX_WAIT_MS = 3_600_000

const CLOCK = 'clock'
const moments = struct({
  /** The last moment that was believed. */
  believed: u64,
  /** The last one at all. */
  last: u64,
  /** Since when the clock is in doubt; 0 while it is not. */
  doubted: u64,
  /** When the server agreed last; 0 if it never did. */
  agreed: u64,
})
type Moments = Value<typeof moments>

export const isDoubtful = (view: View, now: number): boolean => {
  const known = momentsOf(view)
  return known !== undefined && doubts(known, now)
}

/** At each tick. */
export function noteTime(draft: Draft): void {
  const now = Math.max(0, draft.now)
  const known = momentsOf(draft.context.view)
  if (known === undefined) {
    put(draft, { believed: now, last: now, doubted: 0, agreed: 0 })
    return
  }
  const back = isBack(known, now)
  if (back) hurry(draft)
  const doubtful = doubts(known, now)
  const begins = doubtful && (known.doubted === 0 || now < known.doubted)
  // The connection that stands was agreed on before the leap.
  if (begins) draft.notify({ kind: 'doubt' })
  if (!back && !begins && doubtful === (known.doubted !== 0)) {
    if (now - known.last < NOTED_EVERY_MS) return
  }
  put(draft, {
    believed: doubtful ? known.believed : Math.max(now, known.believed),
    last: now,
    doubted: doubtful ? (begins ? now : known.doubted) : 0,
    agreed: known.agreed,
  })
}

/** The server let us in and said its time: our clocks are within minutes of each other. Whatever
 *  waits to be tried again is tried over this connection: the moment that it waits for may be
 *  another clock's. */
export function noteAgreed(draft: Draft, serverTime: number): void {
  const now = Math.max(0, draft.now)
  // It leapt between the login and its answer.
  if (Math.abs(now - serverTime) > AGREED_MS) return
  const known = momentsOf(draft.context.view)
  hurryReceipts(draft)
  hurryWaiting(draft, now)
  // And what expires by a moment of another clock expires by this one.
  draft.write({ kind: 'hurryOutbox', now }, { kind: 'shortenExpiry', now })
  const back = known !== undefined && isBack(known, now)
  if (back) hurry(draft)
  const apart = known === undefined ? 0 : Math.abs(now - known.agreed)
  if (known !== undefined && !back && known.doubted === 0 && apart < NOTED_EVERY_MS) return
  put(draft, { believed: now, last: now, doubted: 0, agreed: now })
  if (known !== undefined && (back || doubts(known, now) || known.doubted !== 0)) {
    draft.notify({ kind: 'due' })
  }
}

/** The last moment that the server agreed on. What a mere clock calls old may be asked for yet. */
export const agreedTime = (view: View): number => momentsOf(view)?.agreed ?? 0

/** Now, for what must not lie ahead of it: by the server's time where our clock is evidently behind
 *  what it agreed on. */
export function momentOf({ now, context }: Draft, serverTime: number): number {
  const agreed = agreedTime(context.view)
  return now < agreed - MAX_CLOCK_SKEW_MS ? Math.max(agreed, serverTime) : now
}

const isBack = ({ last }: Moments, now: number): boolean => now < last - MAX_CLOCK_SKEW_MS

function doubts({ believed, doubted }: Moments, now: number): boolean {
  if (now - believed <= MAX_AWAY_MS) return false
  return doubted === 0 || now < doubted || now - doubted < DAY_MS
}

/** What was to be done at a moment of the clock that was set back is done now. */
function hurry(draft: Draft): void {
  hurryReceipts(draft)
  hurryWaiting(draft, draft.now + MAX_WAIT_MS)
  draft.write({ kind: 'hurryOutbox', now: draft.now }, { kind: 'shortenExpiry', now: draft.now })
}

function momentsOf(view: View): Moments | undefined {
  const bytes = view.meta(CLOCK)
  return bytes && decode(moments, bytes)
}

const put = (draft: Draft, value: Moments): void => {
  draft.write({ kind: 'putMeta', key: CLOCK, value: encode(moments, value) })
}
