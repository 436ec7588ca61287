// An event that is not a message, as a sentence for people; the same in a listing, in a conversation
// and on the screen. Scripts read JSON.

import { isolated, type SafeText, safe, safeText } from '../protocol/safe-text.ts'
import type { EventJson } from './api.ts'
import { nameOf, shortId } from './shown.ts'

/** Where the sentence is read decides which command can be typed there. */
export type Place = 'shell' | 'screen'

const ACCEPT: Readonly<Record<Place, SafeText>> = {
  shell: safe`sotto contact accept`,
  screen: safe`/accept`,
}
const VERIFY: Readonly<Record<Place, SafeText>> = {
  shell: safe`sotto verify`,
  screen: safe`/verify`,
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
  server_rolled_back: safe`the server went back to an older copy of its data; what nobody confirmed is sent again`,
  messages_missing: safe`something that was sent did not come`,
  name_reused: safe`the server gives this account the name of another one that you know`,
  send_failed: safe`a message could not be sent`,
  internal: safe`an entry was put aside by a fault of ours`,
}

/** Undefined: there is no sentence for this type. */
export function eventWords(event: EventJson, place: Place): SafeText | undefined {
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
      return safe`the identity of ${who} changed, nothing is sent to it: ${VERIFY[place]} ${who}`
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

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
