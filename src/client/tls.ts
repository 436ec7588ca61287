// How a socket to the server comes to be. Nothing is written to it before the other end proved
// itself: by the machine's authorities, or, with a pin, by the one key that the pin names.
// NODE_TLS_REJECT_UNAUTHORIZED changes nothing here (N14).

import { createHash } from 'node:crypto'
import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { equalPublic } from '../protocol/bytes.ts'
import type { ServerAddress } from './server-address.ts'

type Ready = (error: Error | null, socket: Socket) => void

/** A silent host must not hold a command for the operating system's two minutes. */
const CONNECT_TIMEOUT_MS = 10_000

export function connectToServer(address: ServerAddress, ready: Ready): Socket {
  const { host, port } = address
  if (!address.tls) {
    const socket = connectPlain({ host, port })
    watch(socket, 'connect', ready)
    return socket
  }
  const socket = connectTls({
    host,
    port,
    ...(isIp(host) ? {} : { servername: host }),
    minVersion: 'TLSv1.3',
    ALPNProtocols: ['http/1.1'],
    // A pinned key is checked below, by us, before the socket is handed to anyone.
    rejectUnauthorized: address.pin === undefined,
  })
  watch(socket, 'secureConnect', (error, plain) => {
    if (error === null && address.pin !== undefined && !matchesPin(socket, address.pin)) {
      socket.destroy()
      ready(new PinError(), plain)
    } else ready(error, plain)
  })
  return socket
}

class PinError extends Error {
  readonly code = 'CERT_PIN_MISMATCH'

  constructor() {
    super('the server shows another key than the one in its address')
    this.name = 'PinError'
  }
}

const isIp = (host: string): boolean => /^[\d.]+$|:/.test(host)

/** The printed address names the hash of the certificate or of its key; either binds the key. */
function matchesPin(socket: TLSSocket, pin: Uint8Array): boolean {
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) return false
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' })
  return [certificate.raw, key].some((bytes) =>
    equalPublic(createHash('sha256').update(bytes).digest(), pin),
  )
}

function watch(socket: Socket, event: 'connect' | 'secureConnect', ready: Ready): void {
  let told = false
  const tell = (error: Error | null): void => {
    if (told) return
    told = true
    socket.setTimeout(0)
    ready(error, socket)
  }
  socket.setNoDelay(true)
  socket.setTimeout(CONNECT_TIMEOUT_MS, () => {
    const error = Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })
    socket.destroy(error)
  })
  socket.once(event, () => tell(null))
  socket.once('error', (error) => tell(error))
}
