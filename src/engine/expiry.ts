// Disappearing messages. One's own start their clock when they are encrypted, the other's when
// they are read here. The moment is stored, so that a restart neither prolongs nor forgets it.

import type { Draft } from './draft.ts'

/** The last moment that a Date can name; a peer's larger numbers stop here. */
export const MAX_TIME = 8.64e15
/** Rows taken away in one transaction: short enough that a send beside it does not wait. */
const EXPIRE_PAGE = 500

export const clampTime = (time: number): number => Math.min(time, MAX_TIME)

export const expiryOf = (start: number, after: number): number => clampTime(start + after)

/** Deletes what is due, a page of it; the rest at the next call. */
export function expire(draft: Draft): void {
  for (const message of draft.context.view.dueExpired(draft.now, EXPIRE_PAGE)) {
    draft.deleteMessage(message)
  }
}
