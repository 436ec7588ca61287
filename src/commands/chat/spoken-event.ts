// An event in the words of a conversation.

import type { EventJson } from '../../client/api.ts'
import { isolated, type SafeText, safe, safeText } from '../../protocol/safe-text.ts'
import { eventLine, nameOf, shortId } from '../render.ts'
import type { Style } from '../style.ts'

export function spokenEvent(event: EventJson, style: Style): SafeText {
  const words = wordsOf(event)
  return words === undefined ? eventLine(event, style) : style.dim(safe`* ${words}`)
}

function wordsOf(event: EventJson): SafeText | undefined {
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
    case 'contact_request':
      return safe`${who} asks to be a contact: /accept ${who}`
    case 'contact_accepted':
      return safe`${who} is a contact now`
    default:
      return undefined
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
