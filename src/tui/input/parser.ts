// Bytes from the terminal in, events out; no stream and no clock. What may still go on (a lone ESC,
// a paste without its end) is held back: when nothing has come for a moment, the caller says so with
// `flush`, and it is taken for what it is.
//
// A paste is never keys. Its end may stand in the pasted text itself, where a terminal does not
// filter it: what follows an end at once is held back too, and is paste if another end follows.

import { clusters } from '../text/cluster.ts'
import { sequenceEvent } from './control-sequence.ts'
import { stringReply } from './control-string.ts'
import type { InputEvent } from './event.ts'
import { characterKey, controlKey, LETTER_NAMES, NO_MODIFIERS, namedKey } from './key.ts'
import { cleanPaste, PASTE_START, PasteText } from './paste.ts'

/** Longer is no answer of any terminal: XTVERSION and colours have a few dozen. */
const MAX_SEQUENCE = 1024
/** A paste is handed over in pieces of about this, in UTF-16 units. */
export const MAX_PASTE = 1 << 20

/** Where we are in what the terminal says. `stalled`: nothing came for a moment. */
type State = 'keys' | 'paste' | 'stalledPaste' | 'afterPaste'

export class InputParser {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  readonly #paste = new PasteText()
  #state: State = 'keys'
  /** Of keys: what is not whole yet. */
  #held = ''

  /** Something is held back. */
  get pending(): boolean {
    return this.#held !== '' || this.#state !== 'keys'
  }

  feed(chunk: Uint8Array | string): readonly InputEvent[] {
    const text = typeof chunk === 'string' ? chunk : this.#decoder.decode(chunk, { stream: true })
    if (this.#state === 'stalledPaste' && isWayOut(text)) {
      this.#state = 'keys'
      return pasted(this.#paste.takeAll())
    }
    const events: InputEvent[] = []
    this.#fed(text, events)
    return events
  }

  /** Nothing has come for a moment. */
  flush(): readonly InputEvent[] {
    switch (this.#state) {
      case 'keys':
        return this.#keys('', true)
      case 'afterPaste':
        this.#state = 'keys'
        return this.#keys(this.#paste.takeAll(), true)
      case 'paste':
      case 'stalledPaste':
        this.#state = 'stalledPaste'
        return pasted(this.#paste.take())
    }
  }

  #fed(text: string, events: InputEvent[]): void {
    if (this.#state === 'keys') {
      events.push(...this.#keys(text, false))
      return
    }
    const ended = this.#paste.add(text)
    if (ended === undefined) {
      if (this.#paste.length >= MAX_PASTE) events.push(...pasted(this.#paste.take()))
      return
    }
    events.push(...pasted(ended.text))
    this.#state = ended.rest === '' ? 'keys' : 'afterPaste'
    if (ended.rest !== '') this.#paste.add(ended.rest)
  }

  /** The keys of what is held and what comes to it. `final`: nothing will follow soon. */
  #keys(text: string, final: boolean): readonly InputEvent[] {
    this.#held += text
    const events: InputEvent[] = []
    let at = 0
    while (at < this.#held.length) {
      if (this.#held.startsWith(PASTE_START, at)) {
        const rest = this.#held.slice(at + PASTE_START.length)
        this.#held = ''
        this.#state = 'paste'
        this.#fed(rest, events)
        return events
      }
      const next = this.#step(at, final, events)
      if (next === at) break
      at = next
    }
    this.#held = this.#held.slice(at)
    return events
  }

  /** Takes one thing from `at` on and says where it ends; `at` itself if it is not whole. */
  #step(at: number, final: boolean, events: InputEvent[]): number {
    const text = this.#held
    if (text[at] === '\x1b') return escaped(text, at, final, events)
    const code = text.charCodeAt(at)
    if (code < 0x20 || code === 0x7f) {
      events.push(controlKey(code, false))
      return at + 1
    }
    let end = at
    while (end < text.length && isText(text.charCodeAt(end))) end++
    // A C1 control character: no keyboard makes one.
    if (end === at) return at + 1
    for (const { glyph } of clusters(text.slice(at, end))) {
      if (glyph !== '\ufffd') events.push(characterKey(glyph))
    }
    return end
  }
}

const isText = (code: number): boolean =>
  code >= 0x20 && code !== 0x7f && !(code >= 0x80 && code < 0xa0)

/** What frees from a paste that never ends: Escape or Ctrl+C alone, after a while of nothing. */
const isWayOut = (text: string): boolean => text === '\x1b' || text === '\x03'

function pasted(raw: string): readonly InputEvent[] {
  const text = cleanPaste(raw)
  return text === '' ? [] : [{ kind: 'paste', text }]
}

const isFinal = (code: number): boolean => code >= 0x40 && code <= 0x7e
const isParameter = (code: number): boolean => code >= 0x20 && code <= 0x3f

/** From an ESC on: a sequence, a string, or Alt with a key. */
function escaped(text: string, at: number, final: boolean, events: InputEvent[]): number {
  const next = text[at + 1]
  if (next === undefined) {
    if (!final) return at
    events.push(namedKey('escape'))
    return at + 1
  }
  // Two: Alt with whatever sequence follows, or Escape twice.
  if (next === '\x1b') return escapedTwice(text, at, final, events)
  if (next === '[') return controlSequence(text, at, final, events)
  if (next === 'O') return singleShift(text, at, final, events)
  if (next === ']' || next === 'P' || next === '_' || next === '^' || next === 'X') {
    return controlString(text, at, final, events)
  }
  return withAlt(text, at, events)
}

/** ESC and one character: that key, with Alt. */
function withAlt(text: string, at: number, events: InputEvent[]): number {
  const code = text.codePointAt(at + 1) ?? 0
  const character = String.fromCodePoint(code)
  if (code < 0x20 || code === 0x7f) events.push(controlKey(code, true))
  else if (isText(code)) events.push(characterKey(character, { ...NO_MODIFIERS, alt: true }))
  return at + 1 + character.length
}

function escapedTwice(text: string, at: number, final: boolean, events: InputEvent[]): number {
  const third = text[at + 2]
  if (third === undefined && !final) return at
  if (third === '[' || third === 'O') {
    const inner: InputEvent[] = []
    const end = escaped(text, at + 1, final, inner)
    if (end === at + 1) return at
    for (const event of inner) {
      events.push(event.kind === 'key' && !event.alt ? alted(event.key) : event)
    }
    return end
  }
  events.push(namedKey('escape'))
  return at + 1
}

/** `shift+up` as `alt+shift+up`: the order of a name. */
function alted(key: string): InputEvent {
  const ctrl = key.startsWith('ctrl+')
  const rest = ctrl ? key.slice('ctrl+'.length) : key
  const shift = rest.startsWith('shift+')
  const name = shift ? rest.slice('shift+'.length) : rest
  return namedKey(name, { ctrl, alt: true, shift })
}

function controlSequence(text: string, at: number, final: boolean, events: InputEvent[]): number {
  // The Linux console's F1 to F5: ESC [ [ A.
  if (text[at + 2] === '[') return linuxFunction(text, at, final, events)
  let end = at + 2
  while (end < text.length && isParameter(text.charCodeAt(end))) end++
  if (end === text.length) {
    if (end - at > MAX_SEQUENCE) return end
    if (!final) return at
    if (end === at + 2) return withAlt(text, at, events)
    return end
  }
  // Not a sequence after all; what broke it is looked at for itself.
  if (!isFinal(text.charCodeAt(end))) return end
  const body = text.slice(at + 2, end + 1)
  // The mouse as it was told before there was a limit to columns: three more bytes.
  if (body === 'M') return text.length >= end + 4 || final ? Math.min(text.length, end + 4) : at
  const event = sequenceEvent(body)
  if (event !== undefined) events.push(event)
  return end + 1
}

function linuxFunction(text: string, at: number, final: boolean, events: InputEvent[]): number {
  const letter = text.charCodeAt(at + 3)
  if (Number.isNaN(letter)) return final ? at + 3 : at
  const number = letter - 0x40
  if (number >= 1 && number <= 5) events.push(namedKey(`f${number}`))
  return at + 4
}

/** SS3: the keypad's way to say arrows and F1 to F4. */
function singleShift(text: string, at: number, final: boolean, events: InputEvent[]): number {
  const letter = text[at + 2]
  if (letter === undefined) return final ? withAlt(text, at, events) : at
  const name = letter === 'M' ? 'enter' : LETTER_NAMES[letter]
  if (name === undefined) return withAlt(text, at, events)
  events.push(namedKey(name))
  return at + 3
}

function controlString(text: string, at: number, final: boolean, events: InputEvent[]): number {
  const end = stringEnd(text, at + 2)
  if (end === undefined) {
    if (text.length - at > MAX_SEQUENCE) return text.length
    if (!final) return at
    // Alone it was Alt with that key; begun and broken off, it is no text either.
    return text.length === at + 2 ? withAlt(text, at, events) : text.length
  }
  const reply = stringReply(text[at + 1] ?? '', text.slice(at + 2, end.from))
  if (reply !== undefined) events.push({ kind: 'reply', reply })
  return end.to
}

/** BEL or ESC \. Any other ESC breaks the string off. */
function stringEnd(
  text: string,
  from: number,
): { readonly from: number; readonly to: number } | undefined {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x07) return { from: at, to: at + 1 }
    if (code !== 0x1b) continue
    if (at + 1 === text.length) return undefined
    return text[at + 1] === '\\' ? { from: at, to: at + 2 } : { from: at, to: at }
  }
  return undefined
}
