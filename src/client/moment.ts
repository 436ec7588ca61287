// Points in time as people write them, in this machine's time zone:
//   2026-11-20T18:30:00Z   RFC 3339            2026-11-20 [18:30]     that day (at 0:00)
//   18:30                  the next one, or with --since the last one
//   today|tomorrow|yesterday [18:30]           +2h                    from now on
//   2h, -2h                with --since: that long ago

import { ClientError } from './api.ts'
import { isDuration, parseDuration } from './duration.ts'

/** `--at` looks ahead, `--since` looks back; `18:30` alone is read in that direction. */
type Direction = 'ahead' | 'back'

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i
const CLOCK = /^(\d{1,2}):(\d\d)$/
const DAY_AND_CLOCK = /^(today|tomorrow|yesterday|\d{4}-\d\d-\d\d)(?: (\d{1,2}:\d\d))?$/
const DAY_OFFSET: Readonly<Record<string, number>> = { today: 0, tomorrow: 1, yesterday: -1 }

/** RFC 3339, UTC, with milliseconds; undefined when it is no time at all. */
export function parseTime(text: string, now: number, direction: Direction): string | undefined {
  const at = milliseconds(text.trim(), now, direction)
  return at === undefined || Number.isNaN(at) ? undefined : new Date(at).toISOString()
}

export function requireTime(text: string, now: number, direction: Direction): string {
  const time = parseTime(text, now, direction)
  if (time !== undefined) return time
  throw new ClientError('usage', 'This is not a time.', {
    hint: 'times look like 2026-11-20T18:30:00Z, 18:30, ‘tomorrow 9:00’ or +2h',
  })
}

function milliseconds(text: string, now: number, direction: Direction): number | undefined {
  if (RFC3339.test(text)) return Date.parse(text)
  if (text.startsWith('+') && isDuration(text.slice(1))) return now + parseDuration(text.slice(1))
  const ago = text.startsWith('-') ? text.slice(1) : text
  if (direction === 'back' && isDuration(ago)) return now - parseDuration(ago)
  if (CLOCK.test(text)) return nearest(text, now, direction)
  const [, day, clock] = DAY_AND_CLOCK.exec(text) ?? []
  return day === undefined ? undefined : onDay(day, clock ?? '0:00', now)
}

function nearest(clock: string, now: number, direction: Direction): number | undefined {
  const today = onDay('today', clock, now)
  if (today === undefined) return undefined
  if (direction === 'ahead') return today > now ? today : onDay('tomorrow', clock, now)
  return today <= now ? today : onDay('yesterday', clock, now)
}

function onDay(day: string, clock: string, now: number): number | undefined {
  const [, hours, minutes] = CLOCK.exec(clock) ?? []
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined
  const date = new Date(now)
  const offset = DAY_OFFSET[day]
  if (offset !== undefined) date.setDate(date.getDate() + offset)
  else {
    const [year, month, dayOfMonth] = day.split('-').map(Number)
    if (year === undefined || month === undefined || dayOfMonth === undefined) return undefined
    date.setFullYear(year, month - 1, dayOfMonth)
    // The 31st of February is a slip, not the 3rd of March.
    if (date.getMonth() !== month - 1 || date.getDate() !== dayOfMonth) return undefined
  }
  // The calendar, not 24 h: so that a day with 23 or 25 hours comes out right.
  date.setHours(Number(hours), Number(minutes), 0, 0)
  return date.getTime()
}
