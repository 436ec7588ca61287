// The only user of `ws` on this side: binary messages in and out, and that it ended.

import type { Socket } from 'node:net'
import WebSocket from 'ws'
import { MAX_FRAME_BYTES } from '../protocol/limits.ts'
import { authorityOf, type ServerAddress } from './server-address.ts'
import { connectToServer } from './tls.ts'
import { upgrade } from './upgrade.ts'

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
/** As the library's client has them where nothing else is said here. */
const OPTIONS = {
  allowSynchronousEvents: true,
  autoPong: true,
  closeTimeout: CLOSE_TIMEOUT_MS,
  maxPendingAutoPongs: 60,
  maxBufferedChunks: 256 * 1024,
  maxPayload: MAX_FRAME_BYTES,
  maxFragments: MAX_FRAGMENTS,
  skipUTF8Validation: false,
}

export function dialSocket(address: ServerAddress, handlers: SocketHandlers): FrameSocket {
  const socket = new ClientSocket()
  let detail = 'closed'
  let ended = false
  let unsent = 0
  const end = (): void => {
    if (ended) return
    ended = true
    clearTimeout(patience)
    handlers.ended(detail)
  }
  /** Before it is open there is nothing to say goodbye to. */
  const refuse = (why: string): void => {
    if (detail === 'closed') detail = why
    wire.destroy()
  }
  const patience = setTimeout(() => refuse('ETIMEDOUT'), HANDSHAKE_TIMEOUT_MS)
  const wire = connectToServer(address, (error) => {
    if (error !== null) refuse(codeOf(error))
    else upgrade(wire, { host: authorityOf(address), path: '/v1/stream' }, opened)
  })
  const opened: Parameters<typeof upgrade>[2] = (answer) => {
    if (answer.kind === 'refused') refuse(answer.detail)
    else if (!wire.destroyed) {
      clearTimeout(patience)
      socket.open(wire, answer.rest)
    }
  }
  wire.on('error', (error) => {
    if (detail === 'closed') detail = codeOf(error)
  })
  wire.on('close', () => {
    if (socket.readyState === WebSocket.CONNECTING) end()
  })
  socket.on('message', (data, isBinary) => {
    if (ended) return
    if (isBinary) handlers.message(bytesOf(data))
    else {
      detail = 'text_message'
      socket.terminate()
    }
  })
  socket.on('error', (error) => {
    if (detail === 'closed') detail = codeOf(error)
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
      if (socket.readyState === WebSocket.CONNECTING) {
        wire.destroy()
        return
      }
      socket.close(1000)
      const cut = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS)
      socket.once('close', () => clearTimeout(cut))
    },
  }
}

/** The library's client asks through the runtime's client for HTTP. Ours is given a connection that
 *  has been asked already (upgrade.ts), as the library does it for a server's. */
class ClientSocket extends WebSocket {
  constructor() {
    super(null as never, undefined, OPTIONS)
    // What a client says is masked, and what it hears is not.
    Object.assign(this, { _isServer: false })
  }

  open(wire: Socket, rest: Buffer): void {
    const library = this as unknown as {
      setSocket(wire: Socket, rest: Buffer, options: object): void
    }
    library.setSocket(wire, rest, OPTIONS)
    wire.resume()
  }
}

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : 'error')

function bytesOf(data: WebSocket.RawData): Uint8Array {
  if (Array.isArray(data)) return new Uint8Array(Buffer.concat(data))
  return data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data)
}
