// What one end of the stream writes, the other reads. The shapes themselves: wire.test.ts.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toHex } from '../../src/protocol/bytes.ts'
import { encode } from '../../src/protocol/codec.ts'
import {
  clientFrameCodec,
  decodeClientFrame,
  decodeServerFrame,
  encodeClientFrame,
  encodeServerFrame,
  serverFrameCodec,
} from '../../src/protocol/frames.ts'
import { runs } from '../helpers/deep.ts'
import { clientFrame, serverFrame } from './arbitraries.ts'

describe('a frame', () => {
  test('of the client reaches the server, and stays when its bytes are overwritten', () => {
    fc.assert(
      fc.property(clientFrame, (frame) => {
        const raw = encodeClientFrame(frame)
        const meant = toHex(encode(clientFrameCodec, frame))
        expect(toHex(raw)).toBe(meant)
        const read = decodeClientFrame(raw)
        raw.fill(9)
        expect(toHex(encode(clientFrameCodec, read))).toBe(meant)
      }),
      { numRuns: runs(200) },
    )
  })

  test('of the server reaches the client, and stays when its bytes are overwritten', () => {
    fc.assert(
      fc.property(serverFrame, (frame) => {
        const raw = encodeServerFrame(frame)
        const meant = toHex(encode(serverFrameCodec, frame))
        expect(toHex(raw)).toBe(meant)
        const read = decodeServerFrame(raw)
        raw.fill(9)
        expect(toHex(encode(serverFrameCodec, read))).toBe(meant)
      }),
      { numRuns: runs(200) },
    )
  })
})
