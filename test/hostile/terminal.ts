// A terminal as the judge of what was shown: not our table of characters, but a parser of control
// sequences with everything that could act reporting. Shared by all tests of what people see.

import xterm from '@xterm/headless'

const COLUMNS = 200
const ROWS = 60

/** What a terminal did with a text besides showing it. */
export interface Deeds {
  /** Every control function that was carried out but LF and CR, and every answer. */
  readonly acts: readonly string[]
  /** The line before the text, what stands left of it, and the line behind it. */
  readonly above: string
  readonly left: string
  readonly below: string
  /** Of the screen, until the next text is judged. */
  readonly lines: readonly string[]
}

export interface Judge {
  judge(text: string): Deeds
}

interface JudgeOptions {
  /** Control sequences that the text may hold because they are ours: `csi 31m`. */
  readonly allowed?: RegExp
}

/** What no text may hold, whatever a terminal of today makes of it: controls, bidi controls that are
 *  not the isolates we write ourselves, invisible operators, separators, tags, lone surrogates. */
export const HARMFUL =
  /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2067\u206a-\u206f\ufff9-\ufffb\u{e0000}-\u{e007f}\ud800-\udfff]/u

/** What JSON may not show raw, on a terminal or anywhere: the same, and nothing of the isolates. */
export const HARMFUL_IN_JSON = /[\x00-\x09\x0b-\x1f\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/u

/** The terminal's own parts that no public interface reaches. */
interface Core {
  writeSync(data: string): void
  readonly _inputHandler: {
    readonly _parser: {
      readonly currentState: number
      readonly _executeHandlers: Record<number, () => boolean>
    }
  }
}

const WINDOW_OPTIONS = [
  ...['restoreWin', 'minimizeWin', 'setWinPosition', 'setWinSizePixels', 'setWinSizeChars'],
  ...['raiseWin', 'lowerWin', 'refreshWin', 'maximizeWin', 'fullscreenWin', 'getWinState'],
  ...['getWinPosition', 'getWinSizePixels', 'getScreenSizePixels', 'getCellSizePixels'],
  ...['getWinSizeChars', 'getScreenSizeChars', 'getIconTitle', 'getWinTitle', 'pushTitle'],
  ...['popTitle', 'setWinLines'],
]
const LAST_C1 = 0x9f
/** Of the parser: no sequence and no string is open. */
const GROUND = 0

/** Every handler that could act reports; what it would do is decided by the terminal's parser. */
export function openJudge({ allowed = /^$/ }: JudgeOptions = {}): Judge {
  const terminal = new xterm.Terminal({
    cols: COLUMNS,
    rows: ROWS,
    allowProposedApi: true,
    // A terminal that trusts everybody: what it may be asked, it answers.
    windowOptions: Object.fromEntries(WINDOW_OPTIONS.map((name) => [name, true])),
  })
  let acts: string[] = []
  const act = (name: string): false => {
    if (!allowed.test(name)) acts.push(name)
    return false
  }
  const { parser } = terminal
  for (let code = 0; code < 256; code += 1) parser.registerOscHandler(code, () => act('osc'))
  for (const id of [633, 777, 1337, 5113, 5522]) parser.registerOscHandler(id, () => act('osc'))
  for (let final = 0x40; final < 0x7f; final += 1) {
    const letter = String.fromCharCode(final)
    for (const prefix of [undefined, '?', '>', '<', '=']) {
      for (const intermediates of [undefined, ' ', '!', '"', '#', '$', '%', "'", '*', '+']) {
        const id = {
          final: letter,
          ...(prefix === undefined ? {} : { prefix }),
          ...(intermediates === undefined ? {} : { intermediates }),
        }
        parser.registerCsiHandler(id, (params) =>
          act(`csi ${prefix ?? ''}${params.join(';')}${intermediates ?? ''}${letter}`),
        )
        parser.registerDcsHandler(id, () => act('dcs'))
      }
    }
  }
  for (let final = 0x30; final < 0x7f; final += 1) {
    // `ESC [`, `ESC ]`, `ESC P` and their like begin a sequence: those report by themselves.
    const letter = String.fromCharCode(final)
    if (!'PX[]^_\\'.includes(letter)) parser.registerEscHandler({ final: letter }, () => act('esc'))
    for (const intermediates of [' ', '#', '%', '(', ')', '*', '+', '-', '.', '/']) {
      parser.registerEscHandler({ intermediates, final: letter }, () => act('esc'))
    }
  }
  terminal.onBell(() => act('bell'))
  terminal.onData(() => act('reply'))
  terminal.onBinary(() => act('reply'))
  terminal.onTitleChange(() => act('title'))
  terminal.buffer.onBufferChange(() => act('screen'))
  const core = (terminal as unknown as { readonly _core: Core })._core
  reportControls(core, act)
  const state = (): number => core._inputHandler._parser.currentState
  // The public `write` waits for a timer each time; 30,000 of those are a minute of nothing.
  const write = (data: string): void => core.writeSync(data)
  return {
    judge(text) {
      terminal.reset()
      acts = []
      write('ABOVE\r\nLEFT ')
      write(text.replaceAll('\n', '\r\n'))
      if (state() !== GROUND) acts.push('an open sequence')
      write('\r\nBELOW')
      const buffer = terminal.buffer.active
      const line = (at: number): string => buffer.getLine(at)?.translateToString(true) ?? ''
      return {
        acts,
        above: line(0),
        left: line(1).slice(0, 5),
        below: line(buffer.baseY + buffer.cursorY),
        get lines() {
          return Array.from({ length: buffer.length }, (_, at) => line(at))
        },
      }
    },
  }
}

/** LF and CR are ours: the line's end. A CR of somebody else's is found by `HARMFUL`. */
function reportControls(core: Core, act: (name: string) => false): void {
  const handlers = core._inputHandler._parser._executeHandlers
  for (let code = 0; code <= LAST_C1; code += 1) {
    const before = handlers[code]
    if (code === 0x0a || code === 0x0d || code === 0x1b) continue
    handlers[code] = () => {
      act(`control ${code.toString(16)}`)
      return before?.() ?? true
    }
  }
}

/** What a text must be for a terminal: shown, and nothing else. */
export const HARMLESS = { acts: [], above: 'ABOVE', left: 'LEFT ', below: 'BELOW' } as const

export function verdictOf({ acts, above, left, below }: Deeds): Omit<Deeds, 'lines'> {
  return { acts, above, left, below }
}
