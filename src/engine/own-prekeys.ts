// Our own prekeys: enough of them at the server, the long-lived ones changed weekly, old private
// halves gone in time (R6). A refill waits a random while, so that its moment tells nobody that
// somebody wrote to us.

import { type OwnPrekey as MadePrekey, makePrekey } from '../crypto/prekeys.ts'
import { decode, encode, struct, u32, u64 } from '../protocol/codec.ts'
import {
  LOW_ONE_TIME_PREKEYS,
  MAX_CLOCK_SKEW_MS,
  MAX_ONE_TIME_PREKEYS,
  ONE_TIME_PREKEY_BATCH,
  RETENTION_MS,
} from '../protocol/limits.ts'
import type { Prekey, PrekeyKind, PrekeyUpload } from '../protocol/prekeys.ts'
import { agreedTime } from './clock.ts'
import type { Draft } from './draft.ts'
import { PREKEY_FLOOR, PREKEY_REPLACE, REPLACE_BEGUN } from './reset.ts'
import { noteRolledBack } from './rolled-back.ts'
import type { OwnPrekey, View } from './state.ts'

/** The signed and the last-resort key serve this long. */
const ROTATION_MS = 7 * 24 * 3_600_000
/** And their private halves as long as a first message to them may still be under way. */
const RETIRED_KEPT_MS = RETENTION_MS
/** Private halves of one-time keys, of each kind: three hours of everything that an honest server
 *  gives out of one device to those who drain it (R6). A first message on an older one is lost, and
 *  answered by a new session. */
const MAX_KEPT_ONE_TIME = 5_000
/** A refill comes at some moment in this time after the server asked. */
const REFILL_JITTER_MS = 10 * 60_000

const REFILL = 'prekeys/refill'
const RESTORED = 'prekeys/restored'
const LASTING: readonly PrekeyKind[] = ['curve-signed', 'kem-last-resort']
const ONE_TIME: readonly PrekeyKind[] = ['curve-one-time', 'kem-one-time']

interface Counts {
  readonly curve: number
  readonly kem: number
}

const refill = struct({ at: u64, curve: u32, kem: u32 })

/** All that a new device publishes; nothing twice if a part of it stands already. */
export function makeFirst(draft: Draft): void {
  rotate(draft)
  for (const kind of ONE_TIME) {
    if (draft.context.view.prekeys(kind).length === 0) make(draft, kind, ONE_TIME_PREKEY_BATCH)
  }
}

/** What the server has left: below the mark a refill is due, at a moment of its own. */
export function noteCounts(draft: Draft, counts: Counts): void {
  const { view, env } = draft.context
  const low = counts.curve < LOW_ONE_TIME_PREKEYS || counts.kem < LOW_ONE_TIME_PREKEYS
  if (!low || view.meta(REFILL) !== undefined) return
  const [high = 0, lower = 0] = env.random(2)
  const wait = Math.floor(((high * 256 + lower) / 65_536) * REFILL_JITTER_MS)
  const value = encode(refill, { ...counts, at: draft.now + wait })
  draft.write({ kind: 'putMeta', key: REFILL, value })
  draft.notify({ kind: 'due' })
}

/** Another number than before: the server was restored meanwhile, or was not yet (N11). */
export function noteRestored(draft: Draft, restored: number): void {
  const { view } = draft.context
  const before = view.meta(RESTORED)
  if (before !== undefined && decode(u32, before) === restored) return
  draft.write({ kind: 'putMeta', key: RESTORED, value: encode(u32, restored) })
  if (before !== undefined) noteRolledBack(draft)
}

const isToReplace = (view: View): boolean => view.meta(PREKEY_REPLACE) !== undefined

const hasBegun = (view: View): boolean => view.meta(PREKEY_REPLACE)?.[0] === REPLACE_BEGUN[0]

/** Rotation, refill, replacement, and the end of old private halves. */
export function tend(draft: Draft): void {
  const { view } = draft.context
  const replace = isToReplace(view)
  rotate(draft)
  if (replace) startOver(draft)
  const due = view.meta(REFILL)
  if (due === undefined) return
  const { at, curve, kem } = decode(refill, due)
  if (at > draft.now && at <= draft.now + REFILL_JITTER_MS) return
  draft.write({ kind: 'deleteMeta', key: REFILL })
  if (replace) return
  make(draft, 'curve-one-time', Math.max(0, ONE_TIME_PREKEY_BATCH - curve))
  make(draft, 'kem-one-time', Math.max(0, ONE_TIME_PREKEY_BATCH - kem))
}

/** When `tend` has something to do next. */
export function nextTending(view: View, now: number): number {
  const serving = LASTING.map((kind) => newestTime(view, kind))
  const due = view.meta(REFILL)
  const refillAt = due === undefined ? Number.MAX_SAFE_INTEGER : decode(refill, due).at
  // What lies ahead of any wait is of a clock that was set back.
  const isAhead = serving.some((createdAt) => createdAt > now + MAX_CLOCK_SKEW_MS)
  const isRefillAhead = due !== undefined && refillAt > now + REFILL_JITTER_MS
  if (isToReplace(view) || serving.includes(0) || isAhead || isRefillAhead) return 0
  const gone = LASTING.flatMap((kind) => view.prekeys(kind)).some(
    ({ retiredAt }) => agreedTime(view) - (retiredAt ?? now) >= RETIRED_KEPT_MS,
  )
  return Math.min(gone ? now : refillAt, ...serving.map((createdAt) => createdAt + ROTATION_MS))
}

interface Pending {
  readonly upload: PrekeyUpload
  readonly replace: boolean
}

/** What the server does not have yet. */
export function pendingUpload(view: View): Pending | undefined {
  const waiting = (kind: PrekeyKind): readonly Prekey[] =>
    view
      .unsentPrekeys(kind)
      .filter((prekey) => prekey.retiredAt === undefined)
      .slice(0, MAX_ONE_TIME_PREKEYS)
      .map(published)
  const newest = (kind: PrekeyKind): Prekey | undefined =>
    waiting(kind).reduce<Prekey | undefined>((a, b) => (a && a.id > b.id ? a : b), undefined)
  const curveSigned = newest('curve-signed')
  const kemLastResort = newest('kem-last-resort')
  const curveOneTime = waiting('curve-one-time')
  const kemOneTime = waiting('kem-one-time')
  const nothing = curveOneTime.length + kemOneTime.length === 0
  if (nothing && curveSigned === undefined && kemLastResort === undefined) return undefined
  return {
    replace: isToReplace(view),
    upload: {
      curveOneTime,
      kemOneTime,
      ...(curveSigned && { curveSigned }),
      ...(kemLastResort && { kemLastResort }),
    },
  }
}

export function noteUploaded(draft: Draft, upload: PrekeyUpload): void {
  const { view } = draft.context
  const sent: readonly (readonly [PrekeyKind, readonly (Prekey | undefined)[]])[] = [
    ['curve-signed', [upload.curveSigned]],
    ['kem-last-resort', [upload.kemLastResort]],
    ['curve-one-time', upload.curveOneTime],
    ['kem-one-time', upload.kemOneTime],
  ]
  for (const [kind, prekeys] of sent) {
    for (const sentPrekey of prekeys) {
      // One that was used meanwhile is gone; it must not come back.
      const prekey = sentPrekey && view.prekey(kind, sentPrekey.id)
      if (prekey === undefined) continue
      draft.write({ kind: 'putPrekey', prekey: { ...prekey, uploaded: true } })
      if (LASTING.includes(kind)) retireOthers(draft, kind, prekey.id)
    }
  }
  if (hasBegun(view)) draft.write({ kind: 'deleteMeta', key: PREKEY_REPLACE })
}

const published = ({ id, publicKey, createdAt, signature }: OwnPrekey): Prekey => ({
  id,
  key: publicKey,
  createdAt,
  signature,
})

/** A lasting key serves until the server has the next one: only then does its own end begin, at a
 *  moment that the server agreed on. */
function rotate(draft: Draft): void {
  const { now } = draft
  const { view } = draft.context
  for (const kind of LASTING) {
    // One that is yet to be made is of a clock that was set back: it would serve far too long.
    if (!isWithin(now - newestTime(view, kind), ROTATION_MS)) make(draft, kind, 1)
    for (const { id, retiredAt } of view.prekeys(kind)) {
      if (retiredAt === undefined || agreedTime(view) - retiredAt < RETIRED_KEPT_MS) continue
      draft.write({ kind: 'deletePrekey', prekey: kind, id })
    }
  }
}

/** When the newest lasting key was made, by the clock of that day; 0 where there is none. */
function newestTime(view: View, kind: PrekeyKind): number {
  const serving = view.prekeys(kind).filter((prekey) => prekey.retiredAt === undefined)
  return serving.reduce((a, b) => (b.id > a.id ? b : a), { id: 0, createdAt: 0 }).createdAt
}

/** Of the lasting keys: the one before, now that the server has its successor. */
function retireOthers(draft: Draft, kind: PrekeyKind, successor: number): void {
  for (const prekey of draft.context.view.prekeys(kind)) {
    // Also one of which we do not know that it came: the server may have it all the same.
    if (prekey.id === successor || prekey.retiredAt !== undefined) continue
    draft.write({ kind: 'putPrekey', prekey: { ...prekey, retiredAt: draft.now } })
  }
}

/** A minute or two before its time is no other clock. */
const isWithin = (age: number, limit: number): boolean => age >= -MAX_CLOCK_SKEW_MS && age < limit

/** Everything anew: one-time keys that the server may hand out twice are never asked for again. */
function startOver(draft: Draft): void {
  const { view } = draft.context
  if (hasBegun(view) && pendingUpload(view) !== undefined) return
  draft.write({ kind: 'putMeta', key: PREKEY_REPLACE, value: REPLACE_BEGUN })
  for (const kind of LASTING) {
    for (const prekey of view.prekeys(kind)) {
      if (prekey.retiredAt !== undefined) continue
      draft.write({ kind: 'putPrekey', prekey: { ...prekey, uploaded: false } })
    }
  }
  for (const kind of ONE_TIME) make(draft, kind, ONE_TIME_PREKEY_BATCH)
}

function make(draft: Draft, kind: PrekeyKind, count: number): void {
  const { view, env, local } = draft.context
  if (ONE_TIME.includes(kind)) forgetOldest(draft, kind, count)
  const floor = view.meta(PREKEY_FLOOR)
  const highest = view.highestPrekeyId(kind)
  const first = Math.max(highest, floor === undefined ? 0 : decode(u64, floor)) + 1
  for (let id = first; id < first + count; id += 1) {
    draft.write({ kind: 'putPrekey', prekey: kept(makePrekey(env, local, kind, id)) })
  }
}

/** A server that says again and again that it has none left gets new ones and nothing more. */
function forgetOldest(draft: Draft, kind: PrekeyKind, coming: number): void {
  const all = draft.context.view.prekeys(kind)
  for (const { id } of all.slice(0, Math.max(0, all.length + coming - MAX_KEPT_ONE_TIME))) {
    draft.write({ kind: 'deletePrekey', prekey: kind, id })
  }
}

const kept = ({ key, ...prekey }: MadePrekey): OwnPrekey => ({
  ...prekey,
  publicKey: key,
  uploaded: false,
  retiredAt: undefined,
})
