// The corpus and its judge must be worth something: raw, all of it acts on a terminal or carries
// what no text may hold, and made safe, nothing of it does.

import { describe, expect, test } from 'vitest'
import { isolated, safeFileName, safeName, safeText } from '../../../src/protocol/safe-text.ts'
import { CONTROLS, HOSTILE_TEXTS, SEQUENCES, SHORT_ATTACK, WIRE_ATTACK } from '../corpus.ts'
import { HARMFUL, HARMLESS, openJudge, verdictOf } from '../terminal.ts'

/** Other terminals obey these. */
const NOT_OF_XTERM = new Set([
  'carriage return',
  'kitty graphics',
  'a file from the disk by kitty',
  'DEL and NUL',
])

const { judge } = openJudge()

describe('raw', () => {
  test.each(Object.entries(SEQUENCES))('acts: %s', (name, text) => {
    if (!NOT_OF_XTERM.has(name)) expect(judge(text).acts).not.toEqual([])
    expect(text).toMatch(HARMFUL)
  })

  test('every control but the line’s end carries what no text may hold', () => {
    for (const { name, text } of CONTROLS) {
      if (name !== 'the control 0a') expect(text, name).toMatch(HARMFUL)
    }
  })

  test('the short attacks act, and one fits into a field of 64 bytes', () => {
    expect(judge(SHORT_ATTACK).acts).not.toEqual([])
    expect(judge(WIRE_ATTACK).acts).not.toEqual([])
    expect(Buffer.byteLength(WIRE_ATTACK)).toBeLessThanOrEqual(64)
    expect(WIRE_ATTACK.isWellFormed()).toBe(true)
  })
})

describe('made safe', () => {
  test('nothing of the corpus acts, and nothing of it is held', () => {
    for (const { name, text } of HOSTILE_TEXTS) {
      for (const [form, shown] of Object.entries({
        text: safeText(text),
        lines: safeText(text, { multiline: true }).split('\n').slice(0, 20).join('\n'),
        name: safeName(text),
        file: safeFileName(text),
        isolated: isolated(safeText(text)),
      })) {
        expect(verdictOf(judge(shown)), `${form}: ${name}`).toEqual(HARMLESS)
        expect(shown, `${form}: ${name}`).not.toMatch(HARMFUL)
      }
    }
  })
})
