// Times as they come in: RFC 3339, with an offset or in UTC.

import { badInput } from './errors.ts'

const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})$/

export const isTime = (text: string): boolean => RFC3339.test(text)

export function parseTime(text: string): number {
  const time = isTime(text) ? Date.parse(text.replace(' ', 'T')) : Number.NaN
  if (Number.isNaN(time)) throw badInput('A time is written like 2026-11-20T23:10:00Z.')
  return time
}
