// How many sockets one address may hold open, whatever it does with them (N2). Proxies that are
// trusted stand for many and are not counted.

import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** A thousand devices behind one address, and some that are coming and going. */
const MAX_SOCKETS_PER_ADDRESS = 1_200

/** `keyOf` is undefined for a trusted proxy. */
export function capConnections(
  server: Server,
  keyOf: (remoteAddress: string) => string | undefined,
  max = MAX_SOCKETS_PER_ADDRESS,
): void {
  const held = new Map<string, number>()
  const keys = new Map<Socket, string>()
  // One function for all sockets: thousands of idle ones would each pay for a closure.
  function closed(this: Socket): void {
    const key = keys.get(this)
    if (key === undefined) return
    keys.delete(this)
    const left = (held.get(key) ?? 1) - 1
    if (left > 0) held.set(key, left)
    else held.delete(key)
  }
  server.on('connection', (socket: Socket) => {
    const key = keyOf(socket.remoteAddress ?? '')
    if (key === undefined) return
    const count = (held.get(key) ?? 0) + 1
    held.set(key, count)
    keys.set(socket, key)
    socket.on('close', closed)
    if (count > max) socket.destroy()
  })
}
