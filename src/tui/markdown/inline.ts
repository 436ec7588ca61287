// The marks within a paragraph: **bold**, *italic*, _italic_, ~~struck~~, `code`, [text](address) and
// bare addresses. A mark stands at the edge of a word, or it is a letter: `snake_case`, `2*3*4`,
// `__init__`, `f(*)` and `*.ts` are what they are. A backslash disarms what follows and stays in
// sight, as in ¯\_(ツ)_/¯. Linear in the text.

import type { SafeText } from '../../protocol/safe-text.ts'
import { type Link, linkTo } from '../text/link.ts'

export interface Run {
  readonly text: SafeText
  readonly bold?: true
  readonly italic?: true
  readonly strike?: true
  readonly code?: true
  readonly link?: Link
  /** Not written by the sender: where a link leads, in full. */
  readonly target?: true
}

type Mark = 'bold' | 'italic' | 'strike'

/** A piece of the text. A mark that found its other half has become `opens` or `closes`. */
interface Piece {
  text: string
  opens?: readonly Mark[]
  closes?: readonly Mark[]
  code?: true
  link?: Link
  target?: true
}

const MARKS: Readonly<Record<string, readonly Mark[]>> = {
  '*': ['italic'],
  '**': ['bold'],
  '***': ['bold', 'italic'],
  _: ['italic'],
  '~~': ['strike'],
}

const SPACE = /^\s?$/
/** Ideographs have no spaces around them: a mark between them is at an edge. */
const WORD =
  /^(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}])[\p{L}\p{N}]$/u
const CLOSING = ')]},.;:!?/'
const OPENING = '([{/'
const SPECIAL = /[*_~`[\]\\]|https?:\/\//g
const RUN = /[*_~`]/
const ADDRESS = /https?:\/\/[^\s<>`"[\]\u2018-\u201f]+/y
/** Brackets within brackets once: encyclopedias have them in their addresses. */
const TARGET = /\]\(([^\s()<>]+(?:\([^\s()<>]*\)[^\s()<>]*)*)\)/y
/** What ends a sentence and not an address. */
const TRAILING = ".,;:!?'*~"

export function runsOf(text: SafeText): readonly Run[] {
  return merged(new Reader(text).read())
}

class Reader {
  readonly #text: string
  readonly #pieces: Piece[] = []
  /** Marks that wait for their other half, by their index among the pieces. */
  #open: { readonly mark: string; readonly piece: number }[] = []
  readonly #waiting = new Map<string, number>()
  #brackets: number[] = []
  #codeEnds: ReadonlyMap<number, number> | undefined

  constructor(text: string) {
    this.#text = text
  }

  read(): readonly Piece[] {
    const text = this.#text
    let from = 0
    SPECIAL.lastIndex = 0
    for (let at = this.#next(0); at < text.length; at = this.#next(from)) {
      if (at > from) this.#pieces.push({ text: text.slice(from, at) })
      from = at + this.#take(at)
    }
    if (from < text.length) this.#pieces.push({ text: text.slice(from) })
    return this.#pieces
  }

  #next(from: number): number {
    SPECIAL.lastIndex = from
    return SPECIAL.exec(this.#text)?.index ?? this.#text.length
  }

  /** Reads what begins here and says how long it is. */
  #take(at: number): number {
    switch (this.#text.charAt(at)) {
      case '\\':
        return this.#letters(at, 1 + this.#runLength(at + 1))
      case '`':
        return this.#code(at)
      case '[':
        this.#brackets.push(this.#pieces.length)
        return this.#letters(at, 1)
      case ']':
        return this.#link(at)
      case 'h':
        return this.#address(at)
      default:
        return this.#mark(at)
    }
  }

  #letters(at: number, length: number): number {
    this.#pieces.push({ text: this.#text.slice(at, at + length) })
    return length
  }

  /** Of the same mark again and again; 1 for any other character. */
  #runLength(at: number): number {
    const mark = this.#text.charAt(at)
    let end = at + 1
    if (RUN.test(mark)) while (this.#text.charAt(end) === mark) end++
    return end - at
  }

  #mark(at: number): number {
    const text = this.#text
    const length = this.#runLength(at)
    const mark = text.slice(at, at + length)
    const marks = length <= 3 ? MARKS[mark] : undefined
    if (marks === undefined) return this.#letters(at, length)
    const [before, after] = [characterBefore(text, at), characterAt(text, at + length)]
    const isLetter = before === after && !SPACE.test(before)
    const opens = !isLetter && !SPACE.test(after) && !WORD.test(before) && !CLOSING.includes(after)
    const closes =
      !isLetter && !SPACE.test(before) && !WORD.test(after) && !OPENING.includes(before)
    if (closes && this.#close(mark, marks)) return length
    if (opens) {
      this.#open.push({ mark, piece: this.#pieces.length })
      this.#waiting.set(mark, (this.#waiting.get(mark) ?? 0) + 1)
    }
    return this.#letters(at, length)
  }

  /** The nearest of its kind that waits; what waits within is a letter. */
  #close(mark: string, marks: readonly Mark[]): boolean {
    if ((this.#waiting.get(mark) ?? 0) === 0) return false
    for (let open = this.#open.pop(); open !== undefined; open = this.#open.pop()) {
      this.#waiting.set(open.mark, (this.#waiting.get(open.mark) ?? 0) - 1)
      if (open.mark !== mark) continue
      this.#pieces[open.piece] = { text: '', opens: marks }
      this.#pieces.push({ text: '', closes: marks })
      return true
    }
    return false
  }

  #code(at: number): number {
    const length = this.#runLength(at)
    this.#codeEnds ??= codeEnds(this.#text)
    const end = this.#codeEnds.get(at)
    if (end === undefined) return this.#letters(at, length)
    const inner = this.#text.slice(at + length, end)
    const isPadded = /^ .* $/s.test(inner) && inner.trim() !== ''
    this.#pieces.push({ text: isPadded ? inner.slice(1, -1) : inner, code: true })
    return end + length - at
  }

  #link(at: number): number {
    const opening = this.#brackets.pop()
    TARGET.lastIndex = at
    const [whole = '', address = ''] = TARGET.exec(this.#text) ?? []
    const link = address === '' ? undefined : linkTo(address)
    if (opening === undefined || link === undefined) return this.#letters(at, 1)
    const shown = this.#pieces.slice(opening + 1)
    if (shown.every((piece) => piece.text.trim() === '')) return this.#letters(at, 1)
    // No links in links: what waits before this one can be none any more.
    this.#brackets = []
    this.#pieces[opening] = { text: '' }
    for (const piece of shown) piece.link = link
    const text = shown.map((piece) => piece.text).join('')
    if (text !== address) {
      this.#pieces.push({
        text: ` (${isPlain(address) ? address : link.href})`,
        link,
        target: true,
      })
    }
    return whole.length
  }

  #address(at: number): number {
    ADDRESS.lastIndex = at
    const whole = WORD.test(characterBefore(this.#text, at)) ? '' : addressOf(this.#text)
    const link = linkTo(whole)
    // At least the scheme is no place for marks.
    if (link === undefined) return this.#letters(at, Math.max('http'.length, whole.length))
    this.#pieces.push({ text: whole, link })
    // Letters that look like others: where it leads is said in letters that do not.
    if (!isPlain(whole)) this.#pieces.push({ text: ` (${link.href})`, link, target: true })
    return whole.length
  }
}

const isPlain = (address: string): boolean => /^[\x21-\x7e]*$/.test(address)

/** Without what belongs to the sentence around it. */
function addressOf(text: string): string {
  const [whole = ''] = ADDRESS.exec(text) ?? []
  let open = 0
  for (const character of whole) open += character === '(' ? 1 : character === ')' ? -1 : 0
  let end = whole.length
  for (; end > 0; end--) {
    const last = whole.charAt(end - 1)
    if (last === ')' && open < 0) open += 1
    else if (!TRAILING.includes(last)) break
  }
  return whole.slice(0, end)
}

/** Where the code ends that a run of backticks begins: at the next run of the same length. */
function codeEnds(text: string): ReadonlyMap<number, number> {
  const ends = new Map<number, number>()
  const next = new Map<number, number>()
  for (const { 0: run, index } of [...text.matchAll(/`+/g)].reverse()) {
    const end = next.get(run.length)
    if (end !== undefined) ends.set(index, end)
    next.set(run.length, index)
  }
  return ends
}

const characterAt = (text: string, at: number): string =>
  at < text.length ? String.fromCodePoint(text.codePointAt(at) ?? 0) : ''

function characterBefore(text: string, at: number): string {
  const unit = text.charCodeAt(at - 1)
  return text.slice(unit >= 0xdc00 && unit <= 0xdfff ? at - 2 : at - 1, at)
}

/** The pieces in their looks; neighbours of one look are one run. */
function merged(pieces: readonly Piece[]): readonly Run[] {
  const runs: { -readonly [key in keyof Run]: Run[key] }[] = []
  const active = { bold: 0, italic: 0, strike: 0 }
  for (const { closes = [], code, link, opens = [], target, text } of pieces) {
    for (const mark of opens) active[mark] += 1
    for (const mark of closes) active[mark] -= 1
    if (text === '') continue
    const run: Run = {
      text: text as SafeText,
      ...(active.bold > 0 && { bold: true }),
      ...(active.italic > 0 && { italic: true }),
      ...(active.strike > 0 && { strike: true }),
      ...(code && { code }),
      ...(link !== undefined && { link }),
      ...(target && { target }),
    }
    const last = runs.at(-1)
    if (last !== undefined && isSameLook(last, run)) last.text = (last.text + text) as SafeText
    else runs.push(run)
  }
  return runs
}

const isSameLook = (one: Run, other: Run): boolean =>
  one.bold === other.bold &&
  one.italic === other.italic &&
  one.strike === other.strike &&
  one.code === other.code &&
  one.link === other.link &&
  one.target === other.target
