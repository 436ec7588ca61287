// An event that is not a message, as a line of a listing.

import type { EventJson } from '../client/api.ts'
import { eventWords, type Place } from '../client/event-words.ts'
import { nameOf, shortId } from '../client/shown.ts'
import { isolated, type SafeText, safe, safeName, safeText } from '../protocol/safe-text.ts'
import { clockOf } from './render.ts'
import type { Style } from './style.ts'

export function eventLine(event: EventJson, style: Style, place: Place = 'shell'): SafeText {
  const words = eventWords(event, place)
  if (words === undefined) return style.dim(safe`* ${keysOf(event)}`)
  const at = textOf(event.at)
  return style.dim(at === '' ? safe`* ${words}` : safe`${clockOf(at)}  * ${words}`)
}

/** For a type that has no sentence: its own keys. */
function keysOf(event: EventJson): SafeText {
  const { v: _v, type, cursor: _cursor, account: _account, ...rest } = event
  const fields = Object.entries(rest)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([key, value]) => safe`${safeName(key)}=${fieldOf(value)}`)
  return [safeName(type), ...fields].join(' ') as SafeText
}

function fieldOf(value: unknown): SafeText {
  if (typeof value === 'string') return isolated(safeText(value))
  if (typeof value === 'number' || typeof value === 'boolean') return safeText(String(value))
  const named = value as { readonly name?: unknown; readonly id?: unknown } | null
  if (typeof named?.name === 'string') return nameOf(named.name)
  if (typeof named?.id === 'string') return shortId(named.id)
  return safeText(JSON.stringify(value) ?? '')
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
