// Which session with a peer device is the active one, and which old ones are still kept. Both ends
// follow these rules on what they see and come to the same one: docs/protocol/sessions.md.

import { MAX_OLD_SESSIONS } from './ratchet/limits.ts'
import { decodeState, encodeState, type RatchetState } from './ratchet/state.ts'
import type { StoredSession } from './session.ts'

export interface Placed {
  readonly put: readonly StoredSession[]
  readonly drop: readonly Uint8Array[]
}

interface Place {
  readonly session: Uint8Array
  readonly state: RatchetState
}

export const sameSession = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

export const activeOf = (sessions: readonly StoredSession[]): StoredSession | undefined =>
  sessions.find((session) => session.active)

/** A session that goes on where it is. */
export const stay = (next: Place, active: boolean): Placed => ({
  put: [{ session: next.session, state: encodeState(next.state), active }],
  drop: [],
})

/** A new session that becomes the active one. */
export function activate(others: readonly StoredSession[], next: Place): Placed {
  const demoted = others.filter((other) => other.active)
  const drop = surplus(others)
  return {
    put: [
      ...stay(next, true).put,
      ...demoted
        .filter((other) => !drop.includes(other.session))
        .map((other) => ({ ...other, active: false })),
    ],
    drop,
  }
}

/** A start of ours is later than any that we know of, whatever the clock says. */
export const nextStart = (now: number, sessions: readonly StoredSession[]): number =>
  Math.max(now, ...sessions.map(({ state }) => decodeState(state).startedAt + 1))

/** A session that the peer began becomes active unless we have one that counts more. */
export function placeFresh(sessions: readonly StoredSession[], next: Place): Placed {
  const active = activeOf(sessions)
  if (active === undefined || countsMore(next, active)) return activate(sessions, next)
  const old = sessions.filter((other) => !other.active)
  return { ...stay(next, false), drop: surplus(old, MAX_OLD_SESSIONS - 1) }
}

/**
 * The later start, and of two at the same millisecond the smaller id: an order of the sessions
 * themselves, so that both ends come to the same one in whatever order they hear of them.
 */
function countsMore(next: Place, active: StoredSession): boolean {
  const { startedAt } = decodeState(active.state)
  if (next.state.startedAt !== startedAt) return next.state.startedAt > startedAt
  return Buffer.compare(next.session, active.session) < 0
}

/** The old sessions beyond the limit, those least recently heard from first. */
function surplus(old: readonly StoredSession[], keep = MAX_OLD_SESSIONS): readonly Uint8Array[] {
  if (old.length <= keep) return []
  return old
    .map((session) => ({ session: session.session, heardAt: decodeState(session.state).heardAt }))
    .sort((a, b) => a.heardAt - b.heardAt)
    .slice(0, old.length - keep)
    .map(({ session }) => session)
}
