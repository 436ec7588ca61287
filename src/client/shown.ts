// Names, ids and sizes as every face shows them.

import { isolated, type SafeText, safeName, safeText } from '../protocol/safe-text.ts'

/** An id for people: a unique prefix works everywhere, and ids made in the same minute differ
 *  only behind the eighth digit. */
const SHORT_ID_LENGTH = 13

export const nameOf = (name: string): SafeText => isolated(safeName(name))
export const shortId = (id: string): SafeText => safeText(id.slice(0, SHORT_ID_LENGTH))

const UNITS = ['B', 'KiB', 'MiB', 'GiB'] as const

export function bytesOf(size: number): SafeText {
  let value = size
  let unit = 0
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  return safeText(`${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit] ?? 'B'}`)
}
