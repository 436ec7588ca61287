// UUIDs between their text and their sixteen bytes: on the hot path of every frame.

import { ProtocolError } from './errors.ts'

/** Where the 16 bytes of a UUID stand in its text. */
const UUID_PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34]
const HEX_LETTERS = '0123456789abcdef'
/** What the characters of ASCII are worth as digits: 255 is none. */
const NIBBLES = Uint8Array.from({ length: 128 }, (_, code) =>
  HEX_LETTERS.indexOf(String.fromCharCode(code)),
)
const uuidLetters = Buffer.from('00000000-0000-0000-0000-000000000000')

/** A lower-case UUID as its 16 bytes at `at`. */
export function writeUuid(bytes: Buffer, at: number, text: string): void {
  if (text.length !== 36) throw notUuid()
  for (let index = 0; index < 16; index += 1) {
    const place = UUID_PLACES[index] ?? 0
    const high = NIBBLES[text.charCodeAt(place)] ?? 255
    const low = NIBBLES[text.charCodeAt(place + 1)] ?? 255
    if (high > 15 || low > 15) throw notUuid()
    bytes[at + index] = (high << 4) | low
  }
}

const notUuid = (): ProtocolError => new ProtocolError('malformed', 'local', 'not a UUID')

/** Ids of people and logs come again and again: a text that is made once is also hashed once, for
 *  all the maps that it is looked up in. Each has the one place that its bits give it. */
const KNOWN_IDS = 4_096
const knownWords = new Uint32Array(4 * KNOWN_IDS)
const knownTexts: (string | undefined)[] = new Array(KNOWN_IDS).fill(undefined)

/** The text of the 16 bytes at `at`. */
export function uuidAt(bytes: Buffer, at: number): string {
  const a = bytes.readUInt32BE(at)
  const b = bytes.readUInt32BE(at + 4)
  const c = bytes.readUInt32BE(at + 8)
  const d = bytes.readUInt32BE(at + 12)
  const place = (a ^ b ^ c ^ d) & (KNOWN_IDS - 1)
  const words = 4 * place
  const known = knownTexts[place]
  const isSame =
    knownWords[words] === a &&
    knownWords[words + 1] === b &&
    knownWords[words + 2] === c &&
    knownWords[words + 3] === d
  if (isSame && known !== undefined) return known
  const text = uuidText(bytes, at)
  knownWords[words] = a
  knownWords[words + 1] = b
  knownWords[words + 2] = c
  knownWords[words + 3] = d
  knownTexts[place] = text
  return text
}

function uuidText(bytes: Buffer, at: number): string {
  for (let index = 0; index < 16; index += 1) {
    const byte = bytes[at + index] ?? 0
    const place = UUID_PLACES[index] ?? 0
    uuidLetters[place] = HEX_LETTERS.charCodeAt(byte >> 4)
    uuidLetters[place + 1] = HEX_LETTERS.charCodeAt(byte & 15)
  }
  return uuidLetters.toString('latin1')
}
