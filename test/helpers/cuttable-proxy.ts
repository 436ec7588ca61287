// A TCP proxy in front of a server whose cable can be pulled: after a number of bytes, or at once.

import { connect, createServer, type Socket } from 'node:net'

export interface CuttableProxy {
  readonly port: number
  /** Pull the cable once `bytes` more have gone from client to server. */
  cutAfter(bytes: number): Promise<void>
  /** From now on nobody gets through; who is connected is cut off. */
  cut(): void
  /** `port`: where the server is now, if it moved. */
  mend(port?: number): void
  close(): Promise<void>
}

export async function cuttableProxy(targetPort: number): Promise<CuttableProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let target = targetPort
  let whole = true
  let budget = Number.POSITIVE_INFINITY
  let onCut: (() => void) | undefined

  const cut = (): void => {
    whole = false
    budget = Number.POSITIVE_INFINITY
    for (const [inner, outer] of pairs) {
      inner.resetAndDestroy()
      outer.resetAndDestroy()
    }
    pairs.clear()
    onCut?.()
    onCut = undefined
  }

  const server = createServer((inner) => {
    if (!whole) {
      inner.resetAndDestroy()
      return
    }
    const outer = connect(target, '127.0.0.1')
    const pair = [inner, outer] as const
    pairs.add(pair)
    const drop = (): void => {
      pairs.delete(pair)
      inner.destroy()
      outer.destroy()
    }
    for (const socket of pair) socket.on('error', drop).on('close', drop)
    inner.on('data', (chunk) => {
      budget -= chunk.length
      if (budget <= 0) cut()
      else if (!outer.write(chunk)) {
        inner.pause()
        outer.once('drain', () => inner.resume())
      }
    })
    outer.pipe(inner)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    cutAfter: (bytes) =>
      new Promise((done) => {
        budget = bytes
        onCut = done
      }),
    cut,
    mend(port = target) {
      target = port
      whole = true
    },
    close() {
      cut()
      return new Promise((done) => server.close(() => done()))
    },
  }
}
