// A paste while it comes in: pieces, and whether its end is among them. Each byte is looked at once.

export const PASTE_START = '\x1b[200~'
const PASTE_END = '\x1b[201~'

interface Ended {
  /** Up to the last end that has come. */
  readonly text: string
  readonly rest: string
}

export class PasteText {
  #pieces: string[] = []
  /** What an end may have begun with. */
  #tail = ''
  #length = 0

  get length(): number {
    return this.#length + this.#tail.length
  }

  /** The text, where the piece brings an end. */
  add(piece: string): Ended | undefined {
    const text = this.#tail + piece
    const end = text.lastIndexOf(PASTE_END)
    if (end >= 0) {
      const whole = this.#pieces.join('') + text.slice(0, end)
      this.#clear()
      return { text: whole, rest: text.slice(end + PASTE_END.length) }
    }
    const kept = beginningOf(PASTE_END, text)
    this.#tail = text.slice(text.length - kept)
    this.#pieces.push(text.slice(0, text.length - kept))
    this.#length += text.length - kept
    return undefined
  }

  /** All but what may be the beginning of an end. */
  take(): string {
    const text = this.#pieces.join('')
    this.#pieces = []
    this.#length = 0
    return text
  }

  takeAll(): string {
    const text = this.take() + this.#tail
    this.#clear()
    return text
  }

  #clear(): void {
    this.#pieces = []
    this.#tail = ''
    this.#length = 0
  }
}

/** As it may be put into a text. */
export const cleanPaste = (raw: string): string =>
  raw
    .replaceAll(PASTE_START, '')
    .replaceAll(PASTE_END, '')
    .replace(/\r\n?/g, '\n')
    // Whatever a control character means to a terminal, nobody means it in a message.
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '')

/** With how much of the beginning of `mark` the text ends. */
function beginningOf(mark: string, text: string): number {
  for (let length = mark.length - 1; length > 0; length--) {
    if (text.endsWith(mark.slice(0, length))) return length
  }
  return 0
}
