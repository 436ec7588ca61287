// Pictures by kitty's protocol: the pixels are sent once, under a number, and wherever the terminal
// finds a placeholder in the colour of that number it draws the part that the placeholder's marks
// name. So they scroll, are covered and are painted like letters. Only numbers and base64 are
// written, all of them ours.

import type { SafeText } from '../../protocol/safe-text.ts'
import type { Picture } from '../host.ts'
import type { Line, Span } from '../text/line.ts'
import type { Means } from './means.ts'

export interface KittyPicture {
  readonly lines: readonly Line[]
  /** What has to be written before the lines are. */
  readonly setup: string
  readonly id: number
}

const PLACEHOLDER = '\u{10eeee}'
/** The protocol's marks for 0, 1, 2 and so on, for rows and columns: as many as a screen needs here. */
const MARKS =
  '0305 030d 030e 0310 0312 033d 033e 033f 0346 034a 034b 034c 0350 0351 0352 0357 035b 0363 0364 0365 0366 0367 0368 0369 036a 036b 036c 036d 036e 036f 0483 0484 0485 0486 0487 0592 0593 0594 0595 0597 0598 0599 059c 059d 059e 059f 05a0 05a1 05a8 05a9 05ab 05ac 05af 05c4 0610 0611 0612 0613 0614 0615 0616 0617 0657 0658 0659 065a 065b 065d 065e 06d6 06d7 06d8 06d9 06da 06db 06dc 06df 06e0 06e1 06e2 06e4 06e7 06e8 06eb 06ec'
    .split(' ')
    .map((code) => String.fromCodePoint(Number.parseInt(code, 16)))
/** Of base64, in one sequence. */
const CHUNK = 4096

export function kittyPicture(
  picture: Picture,
  { cell }: Extract<Means, { readonly kind: 'kitty' }>,
  name: string,
): KittyPicture {
  const columns = Math.min(MARKS.length, Math.ceil(picture.width / cell.width))
  const rows = Math.min(MARKS.length, Math.ceil(picture.height / cell.height))
  const id = idOf(`${name} ${columns} ${rows}`)
  const lines = Array.from({ length: rows }, (_, row): Line => {
    const cells = MARKS.slice(0, columns).map((mark) => `${PLACEHOLDER}${MARKS[row] ?? ''}${mark}`)
    const span: Span = {
      text: cells.join('') as SafeText,
      style: { fg: `#${id.toString(16).padStart(6, '0')}` },
      picture: true,
    }
    return [span]
  })
  return { lines, id, setup: transmission(picture, { id, columns, rows }) }
}

function transmission(
  { height, pixels, width }: Picture,
  { columns, id, rows }: { readonly id: number; readonly columns: number; readonly rows: number },
): string {
  const data = withoutAlpha(pixels).toString('base64')
  const head = `a=T,U=1,q=2,f=24,s=${width},v=${height},i=${id},c=${columns},r=${rows}`
  const chunks: string[] = []
  for (let at = 0; at < data.length || at === 0; at += CHUNK) {
    const more = at + CHUNK < data.length ? 1 : 0
    chunks.push(`\x1b_G${at === 0 ? `${head},` : ''}m=${more};${data.slice(at, at + CHUNK)}\x1b\\`)
  }
  return chunks.join('')
}

/** For the terminal to forget them: they are nobody else's business. */
export const forgotten = (ids: Iterable<number>): string =>
  Array.from(ids, (id) => `\x1b_Ga=d,d=I,q=2,i=${id}\x1b\\`).join('')

function withoutAlpha(pixels: Uint8Array): Buffer {
  const out = Buffer.alloc((pixels.length / 4) * 3)
  for (let from = 0, to = 0; from < pixels.length; from += 4, to += 3) {
    out[to] = pixels[from] ?? 0
    out[to + 1] = pixels[from + 1] ?? 0
    out[to + 2] = pixels[from + 2] ?? 0
  }
  return out
}

/** As many bits as a colour has; 0 is no picture. FNV-1a: the same picture has the same number. */
function idOf(name: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193)
  return (hash >>> 8) | 1
}
