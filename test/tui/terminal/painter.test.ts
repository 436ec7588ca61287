// What is written to the terminal: after every frame it shows that frame, and it is given back as
// it was.

import xterm from '@xterm/headless'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { type SafeText, safeText } from '../../../src/protocol/safe-text.ts'
import { clipboard, notification, title } from '../../../src/tui/paint/aside.ts'
import { blankCells, cellsOf, lay } from '../../../src/tui/paint/cells.ts'
import type { Device } from '../../../src/tui/paint/device.ts'
import { difference } from '../../../src/tui/paint/difference.ts'
import type { Frame } from '../../../src/tui/paint/frame.ts'
import { entered, keyboardOn, left, questions } from '../../../src/tui/paint/modes.ts'
import { takesMouse } from '../../../src/tui/paint/multiplexer.ts'
import { Painter } from '../../../src/tui/paint/painter.ts'
import { Possession } from '../../../src/tui/screen/possession.ts'
import { CURSOR, type Line, line, type Style } from '../../../src/tui/text/line.ts'
import { linkTo } from '../../../src/tui/text/link.ts'

const COLUMNS = 24
const ROWS = 5
const MODES = { mouse: false, kittyKeyboard: false }

type Terminal = InstanceType<typeof xterm.Terminal>

/** One for all: a new one takes longer than what is written to it. */
const terminal = (): Terminal =>
  new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true })

const written = (to: Terminal, ...parts: readonly string[]): Promise<void> =>
  new Promise((done) => to.write(parts.join(''), done))

/** Everything that a reader could tell apart, cell by cell. */
function seen(of: Terminal): readonly string[] {
  const buffer = of.buffer.active
  return Array.from({ length: ROWS }, (_, row) => {
    const cells = Array.from({ length: COLUMNS }, (_, column) => {
      const cell = buffer.getLine(buffer.baseY + row)?.getCell(column)
      if (cell === undefined) return '?'
      const text = cell.getChars().replace(/[\u2068\u2069]/g, '') || ' '
      const flags = [cell.isBold(), cell.isDim(), cell.isItalic(), cell.isUnderline()]
      // Of a blank nobody sees the letters' looks.
      const ink =
        text === ' '
          ? ''
          : `${flags.map(Number).join('')}${cell.getFgColorMode()}.${cell.getFgColor()}`
      const lines = `${cell.isUnderline()}${cell.isInverse()}${cell.isStrikethrough()}`
      return `${text}${ink}/${lines}/${cell.getBgColorMode()}.${cell.getBgColor()}`
    })
    return cells.join('|')
  })
}

function frameOf(rows: readonly Line[]): Frame {
  return Array.from({ length: ROWS }, (_, row) => {
    const cells = blankCells(COLUMNS)
    lay(cellsOf(rows[row] ?? []), cells, { x: 0, width: COLUMNS })
    return cells
  })
}

const styles: fc.Arbitrary<Style> = fc.record({
  fg: fc.constantFrom(undefined, 1, 9, 200, '#102030' as const),
  bg: fc.constantFrom(undefined, undefined, 4, '#405060' as const),
  bold: fc.boolean(),
  italic: fc.boolean(),
  underline: fc.boolean(),
  inverse: fc.boolean(),
  strike: fc.boolean(),
})
const texts = (...parts: readonly string[]): fc.Arbitrary<SafeText> =>
  fc.array(fc.constantFrom(...parts), { maxLength: 10 }).map((list) => safeText(list.join('')))
const SURE = ['a', 'bc', ' ', '   ', 'é', '日本', '│', 'word ']
const UNSURE = ['👨‍👩‍👧', '❤️', '🇩🇪', '1️⃣', 'e\u0301', 'שלום', 'ห์', '👍🏽']
const spans = (parts: readonly string[]) =>
  fc.record({
    text: texts(...parts),
    style: styles,
    link: fc.constantFrom(undefined, undefined, linkTo('https://example.org/')),
  })
const frames = (parts: readonly string[]): fc.Arbitrary<readonly Line[]> =>
  fc.array(fc.array(spans(parts), { maxLength: 4 }), { maxLength: ROWS })

describe('painting what differs', () => {
  test.each([
    ['plain text', SURE],
    ['text whose width terminals disagree on', [...SURE, ...UNSURE]],
  ])('shows the same as painting from nothing: %s', async (_, parts) => {
    const [one, other] = [terminal(), terminal()]
    const reset = `\x1bc${entered(MODES)}`
    await fc.assert(
      fc.asyncProperty(fc.array(frames(parts), { minLength: 2, maxLength: 4 }), async (list) => {
        const drawn = list.map(frameOf)
        const steps = drawn.map((frame, at) => difference(drawn[at - 1], frame))
        const last = drawn.at(-1) ?? []
        await Promise.all([
          written(one, reset, ...steps),
          written(other, reset, difference(undefined, last)),
        ])
        expect(seen(one)).toEqual(seen(other))
      }),
      { numRuns: 150 },
    )
  })

  test('shows the text', async () => {
    const to = terminal()
    await fc.assert(
      fc.asyncProperty(frames(SURE), async (rows) => {
        const frame = frameOf(rows)
        await written(to, `\x1bc${entered(MODES)}`, difference(undefined, frame))
        const buffer = to.buffer.active
        const shown = frame.map((_, row) => buffer.getLine(row)?.translateToString().trimEnd())
        expect(shown).toEqual(frame.map(({ glyphs }) => glyphs.join('').trimEnd()))
      }),
      { numRuns: 60 },
    )
  })

  test('of the same frame is nothing, and of one letter a few bytes', () => {
    const before = frameOf([line(safeText('hello world'))])
    const after = frameOf([line(safeText('hello_world'))])
    expect(difference(before, frameOf([line(safeText('hello world'))]))).toBe('')
    expect(difference(before, after)).toBe('\x1b[1;6H_')
  })
})

/** A terminal that takes its time. */
function slowDevice(): Device & { readonly out: string[]; take(): void } {
  const out: string[] = []
  let waiting: (() => void) | undefined
  return {
    out,
    write(text, done) {
      if (waiting !== undefined) throw new Error('it is still writing')
      out.push(text)
      waiting = done
    },
    writeNow: (text) => void out.push(text),
    take() {
      const done = waiting
      waiting = undefined
      done?.()
    },
  }
}

describe('the painter', () => {
  const painting = () => {
    const device = slowDevice()
    let rows: readonly Line[] = []
    let now = 0
    const painter = new Painter({
      device,
      draw: () => frameOf(rows),
      // Each look is another frame's time.
      now: () => {
        now += 1000
        return now
      },
    })
    const show = (...next: readonly Line[]): void => {
      rows = next
      painter.request()
    }
    return { device, painter, show }
  }

  test('leaves out what came while the terminal was busy, but for the newest', async () => {
    const { device, show } = painting()
    for (const text of ['one', 'two', 'six']) show(line(safeText(text)))
    expect(device.out).toHaveLength(1)
    device.take()
    expect(device.out).toHaveLength(2)
    device.take()
    const to = terminal()
    await written(to, entered(MODES), ...device.out)
    expect(to.buffer.active.getLine(0)?.translateToString(true)).toBe('six')
    expect(device.out.join('')).not.toContain('two')
  })

  test('rests after what others say for longer than it drew, and not before a key', () => {
    vi.useFakeTimers()
    let frames = 0
    const painter = new Painter({
      device: { write: (_, done) => done(), writeNow: () => {} },
      draw: () => {
        frames += 1
        // A frame that takes 20 ms.
        vi.advanceTimersByTime(20)
        return frameOf([line(safeText(`${frames}`))])
      },
    })
    const framesIn = (ms: number, hurry: boolean): number => {
      painter.request(hurry)
      vi.advanceTimersByTime(ms)
      return frames
    }
    expect(framesIn(0, false)).toBe(1)
    expect(framesIn(59, false)).toBe(1)
    expect(framesIn(1, false)).toBe(2)
    expect(framesIn(20, false)).toBe(2)
    expect(framesIn(0, true)).toBe(3)
    vi.useRealTimers()
  })

  test('puts the cursor where the frame has it, and hides it where there is none', async () => {
    const { device, show } = painting()
    show([], [...line(safeText('ab')), CURSOR])
    device.take()
    const to = terminal()
    await written(to, entered(MODES), ...device.out)
    expect([to.buffer.active.cursorY, to.buffer.active.cursorX]).toEqual([1, 2])
    expect(device.out.join('')).toMatch(/\x1b\[\?25h$/)
    show(line(safeText('x')))
    device.take()
    expect(device.out.at(-1)).toMatch(/^\x1b\[\?25l/)
    expect(device.out.at(-1)).not.toContain('\x1b[?25h')
  })

  test('paints everything anew when somebody else had the screen', async () => {
    const { device, painter, show } = painting()
    show(line(safeText('one')))
    device.take()
    painter.pause()
    show(line(safeText('two')))
    expect(device.out).toHaveLength(1)
    painter.resume()
    device.take()
    const to = terminal()
    await written(to, entered(MODES), 'rubbish\r\nrubbish', device.out.at(-1) ?? '')
    expect(seen(to)).toEqual(seen(await painted(line(safeText('two')))))
  })

  test('wraps a frame in one update where the terminal knows of such', () => {
    const { device, painter, show } = painting()
    painter.synchronised = true
    show(line(safeText('one')))
    expect(device.out.join('')).toMatch(/^\x1b\[\?2026h.*\x1b\[\?2026l$/s)
  })

  test('writes nothing of its own between two frames, and asides in their order', () => {
    const { device, painter, show } = painting()
    show(line(safeText('one')))
    painter.aside('\x07')
    painter.aside('\x1b]2;x\x1b\\')
    device.take()
    expect(device.out[1]).toBe('\x07\x1b]2;x\x1b\\')
  })
})

async function painted(...rows: readonly Line[]): Promise<Terminal> {
  const to = terminal()
  await written(to, entered(MODES), difference(undefined, frameOf(rows)))
  return to
}

describe('the terminal', () => {
  test.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])('is given back as it was (mouse %s, kitty %s)', async (mouse, kittyKeyboard) => {
    const modes = { mouse, kittyKeyboard }
    const to = terminal()
    const before = JSON.stringify(to.modes)
    await written(to, 'shell$ ', entered(modes), keyboardOn(kittyKeyboard))
    expect(to.buffer.active.type).toBe('alternate')
    expect(to.modes).toMatchObject({ bracketedPasteMode: true, wraparoundMode: false })
    expect(to.modes.mouseTrackingMode).toBe(mouse ? 'drag' : 'none')
    await written(to, '\x1b[1;31mtext', left(modes))
    expect(to.buffer.active.type).toBe('normal')
    expect(JSON.stringify(to.modes)).toBe(before)
    await written(to, 'x')
    const row = to.buffer.active.getLine(0)
    expect(row?.translateToString(true)).toBe('shell$ x')
    expect([row?.getCell(7)?.isBold(), row?.getCell(7)?.isFgDefault()]).toEqual([0, true])
  })

  test('is wiped without filling a scrollback that GNU screen would keep', () => {
    expect(left(MODES)).not.toContain('\x1b[2J')
  })

  test.each([
    [{ TERM: 'xterm-256color' }, '', true],
    [{ TERM: 'screen', STY: '1.pts' }, '', false],
    [{ TERM: 'screen' }, '', false],
    [{ TERM: 'screen', TMUX: '/tmp/tmux-0/default,1,0' }, '', true],
    [{ TERM: 'screen-256color' }, 'tmux 3.3a', true],
    [{ TERM: 'tmux-256color', TMUX: '/tmp/t', STY: '1.pts' }, 'tmux 3.3a', false],
  ])('%j that calls itself “%s” takes the mouse: %s', (env, version, takes) => {
    expect(takesMouse(env, version)).toBe(takes)
    const asks = questions(env).includes('\x1b]11;?')
    expect(asks).toBe(takesMouse(env))
  })

  test('is taken and given back in pairs, and nobody listens afterwards', () => {
    const calls: string[] = []
    const listening = (): number =>
      ['exit', 'uncaughtExceptionMonitor', 'SIGTSTP', 'SIGCONT', 'SIGTERM', 'SIGHUP'].reduce(
        (sum, name) => sum + process.listenerCount(name),
        0,
      )
    const before = listening()
    const possession = new Possession({
      stdin: {
        setRawMode: (raw) => calls.push(raw ? 'raw' : 'cooked'),
        resume: () => calls.push('resume'),
      },
      device: {
        write: () => {},
        writeNow: (text) => void calls.push(text.includes('?1049h') ? 'in' : 'out'),
      },
      modes: MODES,
      quiet: async () => {},
      onReturn: () => {},
      onEnding: () => {},
    })
    possession.take('')
    possession.take('')
    expect(listening()).toBe(before + 6)
    possession.leave()
    possession.leave()
    possession.take('')
    possession.release()
    possession.release()
    const pair = ['raw', 'resume', 'in', 'out', 'cooked']
    expect(calls).toEqual([...pair, ...pair])
    expect(listening()).toBe(before)
  })
})

/** fast-check's own texts of any character take seconds to begin. Half of these are controls. */
const anyText = fc
  .array(fc.oneof(fc.nat(0xa0), fc.nat(0xffff)), { maxLength: 20 })
  .map((units) => String.fromCharCode(...units))

describe('what is written beside frames', () => {
  test('has nothing of a peer in it that a terminal obeys', () => {
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        const [head, body] = [one, other].map((text) => safeText(text, { multiline: true }))
        if (head === undefined || body === undefined) return
        const sequences = [
          title(head),
          ...(['osc9', 'osc777', 'osc99'] as const).map((kind) =>
            notification(kind, { title: head, body }),
          ),
          clipboard(one, {}) ?? '',
        ]
        for (const sequence of sequences) {
          const inner = sequence.replace(/\x1b\][^\x1b\x07]*(?:\x1b\\|\x07)/g, '')
          expect(inner).toBe('')
          expect(sequence.replaceAll(/\x1b[\]\\]|\x07/g, '')).not.toMatch(/[\x00-\x1f\x7f-\x9f]/)
        }
      }),
    )
  })

  test('goes through tmux to the terminal behind it', () => {
    const sequence = clipboard('hello', { TMUX: '/tmp/tmux-0/default,1,0' }) ?? ''
    expect(sequence).toContain('\x1b]52;c;aGVsbG8=\x07')
    expect(sequence).toContain('\x1bPtmux;\x1b\x1b]52;c;aGVsbG8=\x07\x1b\\')
    expect(clipboard('x'.repeat(100_000), {})).toBeUndefined()
  })
})
