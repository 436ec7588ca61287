// A socket to the server while the profile is still opening: it connects and hears the server's first
// word in the time in which the keychain is waited for. Nothing is said on it before somebody takes
// it, and nobody takes that of a profile which is not sound.

import type { ServerAddress } from './server-address.ts'
import { dialSocket, type FrameSocket, type SocketHandlers } from './socket.ts'

export interface EarlySocket {
  /** From here on it is like one that was dialled now. Undefined if it was taken, or has ended. */
  take(handlers: SocketHandlers): FrameSocket | undefined
  /** Nobody will take it. */
  drop(): void
}

/** A server says one thing before it is answered. The keychain may be waited for until somebody has
 *  typed a password: who goes on talking meanwhile is not kept (N1). */
const MAX_HEARD = 2

export function dialEarly(address: ServerAddress): EarlySocket {
  const heard: Uint8Array[] = []
  let handlers: SocketHandlers | undefined
  let isOver = false
  const socket = dialSocket(address, {
    message: (frame) => {
      if (handlers !== undefined) handlers.message(frame)
      else if (heard.length < MAX_HEARD) heard.push(frame)
      else if (!isOver) {
        isOver = true
        socket.close()
      }
    },
    ended: (detail) => {
      isOver = true
      handlers?.ended(detail)
    },
  })
  return {
    take(next) {
      if (isOver || handlers !== undefined) return undefined
      handlers = next
      // As from the wire: after the caller knows its socket.
      queueMicrotask(() => {
        for (const frame of heard) next.message(frame)
      })
      return socket
    },
    drop() {
      if (handlers === undefined && !isOver) socket.close()
    },
  }
}
