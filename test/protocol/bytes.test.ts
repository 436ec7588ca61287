// Text forms at the edges: one each, and nothing is guessed.

import { describe, expect, test } from 'vitest'
import {
  equalPublic,
  fromBase64Url,
  fromHex,
  fromUtf8,
  toBase64Url,
  toHex,
  utf8,
} from '../../src/protocol/bytes.ts'

const raw = Uint8Array.of(0xfb, 0xff, 0x00, 0x10)

describe('bytes as text', () => {
  test('have one form in hex and one in base64url', () => {
    expect(toHex(raw)).toBe('fbff0010')
    expect(toBase64Url(raw)).toBe('-_8AEA')
    expect(fromHex('fbff0010')).toEqual(raw)
    expect(fromBase64Url('-_8AEA')).toEqual(raw)
    for (const wrong of ['FBFF0010', 'fbff001', 'fbff0010 ', 'xy']) {
      expect(fromHex(wrong)).toBeUndefined()
    }
    for (const wrong of ['+/8AEA', '-_8AEA=', '-_8AEB', '-_8AE', '-_8AEA\n']) {
      expect(fromBase64Url(wrong)).toBeUndefined()
    }
  })

  test('of a view are those of the view, not of what lies around it', () => {
    const inside = Uint8Array.of(9, ...raw, 9).subarray(1, 5)
    expect(toHex(inside)).toBe('fbff0010')
    expect(equalPublic(inside, raw)).toBe(true)
    expect(equalPublic(inside, raw.subarray(1))).toBe(false)
  })

  test('are UTF-8 or nothing, and a byte-order mark is a character', () => {
    expect(fromUtf8(utf8('grüße'))).toBe('grüße')
    expect(fromUtf8(utf8('\ufeffx'))).toBe('\ufeffx')
    expect(() => fromUtf8(Uint8Array.of(0xff))).toThrow(TypeError)
  })
})
