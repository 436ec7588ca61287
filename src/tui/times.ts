// Times as people read them, in this machine's zone.

import { type SafeText, safe, safeText } from '../protocol/safe-text.ts'

const DAY_MS = 86_400_000
const two = (value: number): string => String(value).padStart(2, '0')
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

export function clock(time: string): SafeText {
  const date = new Date(time)
  return Number.isNaN(date.getTime())
    ? safe`--:--`
    : safeText(`${two(date.getHours())}:${two(date.getMinutes())}`)
}

/** Counted by the calendar: yesterday began at midnight, however long its hours were. */
const dayNumber = (date: Date): number =>
  Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY_MS)

export const sameDay = (a: string, b: string): boolean =>
  dayNumber(new Date(a)) === dayNumber(new Date(b))

/** A line between two days. */
export function dayName(time: string, now: number): SafeText {
  const date = new Date(time)
  const today = new Date(now)
  const ago = dayNumber(today) - dayNumber(date)
  if (ago === 0) return safe`Today`
  if (ago === 1) return safe`Yesterday`
  if (ago === -1) return safe`Tomorrow`
  const weekday = WEEKDAYS[date.getDay()] ?? ''
  if (ago > 1 && ago < 7) return safeText(weekday)
  const day = `${weekday}, ${date.getDate()} ${MONTHS[date.getMonth()] ?? ''}`
  return safeText(date.getFullYear() === today.getFullYear() ? day : `${day} ${date.getFullYear()}`)
}

/** Where there is little room: a time today, a weekday this week, else a date. */
export function shortTime(time: string, now: number): SafeText {
  const date = new Date(time)
  const ago = dayNumber(new Date(now)) - dayNumber(date)
  if (ago === 0) return clock(time)
  if (ago > 0 && ago < 7) return safeText((WEEKDAYS[date.getDay()] ?? '').slice(0, 3))
  return safeText(`${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`)
}

/** Within a sentence. */
export function dayAndTime(time: string, now: number): SafeText {
  const day = dayName(time, now)
  const isNear = day === 'Today' || day === 'Yesterday' || day === 'Tomorrow'
  return safe`${isNear ? safeText(day.toLowerCase()) : day}, ${clock(time)}`
}

/** What is left until then, in its largest unit. */
export function remaining(until: string, now: number): SafeText {
  const left = Math.max(0, new Date(until).getTime() - now)
  // It is drawn anew each minute.
  if (left < 60_000) return safe`<1m`
  const minutes = Math.ceil(left / 60_000)
  if (minutes < 60) return safe`${minutes}m`
  const hours = Math.ceil(minutes / 60)
  return hours < 48 ? safe`${hours}h` : safe`${Math.ceil(hours / 24)}d`
}
