// `500ms`, `5s`, `1m`, `2h`, `7d`, and such parts in a row: `1h30m`.

import { ClientError } from './api.ts'

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}
const DURATION = /^(\d{1,9}(ms|s|m|h|d))+$/
const PART = /(\d+)(ms|s|m|h|d)/g
/** Ten years: beyond it a number is a slip, and timers overflow. */
const MAX_DURATION = 3650 * 86_400_000

/** Milliseconds. */
export function parseDuration(text: string): number {
  if (!DURATION.test(text)) throw notADuration()
  let sum = 0
  for (const [, count, unit] of text.matchAll(PART)) {
    sum += Number(count) * (UNITS[unit ?? ''] ?? Number.NaN)
  }
  if (!(sum <= MAX_DURATION)) throw notADuration()
  return sum
}

export const isDuration = (text: string): boolean => DURATION.test(text)

export function formatDuration(ms: number): string {
  if (ms === 0) return '0s'
  let rest = ms
  let text = ''
  for (const [unit, size] of Object.entries(UNITS).reverse()) {
    const count = Math.floor(rest / size)
    if (count > 0) text += `${count}${unit}`
    rest -= count * size
  }
  return text
}

const notADuration = (): ClientError =>
  new ClientError('usage', 'This is not a duration.', {
    hint: 'durations look like 500ms, 5s, 1m, 2h, 7d or 1h30m',
  })
