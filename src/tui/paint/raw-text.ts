// What Ink itself has styled and drawn, read back into cells: the sequences that it writes (SGR),
// and nothing else. Any other control character is left out.

import type { SafeText } from '../../protocol/safe-text.ts'
import { width } from '../text/cluster.ts'
import type { Colour, Span, Style } from '../text/line.ts'
import { type Cells, cellsOf } from './cells.ts'

interface Island {
  readonly x: number
  readonly cells: Cells
}

type Mutable = { -readonly [key in keyof Style]: Style[key] }

const TOKEN = /\x1b\[([\d;]*)m|(\x1b\][^\x07\x1b]*(?:\x07|\x1b\\))|([^\x00-\x1f\x7f-\x9f]+)|[\s\S]/g

/** The stretches of a drawn row that show something. */
export function rawCells(drawn: string): readonly Island[] {
  const islands: Island[] = []
  let style: Mutable = {}
  let x = 0
  let spans: Span[] = []
  let start = 0
  const close = (): void => {
    if (spans.length > 0) islands.push({ x: start, cells: cellsOf(spans) })
    spans = []
  }
  for (const [, sgr, , text] of drawn.matchAll(TOKEN)) {
    if (sgr !== undefined) style = restyled(style, sgr)
    if (text === undefined) continue
    for (const part of text.split(/( {2,}|^ | $)/)) {
      if (part === '') continue
      const shows = /[^ ]/.test(part) || style.bg !== undefined || style.inverse === true
      if (!shows) close()
      else {
        if (spans.length === 0) start = x
        spans.push({ text: part as SafeText, style: { ...style } })
      }
      x += width(part)
    }
  }
  close()
  return islands
}

function restyled(before: Mutable, sgr: string): Mutable {
  let style: Mutable = { ...before }
  const codes = (sgr === '' ? '0' : sgr).split(';').map(Number)
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0
    if (code === 0) style = {}
    else if (code === 38 || code === 48) {
      const [colour, used] = extended(codes.slice(at + 1))
      style[code === 38 ? 'fg' : 'bg'] = colour
      at += used
    } else simple(style, code)
  }
  return style
}

function extended([kind, one = 0, two = 0, three = 0]: readonly number[]): readonly [
  Colour | undefined,
  number,
] {
  if (kind === 5) return [one & 0xff, 2]
  if (kind !== 2) return [undefined, 1]
  const rgb = ((one & 0xff) << 16) | ((two & 0xff) << 8) | (three & 0xff)
  return [`#${rgb.toString(16).padStart(6, '0')}`, 4]
}

function simple(style: Mutable, code: number): void {
  if (code >= 30 && code <= 37) style.fg = code - 30
  else if (code >= 90 && code <= 97) style.fg = code - 82
  else if (code >= 40 && code <= 47) style.bg = code - 40
  else if (code >= 100 && code <= 107) style.bg = code - 92
  else if (code === 39) style.fg = undefined
  else if (code === 49) style.bg = undefined
  else attribute(style, code)
}

function attribute(style: Mutable, code: number): void {
  if (code === 22) {
    style.bold = false
    style.dim = false
    return
  }
  const name = ATTRIBUTES[code > 20 ? code - 20 : code]
  if (name !== undefined) style[name] = code < 20
}

const ATTRIBUTES: Readonly<
  Record<number, 'bold' | 'dim' | 'italic' | 'underline' | 'inverse' | 'strike'>
> = { 1: 'bold', 2: 'dim', 3: 'italic', 4: 'underline', 7: 'inverse', 9: 'strike' }
