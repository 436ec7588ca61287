// What a ratchet will do for a peer before it refuses, each with its reason. These are ours, not
// the wire's: two ends may differ, but a peer that loses more than the smaller one is not heard.

/** Messages one arrival may jump over in a chain (R5). 1,000 HMACs are about 5 ms: a forged index
 *  costs no more than that, and is checked before the first of them. */
export const MAX_SKIP = 1_000
/** Keys of skipped messages kept per session; past it the oldest go (R5). 2,000 rows of 150 bytes. */
export const MAX_SKIPPED_KEPT = 2_000
/** A skipped key older than this goes too: the server keeps no entry for longer. */
export const SKIPPED_LIFETIME_MS = 30 * 24 * 3_600_000
/** Sessions per peer device beside the active one, for messages still under way. Each reset or
 *  simultaneous start makes one; a peer that needs more has lost those messages itself. */
export const MAX_OLD_SESSIONS = 5
/** How far a peer's start may lie ahead of our clock. Two devices that one server lets in are at
 *  most ten minutes apart; a start in the far future would count for ever. */
export const MAX_AHEAD_MS = 24 * 3_600_000
/** Finished chains of the peer that are still recognised, so that a late copy is called a
 *  duplicate and not a forgery. Only the name of the error depends on it. */
export const FINISHED_CHAINS = 16
