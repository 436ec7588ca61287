// One whole control sequence (CSI): a key with modifiers, the mouse, focus, or an answer.

import type { InputEvent, KeyEvent, Modifiers, MouseEvent } from './event.ts'
import { kittyKey, LETTER_NAMES, modifiersOf, namedKey, tildeName } from './key.ts'

interface Sequence {
  /** `?`, `<`, `>` or `=`, or nothing. */
  readonly mark: string
  readonly parameters: string
  readonly between: string
  readonly final: string
}

const SEQUENCE = /^([?<=>]?)([\d:;]*)([ -/]*)([@-~])$/
/** Of the kitty protocol: a key that was let go. */
const RELEASE = 3
/** xterm's way to say a key that has no sequence of its own. */
const OTHER_KEY = 27

/** Undefined: it is nothing that we know. */
export function sequenceEvent(body: string): InputEvent | undefined {
  const match = SEQUENCE.exec(body)
  if (match === null) return undefined
  const [, mark = '', parameters = '', between = '', final = ''] = match
  const sequence = { mark, parameters, between, final }
  if (mark === '<') return final === 'M' || final === 'm' ? mouse(sequence) : undefined
  if (mark === '?') return answer(sequence)
  if (mark !== '' || between !== '') return undefined
  if (final === 't') return cellSize(parameters)
  if (final === 'I' || final === 'O') return { kind: 'focus', focused: final === 'I' }
  return key(sequence)
}

/** Parameters, and their parts: `1;2:3` is [[1], [2, 3]]. What is left out is undefined. */
const numbers = (parameters: string): readonly (readonly (number | undefined)[])[] =>
  parameters
    .split(';')
    .map((part) => part.split(':').map((digits) => (digits === '' ? undefined : Number(digits))))

function key({ parameters, final }: Sequence): KeyEvent | undefined {
  const [first = [], second = [], third = []] = numbers(parameters)
  const [modifier = 1, type = 1] = second
  const modifiers = modifiersOf(modifier)
  if (modifiers === undefined || type === RELEASE) return undefined
  if (final === 'Z') return namedKey('tab', { ...modifiers, shift: true })
  if (final === 'u') return kitty(first, modifiers)
  if (final === '~') {
    if (first[0] === OTHER_KEY) return kitty(third, modifiers)
    const name = tildeName(first[0] ?? 0)
    return name === undefined ? undefined : namedKey(name, modifiers)
  }
  const name = LETTER_NAMES[final]
  return name === undefined ? undefined : namedKey(name, modifiers)
}

/** The key's code, with Shift, and where it lies on a Latin keyboard. */
function kitty(
  [code = 0, shifted, base]: readonly (number | undefined)[],
  modifiers: Modifiers,
): KeyEvent | undefined {
  // A command is a place on the keyboard, whatever alphabet is written with it.
  const isForeign = code > 0x7f && code < 0xe000
  if (isForeign && base !== undefined && (modifiers.ctrl || modifiers.alt)) {
    return kittyKey(base, modifiers)
  }
  if (modifiers.shift && shifted !== undefined) return kittyKey(shifted, modifiers)
  return kittyKey(code, modifiers)
}

const BUTTONS = ['left', 'middle', 'right', 'none'] as const
const MOUSE_SHIFT = 4
const MOUSE_ALT = 8
const MOUSE_CTRL = 16
const MOUSE_MOTION = 32
const MOUSE_WHEEL = 64
/** Buttons beyond the fifth; ours have three and a wheel. */
const MOUSE_MORE = 128

function mouse({ parameters, final }: Sequence): MouseEvent | undefined {
  const [[code = 0] = [], [x = 0] = [], [y = 0] = []] = numbers(parameters)
  if (x < 1 || y < 1 || (code & MOUSE_MORE) !== 0) return undefined
  const action = mouseAction(code, final)
  if (action === undefined) return undefined
  const isWheel = (code & MOUSE_WHEEL) !== 0
  return {
    kind: 'mouse',
    action,
    button: isWheel ? 'none' : (BUTTONS[code & 3] ?? 'none'),
    column: x - 1,
    row: y - 1,
    shift: (code & MOUSE_SHIFT) !== 0,
    alt: (code & MOUSE_ALT) !== 0,
    ctrl: (code & MOUSE_CTRL) !== 0,
  }
}

function mouseAction(code: number, final: string): MouseEvent['action'] | undefined {
  if ((code & MOUSE_WHEEL) !== 0) {
    const way = code & 3
    // Sideways wheels have nothing to turn here.
    return way === 0 ? 'wheelUp' : way === 1 ? 'wheelDown' : undefined
  }
  if ((code & MOUSE_MOTION) !== 0) return (code & 3) === 3 ? 'move' : 'drag'
  return final === 'm' ? 'release' : 'press'
}

const MODE_UNKNOWN = 0
const MODE_NEVER = 4

function answer({ parameters, between, final }: Sequence): InputEvent | undefined {
  const values = numbers(parameters).map(([value = 0]) => value)
  if (final === 'c') return { kind: 'reply', reply: { of: 'attributes', codes: values } }
  const [first = 0, second = MODE_UNKNOWN] = values
  if (final === 'u') return { kind: 'reply', reply: { of: 'kittyKeyboard', flags: first } }
  if (final === 'y' && between === '$') {
    const known = second !== MODE_UNKNOWN && second !== MODE_NEVER
    return { kind: 'reply', reply: { of: 'mode', mode: first, known } }
  }
  return undefined
}

const CELL_SIZE = 6
/** No cell of a screen is larger; a wrong answer must not make a picture of gigabytes. */
const MAX_CELL = 256

function cellSize(parameters: string): InputEvent | undefined {
  const [[what] = [], [height = 0] = [], [width = 0] = []] = numbers(parameters)
  if (what !== CELL_SIZE || width < 1 || height < 1) return undefined
  if (width > MAX_CELL || height > MAX_CELL) return undefined
  return { kind: 'reply', reply: { of: 'cellSize', width, height } }
}
