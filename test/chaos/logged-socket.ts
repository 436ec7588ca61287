// Stands in for src/client/socket.ts in the test build: notes each message's ciphertext before it
// goes on the wire.

import type { DialedSocket } from '../../src/client/connection.ts'
import { dialSocket as product } from '../../src/client/socket.ts'
import { decode } from '../../src/protocol/codec.ts'
import { envelopeCodec } from '../../src/protocol/envelope.ts'
import { decodeClientFrame } from '../../src/protocol/frames.ts'
import { noteSpoken } from './seal-log.ts'

export function dialSocket(...given: Parameters<typeof product>): DialedSocket {
  const socket = product(...given)
  return {
    send(frame) {
      const said = decodeClientFrame(frame)
      const items = said.kind === 'append' ? said.items : []
      for (const { body } of items) noteSpoken(decode(envelopeCodec, body).sealed)
      socket.send(frame)
    },
    close: () => socket.close(),
  }
}
