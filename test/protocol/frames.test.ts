// What one end of the stream writes, the other reads: each kind of frame, whole. That nothing else
// is read: wire.test.ts.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toHex } from '../../src/protocol/bytes.ts'
import { type Codec, decode, encode } from '../../src/protocol/codec.ts'
import { deviceListHead } from '../../src/protocol/device-list.ts'
import {
  clientFrameCodec,
  decodeClientFrame,
  decodeServerFrame,
  encodeClientFrame,
  encodeServerFrame,
  serverFrameCodec,
} from '../../src/protocol/frames.ts'
import { clientFrames, serverFrames } from './arbitraries.ts'

/** Of each kind, whatever share of chance there is: some have lists that are empty now and then. */
const OFTEN = { numRuns: 20 }

function arrivesWhole<T>(
  codec: Codec<T>,
  write: (frame: T) => Uint8Array,
  read: (raw: Uint8Array) => T,
): (frame: T) => void {
  return (frame) => {
    expect(decode(codec, encode(codec, frame))).toEqual(frame)
    const raw = write(frame)
    const meant = toHex(encode(codec, frame))
    expect(toHex(raw)).toBe(meant)
    const arrived = read(raw)
    // The network's buffer is used again.
    raw.fill(9)
    expect(toHex(encode(codec, arrived))).toBe(meant)
  }
}

describe('a frame arrives whole', () => {
  test.each(clientFrames.map((frame) => ({ frame })))('from the client (%#)', ({ frame }) => {
    const check = arrivesWhole(clientFrameCodec, encodeClientFrame, decodeClientFrame)
    fc.assert(fc.property(frame, check), OFTEN)
  })

  test.each(serverFrames.map((frame) => ({ frame })))('from the server (%#)', ({ frame }) => {
    const check = arrivesWhole(serverFrameCodec, encodeServerFrame, decodeServerFrame)
    fc.assert(fc.property(frame, check), OFTEN)
  })
})

test('the head of a device list is its version and its hash', () => {
  const hash = new Uint8Array(32).fill(5)
  expect(toHex(encode(deviceListHead, { version: 7, hash }))).toBe(`00000007${'05'.repeat(32)}`)
  expect(decode(deviceListHead, encode(deviceListHead, { version: 7, hash }))).toEqual({
    version: 7,
    hash,
  })
})
