// Colours as numbers: what a terminal of fewer colours shows instead, and how well one is read on
// another (WCAG's contrast).

import type { Colour, Style } from '../text/line.ts'

export type Depth = 'none' | '16' | '256' | 'truecolor'

export interface Rgb {
  readonly red: number
  readonly green: number
  readonly blue: number
}

const HEX = /^#[0-9a-f]{6}$/i
/** The usual values of the sixteen; every terminal has its own. */
const ANSI: readonly Rgb[] = [
  '000000',
  'cd0000',
  '00cd00',
  'cdcd00',
  '0000ee',
  'cd00cd',
  '00cdcd',
  'e5e5e5',
  '7f7f7f',
  'ff0000',
  '00ff00',
  'ffff00',
  '5c5cff',
  'ff00ff',
  '00ffff',
  'ffffff',
].map((hex) => parsed(hex))
/** The steps of the 6×6×6 cube of the 256, and where its greys begin. */
const CUBE = [0, 95, 135, 175, 215, 255] as const
const FIRST_CUBE = 16
const FIRST_GREY = 232

export const isHex = (text: string): text is `#${string}` => HEX.test(text)

export function rgbOf(colour: Colour): Rgb {
  if (typeof colour === 'string') return parsed(colour.slice(1))
  if (colour < FIRST_CUBE) return ANSI[colour] ?? { red: 0, green: 0, blue: 0 }
  if (colour >= FIRST_GREY) return grey(8 + 10 * (colour - FIRST_GREY))
  const place = colour - FIRST_CUBE
  const step = (at: number): number => CUBE[at % 6] ?? 0
  return {
    red: step(Math.floor(place / 36)),
    green: step(Math.floor(place / 6)),
    blue: step(place),
  }
}

export const hexOf = ({ red, green, blue }: Rgb): `#${string}` =>
  `#${[red, green, blue].map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`

/** The nearest that a terminal of this depth can show; undefined where it has no colours. */
export function downgraded(colour: Colour, depth: Depth): Colour | undefined {
  switch (depth) {
    case 'none':
      return undefined
    case '16':
      return typeof colour === 'number' && colour < FIRST_CUBE ? colour : nearestAnsi(colour)
    case '256':
      return typeof colour === 'number' ? colour : nearest256(parsed(colour.slice(1)))
    case 'truecolor':
      return colour
  }
}

export function downgradedStyle(style: Style, depth: Depth): Style {
  if (depth === 'truecolor') return style
  const { fg, bg, ...rest } = style
  const shown = (colour: Colour | undefined): Colour | undefined =>
    colour === undefined ? undefined : downgraded(colour, depth)
  return { ...rest, fg: shown(fg), bg: shown(bg) }
}

/** 1 (the same) to 21 (black on white). 4.5 is what reading text asks for. */
export function contrast(one: Rgb, other: Rgb): number {
  const [dark = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (bright + 0.05) / (dark + 0.05)
}

export const isDark = (background: Rgb): boolean =>
  contrast(background, grey(255)) >= contrast(background, grey(0))

/** The colour, moved towards white or black as little as reading it on `background` takes. */
export function readable(colour: Rgb, background: Rgb, wanted: number): Rgb {
  const target = isDark(background) ? 255 : 0
  for (let step = 0; step <= READABLE_STEPS; step++) {
    const part = step / READABLE_STEPS
    const towards = (from: number): number => from + (target - from) * part
    const moved = {
      red: towards(colour.red),
      green: towards(colour.green),
      blue: towards(colour.blue),
    }
    if (contrast(moved, background) >= wanted) return moved
  }
  return grey(target)
}

const READABLE_STEPS = 20

const grey = (value: number): Rgb => ({ red: value, green: value, blue: value })

function luminance({ red, green, blue }: Rgb): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

function linear(part: number): number {
  const value = part / 255
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}

function parsed(hex: string): Rgb {
  const value = Number.parseInt(hex, 16)
  return { red: (value >> 16) & 0xff, green: (value >> 8) & 0xff, blue: value & 0xff }
}

function distance(one: Rgb, other: Rgb): number {
  // The eye sees green best and blue least.
  return (
    3 * (one.red - other.red) ** 2 +
    4 * (one.green - other.green) ** 2 +
    2 * (one.blue - other.blue) ** 2
  )
}

function nearestAnsi(colour: Colour): number {
  const wanted = rgbOf(colour)
  let best = 0
  for (let at = 1; at < ANSI.length; at++) {
    if (distance(wanted, rgbOf(at)) < distance(wanted, rgbOf(best))) best = at
  }
  return best
}

function nearest256(wanted: Rgb): number {
  const step = (part: number): number =>
    CUBE.reduce<number>(
      (best, value, at) =>
        Math.abs(value - part) < Math.abs((CUBE[best] ?? 0) - part) ? at : best,
      0,
    )
  const cube = FIRST_CUBE + 36 * step(wanted.red) + 6 * step(wanted.green) + step(wanted.blue)
  const mean = (wanted.red + wanted.green + wanted.blue) / 3
  const shade = FIRST_GREY + Math.max(0, Math.min(23, Math.round((mean - 8) / 10)))
  return distance(wanted, rgbOf(shade)) < distance(wanted, rgbOf(cube)) ? shade : cube
}
