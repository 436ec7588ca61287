// A theme as the views use it: a style for each role, already in colours that the terminal has.

import type { Colour, Style } from '../text/line.ts'
import {
  DARK,
  highContrast,
  type Ink,
  LIGHT,
  type Look,
  NO_COLOUR,
  type Palette,
} from './built-in.ts'
import {
  contrast,
  type Depth,
  downgradedStyle,
  hexOf,
  isDark,
  type Rgb,
  readable,
  rgbOf,
} from './colour.ts'
import { ROLES, type Role } from './roles.ts'

export type ThemeName = 'auto' | 'dark' | 'light' | 'high-contrast' | 'no-colour'

export const THEME_NAMES: readonly ThemeName[] = [
  'auto',
  'dark',
  'light',
  'high-contrast',
  'no-colour',
]

export interface Theme {
  readonly dark: boolean
  readonly depth: Depth
  readonly styles: Readonly<Record<Role, Style>>
  /** Of the people in a conversation: `nameStyle` picks. */
  readonly names: readonly Style[]
}

interface ThemeWish {
  readonly name: ThemeName
  readonly depth: Depth
  /** What the terminal answered, or what the environment hints at. */
  readonly background?: Rgb | undefined
  /** The user's own styles, from the config. */
  readonly own?: Readonly<Partial<Record<Role, Style>>> | undefined
}

/** What running text has to have to be read (WCAG AA). */
const READABLE = 4.5

export function themeOf({ name, depth, background, own = {} }: ThemeWish): Theme {
  const palette = paletteOf(name, depth, background)
  const styles = Object.fromEntries(
    ROLES.map((role) => {
      const style = { ...styleOf(palette.looks[role], depth), ...own[role] }
      return [role, downgradedStyle(style, depth)]
    }),
  ) as Record<Role, Style>
  const names = palette.names.map((ink) => ({
    ...downgradedStyle({ fg: nameColour(ink, depth, background) }, depth),
    bold: true,
  }))
  return { dark: palette.dark, depth, styles, names: names.length > 0 ? names : [{ bold: true }] }
}

/** The same colour for the same person, everywhere and every time. */
export function nameStyle(theme: Theme, id: string): Style {
  let hash = 0x811c9dc5
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193)
  return theme.names[(hash >>> 0) % theme.names.length] ?? {}
}

function paletteOf(name: ThemeName, depth: Depth, background: Rgb | undefined): Palette {
  if (depth === 'none') return NO_COLOUR
  const dark = background === undefined || isDark(background)
  switch (name) {
    case 'auto':
      return dark ? DARK : LIGHT
    case 'dark':
      return DARK
    case 'light':
      return LIGHT
    case 'high-contrast':
      return highContrast(dark)
    case 'no-colour':
      return NO_COLOUR
  }
}

function styleOf({ fg, bg, ...attributes }: Look, depth: Depth): Style {
  return {
    ...attributes,
    ...(fg === undefined ? {} : { fg: inkOf(fg, depth) }),
    ...(bg === undefined ? {} : { bg: inkOf(bg, depth) }),
  }
}

const inkOf = ([colour, ansi]: Ink, depth: Depth): Colour => (depth === '16' ? ansi : colour)

/** A name has to be read on the background that is there, not on the one that was imagined. */
function nameColour(ink: Ink, depth: Depth, background: Rgb | undefined): Colour {
  const colour = inkOf(ink, depth)
  if (depth === '16' || background === undefined) return colour
  const rgb = rgbOf(colour)
  return contrast(rgb, background) >= READABLE ? colour : hexOf(readable(rgb, background, READABLE))
}
