// Pictures of strangers: what is refused before it is decoded, what it costs, how it looks.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import jpeg from 'jpeg-js'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Picture, PictureWish } from '../../src/tui/host.ts'
import { decodePicture } from '../../src/tui/images/decode.ts'
import { drawing, wishFor } from '../../src/tui/images/drawing.ts'
import { headerOf, PictureError } from '../../src/tui/images/header.ts'
import { forgotten } from '../../src/tui/images/kitty.ts'
import { answered, BLOCKS, meansOf, NO_ANSWERS } from '../../src/tui/images/means.ts'
import { scaled } from '../../src/tui/images/scale.ts'
import { thumbnail } from '../../src/tui/images/thumbnail.ts'
import type { Reply } from '../../src/tui/input/event.ts'
import { cellsOf } from '../../src/tui/paint/cells.ts'
import { lineWidth } from '../../src/tui/text/line.ts'
import { themeOf } from '../../src/tui/theme/theme.ts'

type Rgba = readonly [number, number, number, number]

const RED: Rgba = [255, 0, 0, 255]
const BLUE: Rgba = [0, 0, 255, 255]
const CLEAR: Rgba = [0, 0, 0, 0]
const WISH: PictureWish = { width: 16, height: 16, ground: [0, 0, 0] }

const painted = (
  width: number,
  height: number,
  at: (x: number, y: number) => Rgba,
): Picture & { readonly data: Buffer } => {
  const data = Buffer.from(
    Array.from({ length: width * height }, (_, n) => [
      ...at(n % width, Math.floor(n / width)),
    ]).flat(),
  )
  return { width, height, pixels: data, data }
}

const png = (picture: ReturnType<typeof painted>): Buffer => {
  const made = new PNG({ width: picture.width, height: picture.height })
  made.data = picture.data
  return PNG.sync.write(made)
}

const jpg = (picture: ReturnType<typeof painted>): Buffer => jpeg.encode(picture, 95).data

/** The dimensions that it says, whatever it holds. */
const saying = (bytes: Buffer, width: number, height: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy.writeUInt32BE(width, 16)
  copy.writeUInt32BE(height, 20)
  return copy
}

/** As a camera that was held on its side writes it. */
function rotated(bytes: Buffer, orientation: number): Buffer {
  const exif = Buffer.from(
    'Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0',
    'latin1',
  )
  exif.writeUInt16BE(orientation, 6 + 8 + 2 + 8)
  const head = Buffer.from([0xff, 0xe1, 0, exif.length + 2])
  return Buffer.concat([bytes.subarray(0, 2), head, exif, bytes.subarray(2)])
}

const pixelAt = ({ pixels, width }: Picture, x: number, y: number): readonly number[] =>
  Array.from(pixels.subarray(4 * (y * width + x), 4 * (y * width + x) + 3))

const small = painted(8, 4, (x) => (x < 4 ? RED : BLUE))

describe('before a picture is decoded', () => {
  test('its size is known', () => {
    expect(headerOf(png(small))).toEqual({ format: 'png', width: 8, height: 4, orientation: 1 })
    expect(headerOf(jpg(small))).toMatchObject({ format: 'jpeg', width: 8, height: 4 })
    expect(headerOf(rotated(jpg(small), 6)).orientation).toBe(6)
  })

  const interlaced = (): Buffer => {
    const bytes = png(small)
    bytes[28] = 1
    return bytes
  }
  const tallJpeg = (): Buffer => {
    const bytes = jpg(small)
    const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]))
    bytes.writeUInt16BE(60_000, frame + 5)
    bytes.writeUInt16BE(60_000, frame + 7)
    return bytes
  }
  test.each([
    ['more pixels than memory', () => saying(png(small), 60_000, 60_000)],
    ['one endless row', () => saying(png(small), 0x7fffffff, 1)],
    ['no pixels', () => saying(png(small), 0, 4)],
    ['a JPEG of more pixels than memory', tallJpeg],
    ['an interlaced one, which is inflated without a bound', interlaced],
    ['half a header', () => png(small).subarray(0, 20)],
    ['a GIF', () => Buffer.from('GIF89a\x01\0\x01\0')],
    ['nothing', () => Buffer.alloc(0)],
  ])('is refused: %s', (_, make) => {
    expect(() => headerOf(make())).toThrow(PictureError)
  })

  test('whatever it is, it has a header or is refused', () => {
    const start = fc.constantFrom(png(small), jpg(small), rotated(jpg(small), 3), Buffer.alloc(0))
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 60 }), fc.nat(80), (bytes, noise, at) => {
        const broken = Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)])
        try {
          const { height, width } = headerOf(broken)
          expect(width * height).toBeLessThanOrEqual(16_000_000)
        } catch (error) {
          expect(error).toBeInstanceOf(PictureError)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('a picture', () => {
  test('is made smaller, never larger, and keeps its shape', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 8 }),
        (width, height, orientation) => {
          const shown = scaled(
            painted(width, height, () => RED),
            { ...WISH, orientation },
          )
          expect(shown.width).toBeLessThanOrEqual(16)
          expect(shown.height).toBeLessThanOrEqual(16)
          expect(shown.width * shown.height).toBeLessThanOrEqual(width * height)
          expect(pixelAt(shown, 0, 0)).toEqual([255, 0, 0])
          expect(pixelAt(shown, shown.width - 1, shown.height - 1)).toEqual([255, 0, 0])
        },
      ),
    )
  })

  test.each([
    [1, 'left'],
    [2, 'right'],
    [3, 'right'],
    [4, 'left'],
    [5, 'top'],
    [6, 'top'],
    [7, 'bottom'],
    [8, 'bottom'],
  ])('that was held as %i says has its red half on the %s', (orientation, side) => {
    const shown = thumbnail(rotated(jpg(small), orientation), WISH)
    const at = {
      left: [0, 0],
      right: [shown.width - 1, 0],
      top: [0, 0],
      bottom: [0, shown.height - 1],
    }[side] as [number, number]
    expect([shown.width, shown.height]).toEqual(orientation > 4 ? [4, 8] : [8, 4])
    const [red = 0, , blue = 255] = pixelAt(shown, ...at)
    expect(red).toBeGreaterThan(blue)
  })

  test('lets the ground be seen where it is clear', () => {
    const shown = thumbnail(png(painted(2, 2, (x) => (x === 0 ? CLEAR : RED))), {
      ...WISH,
      ground: [10, 20, 30],
    })
    expect(pixelAt(shown, 0, 0)).toEqual([10, 20, 30])
  })

  test('that inflates to more than it says is not inflated', () => {
    const whole = png(small)
    const data = deflateSync(Buffer.alloc(24 * 1024 * 1024), { level: 1 })
    const chunk = Buffer.concat([Buffer.alloc(4), Buffer.from('IDAT'), data, Buffer.alloc(4)])
    chunk.writeUInt32BE(data.length, 0)
    chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length)
    const end = whole.indexOf('IDAT') - 4
    const bomb = Buffer.concat([whole.subarray(0, end), chunk, whole.subarray(-12)])
    const before = process.memoryUsage()
    let shown: Picture | undefined
    try {
      shown = thumbnail(bomb, WISH)
    } catch {
      // As good.
    }
    const after = process.memoryUsage()
    expect(after.rss - before.rss).toBeLessThan(18 * 1024 * 1024)
    expect(shown?.width ?? 8).toBe(8)
  })

  test('has two pixels in each cell', () => {
    const theme = themeOf({ name: 'dark', depth: 'truecolor' })
    expect(wishFor({ columns: 10, rows: 5 }, BLOCKS, theme)).toMatchObject({
      width: 10,
      height: 10,
    })
    const halves = painted(3, 3, (x) => (x === 0 ? RED : BLUE))
    const { lines: rows } = drawing(halves, BLOCKS, 'truecolor', 'a')
    expect(rows.map(lineWidth)).toEqual([3, 3])
    expect(rows.flat().map(({ style, text }) => [text, style?.fg, style?.bg])).toEqual([
      ['▀', '#ff0000', '#ff0000'],
      ['▀▀', '#0000ff', '#0000ff'],
      ['▀', '#ff0000', undefined],
      ['▀▀', '#0000ff', undefined],
    ])
  })
})

describe('a terminal', () => {
  const said = (...replies: readonly Reply[]) => replies.reduce(answered, NO_ANSWERS)
  const graphics: Reply = { of: 'kittyGraphics', ok: true }
  const version = (name: string): Reply => ({ of: 'version', name })

  test.each([
    ['kitty', said(graphics, version('kitty(0.40.0)')), { TERM: 'xterm-kitty' }, 'kitty'],
    ['ghostty', said(graphics, version('ghostty 1.2')), {}, 'kitty'],
    ['one that says so and has no graphics', said(version('kitty(0.1)')), {}, 'blocks'],
    [
      'one with graphics and no placeholders',
      said(graphics, version('WezTerm 2024')),
      {},
      'blocks',
    ],
    [
      'kitty behind tmux',
      said(graphics, version('kitty(0.40.0)')),
      { TMUX: '/tmp/x,1,0' },
      'blocks',
    ],
    ['kitty behind screen', said(graphics, version('kitty(0.40.0)')), { TERM: 'screen' }, 'blocks'],
    ['one that answers nothing', NO_ANSWERS, {}, 'blocks'],
  ])('that is %s is shown pictures as %s', (_, answers, env, kind) => {
    expect(meansOf(answers, env).kind).toBe(kind)
  })

  test('with cells of many pixels gets no more than it needs', () => {
    const means = meansOf(
      said(graphics, version('kitty(1)'), { of: 'cellSize', width: 20, height: 44 }),
      {},
    )
    expect(means).toEqual({ kind: 'kitty', cell: { width: 9, height: 20 } })
  })

  test('that keeps pictures gets the pixels once, and placeholders that name their part', () => {
    const means = { kind: 'kitty', cell: { width: 10, height: 20 } } as const
    const shot = painted(75, 50, (x, y) => [x, y, 7, 255])
    const drawn = drawing(shot, means, 'truecolor', 'a')
    if (!('setup' in drawn)) throw new Error('it was not sent')
    const sequences = drawn.setup.split('\x1b\\').slice(0, -1)
    expect(drawn.setup).toMatch(/^(?:\x1b_G[\w=,]+;[\w+/=]{0,4096}\x1b\\)+$/)
    expect(sequences[0]).toContain(`a=T,U=1,q=2,f=24,s=75,v=50,i=${drawn.id},c=8,r=3,m=1`)
    expect(sequences.at(-1)).toMatch(/^\x1b_Gm=0;/)
    const data = Buffer.from(sequences.map((one) => one.replace(/^[^;]*;/, '')).join(''), 'base64')
    expect(data.length).toBe(3 * 75 * 50)
    expect(Array.from(data.subarray(3 * 76, 3 * 76 + 3))).toEqual([1, 1, 7])
    expect(drawn.lines.map(lineWidth)).toEqual([8, 8, 8])
    const cells = cellsOf(drawn.lines[1] ?? [])
    // Row 1, columns 0 and 7; nothing is taken for a field that runs right to left.
    expect([cells.glyphs[0], cells.glyphs[7]]).toEqual([
      '\u{10eeee}\u030d\u0305',
      '\u{10eeee}\u030d\u033f',
    ])
    expect(new Set(cells.fg).size).toBe(1)
    expect((cells.fg[0] ?? 0) & 0xffffff).toBe(drawn.id)
    expect(forgotten([drawn.id])).toBe(`\x1b_Ga=d,d=I,q=2,i=${drawn.id}\x1b\\`)
  })
})

describe('the decoder’s process', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sotto-pictures-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const file = (name: string, bytes: Buffer): string => {
    const path = join(folder, name)
    writeFileSync(path, bytes)
    return path
  }

  test('answers with the pixels, and is ended when it is slow', async () => {
    const path = file('a.png', png(small))
    const [slow, good] = await Promise.allSettled([
      decodePicture(path, WISH, 1),
      decodePicture(path, { ...WISH, width: 4 }, 60_000),
    ])
    expect(slow).toMatchObject({ reason: { message: 'This picture cannot be shown.' } })
    const shown = good.status === 'fulfilled' ? good.value : undefined
    if (shown === undefined) throw new Error('refused')
    expect([shown.width, shown.height]).toEqual([4, 2])
    expect(pixelAt(shown, 0, 0)).toEqual([255, 0, 0])
    expect(pixelAt(shown, 3, 1)).toEqual([0, 0, 255])
  }, 90_000)

  test('is not started for what is too large, or not there', async () => {
    const large = file('c.png', Buffer.alloc(17 * 1024 * 1024))
    await expect(decodePicture(large, WISH)).rejects.toThrow('too large')
    await expect(decodePicture(folder, WISH)).rejects.toThrow('cannot be shown')
    await expect(decodePicture(join(folder, 'none'), WISH)).rejects.toThrow('not there')
  })
})

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}
