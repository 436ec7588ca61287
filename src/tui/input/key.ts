// The names of keys.

import type { KeyEvent, Modifiers } from './event.ts'

export const NO_MODIFIERS: Modifiers = { ctrl: false, alt: false, shift: false }

const SHIFT = 1
const ALT = 2
const CTRL = 4
/** Of the kitty protocol: keys of a window manager, which are not ours. */
const SUPER = 8
const HYPER = 16
const META = 32

/** As every protocol counts them: one more than the sum. Undefined: the key is not for us. */
export function modifiersOf(parameter: number): Modifiers | undefined {
  const bits = Math.max(0, parameter - 1)
  if ((bits & (SUPER | HYPER)) !== 0) return undefined
  return {
    shift: (bits & SHIFT) !== 0,
    // xterm's Meta is what everybody else calls Alt.
    alt: (bits & (ALT | META)) !== 0,
    ctrl: (bits & CTRL) !== 0,
  }
}

/** A key that has a name: an arrow, Enter, F5. */
export function namedKey(name: string, modifiers: Modifiers = NO_MODIFIERS): KeyEvent {
  const { ctrl, alt, shift } = modifiers
  const text = name === 'space' && !ctrl && !alt ? ' ' : ''
  return { kind: 'key', key: `${prefix(modifiers)}${name}`, text, ctrl, alt, shift }
}

/** A key that is a character. */
export function characterKey(character: string, modifiers: Modifiers = NO_MODIFIERS): KeyEvent {
  if (character === ' ') return namedKey('space', modifiers)
  const { ctrl, alt } = modifiers
  const lower = character.toLowerCase()
  const isLetter = lower !== character.toUpperCase() && lower.length === character.length
  const shift = isLetter ? modifiers.shift || character !== lower : false
  if (!ctrl && !alt) {
    const text = shift && isLetter ? character.toUpperCase() : character
    return { kind: 'key', key: text, text, ctrl, alt, shift }
  }
  const name = isLetter ? lower : character
  return { kind: 'key', key: prefix({ ctrl, alt, shift }) + name, text: '', ctrl, alt, shift }
}

const prefix = ({ ctrl, alt, shift }: Modifiers): string =>
  (ctrl ? 'ctrl+' : '') + (alt ? 'alt+' : '') + (shift ? 'shift+' : '')

/** A control character, as the keyboard made it. */
export function controlKey(code: number, alt: boolean): KeyEvent {
  switch (code) {
    case 0x09:
      return namedKey('tab', { ...NO_MODIFIERS, alt })
    case 0x0d:
      return namedKey('enter', { ...NO_MODIFIERS, alt })
    case 0x1b:
      return namedKey('escape', { ...NO_MODIFIERS, alt })
    case 0x7f:
      return namedKey('backspace', { ...NO_MODIFIERS, alt })
    case 0x00:
      return namedKey('space', { ctrl: true, alt, shift: false })
    default:
      return characterKey(controlLetter(code), { ctrl: true, alt, shift: false })
  }
}

/** Ctrl takes two bits off: 0x01 is A, 0x1c the backslash. */
const controlLetter = (code: number): string =>
  code <= 0x1a ? String.fromCharCode(code + 0x60) : String.fromCharCode(code + 0x40)

/** Before `~`. */
const TILDE_NAMES: Readonly<Record<number, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
}
/** F1 to F20, with the gaps that the VT220's keyboard had. */
const TILDE_FUNCTIONS = [
  11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24, 25, 26, 28, 29, 31, 32, 33, 34,
]

export function tildeName(parameter: number): string | undefined {
  const at = TILDE_FUNCTIONS.indexOf(parameter)
  return at >= 0 ? `f${at + 1}` : TILDE_NAMES[parameter]
}

/** The last letter of a sequence. */
export const LETTER_NAMES: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  E: 'begin',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
}

const KITTY_NAMES: Readonly<Record<number, string>> = {
  9: 'tab',
  13: 'enter',
  27: 'escape',
  127: 'backspace',
  57417: 'left',
  57418: 'right',
  57419: 'up',
  57420: 'down',
  57421: 'pageup',
  57422: 'pagedown',
  57423: 'home',
  57424: 'end',
  57425: 'insert',
  57426: 'delete',
  57427: 'begin',
  57414: 'enter',
}
const KITTY_F13 = 57376
const KITTY_F35 = 57398
/** The keypad's figures and signs. */
const KITTY_KEYPAD = 57399
const KEYPAD = '0123456789./*-+'
/** Where the protocol keeps its own codes: locks, media keys, modifiers alone. */
const KITTY_PRIVATE = [57344, 63743] as const

/** A key of the kitty protocol: its name, or the character that it is. */
export function kittyKey(code: number, modifiers: Modifiers): KeyEvent | undefined {
  const name = KITTY_NAMES[code]
  if (name !== undefined) return namedKey(name, modifiers)
  if (code >= KITTY_F13 && code <= KITTY_F35)
    return namedKey(`f${code - KITTY_F13 + 13}`, modifiers)
  const onKeypad = code >= KITTY_KEYPAD ? KEYPAD[code - KITTY_KEYPAD] : undefined
  if (onKeypad !== undefined) return characterKey(onKeypad, modifiers)
  if (code >= KITTY_PRIVATE[0] && code <= KITTY_PRIVATE[1]) return undefined
  if (code < 0x20 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined
  return characterKey(String.fromCodePoint(code), modifiers)
}
