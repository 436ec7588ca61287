// The only user of `ws` on this side: binary messages in and out, and that it ended.

import WebSocket from 'ws'
import { MAX_FRAME_BYTES } from '../protocol/limits.ts'
import { authorityOf, type ServerAddress } from './server-address.ts'
import { connectToServer } from './tls.ts'

export interface FrameSocket {
  send(frame: Uint8Array): void
  /** Says nothing more; `ended` follows. */
  close(): void
}

export interface SocketHandlers {
  readonly message: (frame: Uint8Array) => void
  /** Once, whatever happened. `detail` is a code, never a sentence from outside. */
  readonly ended: (detail: string) => void
}

const HANDSHAKE_TIMEOUT_MS = 10_000
/** After a close frame the server has this long before the socket is cut. */
const CLOSE_TIMEOUT_MS = 2_000
/** Fragments of one message, as the server has it too: a mebibyte of one byte each would cost a
 *  hundred of ours (N1). */
const MAX_FRAGMENTS = 64
/** Said and not taken by the other end. What we say unasked is less (server-link.ts); only a server
 *  that asks without end and does not listen to the answers gets here. */
const MAX_UNSENT_FRAMES = 4_096
const MAX_UNSENT_BYTES = 64 * 1024 * 1024

export function dialSocket(address: ServerAddress, handlers: SocketHandlers): FrameSocket {
  const scheme = address.tls ? 'wss' : 'ws'
  const socket = new WebSocket(`${scheme}://${authorityOf(address)}/v1/stream`, {
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    maxFragments: MAX_FRAGMENTS,
    followRedirects: false,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    createConnection: ((_options: unknown, ready: Parameters<typeof connectToServer>[1]) => {
      connectToServer(address, ready)
    }) as never,
  })
  let detail = 'closed'
  let ended = false
  let unsent = 0
  const end = (): void => {
    if (ended) return
    ended = true
    handlers.ended(detail)
  }
  socket.on('message', (data, isBinary) => {
    if (ended) return
    if (isBinary) handlers.message(bytesOf(data))
    else {
      detail = 'text_message'
      socket.terminate()
    }
  })
  socket.on('unexpected-response', (_request, response) => {
    detail = `http_${response.statusCode ?? 0}`
    socket.terminate()
  })
  socket.on('error', (error) => {
    if (detail === 'closed') detail = 'code' in error ? String(error.code) : 'error'
  })
  socket.on('close', end)
  return {
    send(frame) {
      if (socket.readyState !== WebSocket.OPEN) return
      if (unsent >= MAX_UNSENT_FRAMES || socket.bufferedAmount >= MAX_UNSENT_BYTES) {
        detail = 'too_slow'
        socket.terminate()
        return
      }
      unsent += 1
      socket.send(frame, { binary: true }, () => {
        unsent -= 1
      })
    },
    close() {
      if (socket.readyState === WebSocket.CONNECTING) socket.terminate()
      else socket.close(1000)
      const cut = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS)
      socket.once('close', () => clearTimeout(cut))
    },
  }
}

function bytesOf(data: WebSocket.RawData): Uint8Array {
  if (Array.isArray(data)) return new Uint8Array(Buffer.concat(data))
  return data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data)
}
