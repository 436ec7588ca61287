// A line of JSON says what it is given, and a terminal obeys nothing of it.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonLine } from '../../src/protocol/json-line.ts'
import { runs } from '../helpers/deep.ts'

describe('a line of JSON', () => {
  test('is one line that a terminal prints and no more, and says the same when parsed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = jsonLine({ text, [text]: 1 })
        expect(JSON.parse(line)).toEqual({ text, [text]: 1 })
        expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
      }),
      { numRuns: runs(1000) },
    )
  })

  test.each([
    ['an escape', '\x1b', '\\u001b'],
    ['the end of a line', '\n', '\\n'],
    ['DEL', '\x7f', '\\u007f'],
    ['a control of C1', '\x85', '\\u0085'],
    ['the last of them', '\x9f', '\\u009f'],
    ['a change of direction', '\u202e', '\\u202e'],
    ['a separator of lines', '\u2028', '\\u2028'],
    ['a separator of paragraphs', '\u2029', '\\u2029'],
    ['private use', '\ue000', '\\ue000'],
    ['unassigned', '\u0378', '\\u0378'],
    ['a tag, as its two halves', '\u{e0041}', '\\udb40\\udc41'],
    ['half a pair', '\ud800', '\\ud800'],
  ])('escapes %s', (_, character, escaped) => {
    expect(jsonLine({ a: `x${character}y` })).toBe(`{"a":"x${escaped}y"}`)
  })

  test('escapes each of several, and leaves letters as they are', () => {
    expect(jsonLine(['\x9b\x9b', 'ä 👍 你 ~\u00a0'])).toBe('["\\u009b\\u009b","ä 👍 你 ~\u00a0"]')
  })
})
