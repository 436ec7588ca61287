// An event that is not a message, as a sentence for people; the same in a listing and in a
// conversation. Scripts read JSON.

import type { EventJson } from '../client/api.ts'
import { isolated, type SafeText, safe, safeName, safeText } from '../protocol/safe-text.ts'
import { clockOf, nameOf, shortId } from './render.ts'
import type { Style } from './style.ts'

/** Where the line is read decides which command can be typed there. */
type Place = 'shell' | 'conversation'

export function eventLine(event: EventJson, style: Style, place: Place = 'shell'): SafeText {
  const words = wordsOf(event, place)
  if (words === undefined) return style.dim(safe`* ${keysOf(event)}`)
  const at = textOf(event.at)
  return style.dim(at === '' ? safe`* ${words}` : safe`${clockOf(at)}  * ${words}`)
}

const ACCEPT: Readonly<Record<Place, SafeText>> = {
  shell: safe`sotto contact accept`,
  conversation: safe`/accept`,
}

/** What is wrong with an entry, by the event's code. */
const TROUBLES: Readonly<Record<string, SafeText>> = {
  undecryptable: safe`a message could not be decrypted`,
  malformed: safe`a message that is not well-formed was put aside`,
  unknown_device: safe`a message came from a device that is not in its owner’s list`,
  untrusted_identity: safe`a message waits until the changed identity is accepted`,
  device_list_refused: safe`the server shows a device list that its owner did not sign`,
  device_list_fork: safe`the server shows the two of you different device lists`,
  session_reset: safe`the encryption was begun anew; something before may be missing`,
  send_failed: safe`a message could not be sent`,
  internal: safe`an entry was put aside by a fault of ours`,
}

function wordsOf(event: EventJson, place: Place): SafeText | undefined {
  const who = nameOf(textOf((event.from as { readonly name?: unknown } | null)?.name))
  const what = shortId(textOf(event.id))
  switch (event.type) {
    case 'reaction': {
      const emoji = isolated(safeText(textOf(event.emoji)))
      return event.removed === true
        ? safe`${who} took ${emoji} back from ${what}`
        : safe`${who} reacted ${emoji} to ${what}`
    }
    case 'edit':
      return safe`${who} edited ${what}: ${isolated(safeText(textOf(event.body)))}`
    case 'delete':
      return safe`${who} deleted ${what}`
    case 'receipt':
      return event.status === 'read' ? safe`${who} read ${what}` : safe`${who} has ${what}`
    case 'contact_request':
      return safe`${who} asks to be a contact: ${ACCEPT[place]} ${who}`
    case 'contact_accepted':
      return safe`${who} is a contact now`
    case 'identity_changed':
      return safe`the identity of ${who} changed, nothing is sent to it: sotto verify ${who}`
    case 'device_added':
      return safe`${who} added a device`
    case 'device_removed':
      return safe`${who} removed a device`
    case 'gap':
      return safe`messages are missing: they waited on the server for too long`
    case 'error':
      return troubleOf(event, who)
    default:
      return undefined
  }
}

function troubleOf(event: EventJson, who: SafeText): SafeText | undefined {
  const trouble = TROUBLES[textOf(event.code)]
  if (trouble === undefined) return undefined
  return event.from === null || event.from === undefined ? trouble : safe`${who}: ${trouble}`
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
