// What is said of a clock that is off. Nothing that it signs is taken by a server, and what it calls
// late is not: so nobody guesses, and its owner is told.

import { ClientError } from './api.ts'

const DAY_MS = 24 * 3_600_000
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/** `skew`: milliseconds that this machine's clock is ahead of the server's. */
export function clockDiffers(skew: number): ClientError {
  return new ClientError(
    'clock',
    `This machine’s clock is ${spanOf(Math.abs(skew))} ${skew > 0 ? 'ahead of' : 'behind'} the server’s.`,
    { hint: 'set the clock; what is queued goes out by itself then' },
  )
}

/** In the largest unit that says it: nobody reads 34,560,000 seconds. */
export function spanOf(milliseconds: number): string {
  if (milliseconds >= 2 * DAY_MS) return `${Math.round(milliseconds / DAY_MS)} days`
  if (milliseconds >= 2 * HOUR_MS) return `${Math.round(milliseconds / HOUR_MS)} hours`
  if (milliseconds >= 2 * MINUTE_MS) return `${Math.round(milliseconds / MINUTE_MS)} minutes`
  return `${Math.round(milliseconds / 1000)} s`
}
