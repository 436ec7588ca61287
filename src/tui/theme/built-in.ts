// The themes that come with the program. A colour is named twice: as it should be, and as one of the
// sixteen that every terminal has, for its owner has chosen those to be read.

import type { Colour } from '../text/line.ts'
import type { Role } from './roles.ts'

/** As it should be, and its place among the sixteen. */
export type Ink = readonly [colour: Colour, ansi: number]

export interface Look {
  readonly fg?: Ink
  readonly bg?: Ink
  readonly bold?: boolean
  readonly dim?: boolean
  readonly italic?: boolean
  readonly underline?: boolean
  readonly inverse?: boolean
}

export interface Palette {
  readonly dark: boolean
  readonly looks: Readonly<Record<Role, Look>>
  /** Of the people in a conversation. */
  readonly names: readonly Ink[]
}

const DARK_INKS = {
  grey: ['#8b92a5', 8],
  faint: ['#6c7386', 8],
  blue: ['#7aa2f7', 12],
  cyan: ['#7dcfff', 14],
  green: ['#9ece6a', 10],
  yellow: ['#e0af68', 11],
  red: ['#f7768e', 9],
  violet: ['#bb9af7', 13],
  raised: ['#2a2e3f', 0],
  chosen: ['#364a82', 4],
  white: ['#ffffff', 15],
  black: ['#16161e', 0],
} as const satisfies Record<string, Ink>

const LIGHT_INKS = {
  grey: ['#5a6072', 8],
  faint: ['#6b7183', 8],
  blue: ['#1f5fbf', 4],
  cyan: ['#006f83', 6],
  green: ['#2f6f1f', 2],
  yellow: ['#7d5200', 3],
  red: ['#b3204d', 1],
  violet: ['#7a35b8', 5],
  raised: ['#e6e8ee', 7],
  chosen: ['#cfdcf5', 7],
  white: ['#ffffff', 15],
  black: ['#16161e', 0],
} as const satisfies Record<string, Ink>

type Inks = Readonly<Record<keyof typeof DARK_INKS, Ink>>

const DARK_NAMES: readonly Ink[] = [
  ['#7aa2f7', 12],
  ['#9ece6a', 10],
  ['#e0af68', 11],
  ['#f7768e', 9],
  ['#bb9af7', 13],
  ['#7dcfff', 14],
  ['#ff9e64', 3],
  ['#73daca', 6],
  ['#f2a5d8', 5],
  ['#c3e88d', 2],
  ['#b4c2f0', 4],
  ['#e6c384', 1],
]
const LIGHT_NAMES: readonly Ink[] = [
  ['#1f5fbf', 4],
  ['#2f6f1f', 2],
  ['#7d5200', 3],
  ['#b3204d', 1],
  ['#7a35b8', 5],
  ['#006f83', 6],
  ['#a04000', 9],
  ['#00665a', 14],
  ['#9c2c7c', 13],
  ['#4a6600', 10],
  ['#3d4f9e', 12],
  ['#6b5a00', 11],
]

function coloured(ink: Inks, onChosen: Ink, onBadge: Ink): Readonly<Record<Role, Look>> {
  return {
    text: {},
    muted: { fg: ink.grey },
    faint: { fg: ink.faint },
    accent: { fg: ink.blue },
    danger: { fg: ink.red, bold: true },
    warning: { fg: ink.yellow },
    success: { fg: ink.green },
    title: { bold: true },
    status: { fg: onChosen, bg: ink.raised },
    statusAccent: { fg: ink.blue, bg: ink.raised, bold: true },
    selection: { fg: onChosen, bg: ink.chosen },
    border: { fg: ink.faint },
    borderFocus: { fg: ink.blue },
    ownName: { fg: ink.cyan, bold: true },
    mention: { fg: ink.yellow, bold: true },
    badge: { fg: onBadge, bg: ink.blue, bold: true },
    badgeMuted: { fg: ink.grey },
    unread: { bold: true },
    newLine: { fg: ink.red },
    day: { fg: ink.grey },
    system: { fg: ink.grey, italic: true },
    stored: { fg: ink.faint },
    delivered: { fg: ink.grey },
    read: { fg: ink.blue },
    quote: { fg: ink.grey, italic: true },
    link: { fg: ink.cyan, underline: true },
    heading: { fg: ink.blue, bold: true },
    code: { fg: ink.green },
    codeBlock: {},
    codeKeyword: { fg: ink.violet },
    codeString: { fg: ink.green },
    codeNumber: { fg: ink.yellow },
    codeComment: { fg: ink.grey, italic: true },
    input: {},
    placeholder: { fg: ink.faint },
    match: { fg: onBadge, bg: ink.yellow },
    progress: { fg: ink.blue },
    overlay: {},
  }
}

export const DARK: Palette = {
  dark: true,
  looks: coloured(DARK_INKS, DARK_INKS.white, DARK_INKS.black),
  names: DARK_NAMES,
}

export const LIGHT: Palette = {
  dark: false,
  looks: coloured(LIGHT_INKS, LIGHT_INKS.black, LIGHT_INKS.white),
  names: LIGHT_NAMES,
}

/** Attributes only: what stands out does so without a colour. */
const PLAIN: Readonly<Record<Role, Look>> = {
  text: {},
  muted: { dim: true },
  faint: { dim: true },
  accent: { bold: true },
  danger: { bold: true, underline: true },
  warning: { bold: true },
  success: {},
  title: { bold: true },
  status: { inverse: true },
  statusAccent: { inverse: true, bold: true },
  selection: { inverse: true },
  border: { dim: true },
  borderFocus: { bold: true },
  ownName: { bold: true, underline: true },
  mention: { bold: true, underline: true },
  badge: { inverse: true, bold: true },
  badgeMuted: { dim: true },
  unread: { bold: true },
  newLine: { bold: true },
  day: { dim: true },
  system: { dim: true, italic: true },
  stored: { dim: true },
  delivered: {},
  read: { bold: true },
  quote: { italic: true },
  link: { underline: true },
  heading: { bold: true, underline: true },
  code: { bold: true },
  codeBlock: {},
  codeKeyword: { bold: true },
  codeString: {},
  codeNumber: {},
  codeComment: { dim: true },
  input: {},
  placeholder: { dim: true },
  match: { inverse: true },
  progress: { bold: true },
  overlay: {},
}

export const NO_COLOUR: Palette = { dark: true, looks: PLAIN, names: [] }

/** Nothing dim, nothing grey; what matters is bold, underlined or inverse as well as coloured. */
export function highContrast(dark: boolean): Palette {
  const ink = (bright: Colour, brightAnsi: number, deep: Colour, deepAnsi: number): Ink =>
    dark ? [bright, brightAnsi] : [deep, deepAnsi]
  const text = ink('#ffffff', 15, '#000000', 0)
  const ground = ink('#000000', 0, '#ffffff', 15)
  const blue = ink('#8fd0ff', 14, '#00309f', 4)
  const red = ink('#ff9a9a', 9, '#9a0000', 1)
  const yellow = ink('#ffff5f', 11, '#6a3d00', 3)
  const green = ink('#7fff7f', 10, '#005a00', 2)
  const plain = Object.fromEntries(
    Object.entries(PLAIN).map(([role, { dim: _, ...look }]) => [role, { ...look, fg: text }]),
  ) as Record<Role, Look>
  return {
    dark,
    looks: {
      ...plain,
      accent: { fg: blue, bold: true },
      danger: { fg: red, bold: true, underline: true },
      warning: { fg: yellow, bold: true },
      success: { fg: green, bold: true },
      status: { fg: ground, bg: text },
      statusAccent: { fg: ground, bg: text, bold: true },
      selection: { fg: ground, bg: text, bold: true },
      badge: { fg: ground, bg: yellow, bold: true },
      match: { fg: ground, bg: yellow },
      mention: { fg: yellow, bold: true, underline: true },
      read: { fg: blue, bold: true },
      ownName: { fg: blue, bold: true, underline: true },
    },
    names: [blue, red, yellow, green, text],
  }
}
