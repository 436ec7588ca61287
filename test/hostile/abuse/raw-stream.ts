// A WebSocket by hand, for those who do not play by the rules: what goes out are the bytes that it
// is given, and what comes in is read only if somebody asks.

import { connect, type Socket } from 'node:net'
import { nodePrimitives } from '../../../src/crypto/provider-node.ts'
import {
  decodeServerFrame,
  encodeClientFrame,
  type ServerFrame,
} from '../../../src/protocol/frames.ts'
import type { AccountId, DeviceId } from '../../../src/protocol/ids.ts'
import { streamProof } from '../../../src/protocol/proof.ts'

/** Who attacks, or is attacked. The key is the device's for signatures, in base64. */
export interface Victim {
  readonly account: string
  readonly device: string
  readonly key: string
}

export interface Place {
  readonly port: number
  /** All of 127/8 is this machine: attackers have many addresses. */
  readonly localAddress: string
}

/** A masked frame of a client; the mask is zeros, so that the payload stays as it is. */
export function frameOf(
  payload: Uint8Array,
  { opcode = 2, fin = true, rsv1 = false, length = payload.length } = {},
): Buffer {
  const first = (fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode
  if (length < 126) return Buffer.concat([Buffer.from([first, 0x80 | length, 0, 0, 0, 0]), payload])
  const head = Buffer.alloc(14)
  head.set([first, 0xff])
  head.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([head, payload])
}

const UPGRADE = [
  'GET /v1/stream HTTP/1.1',
  'Host: x',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
]

export class RawStream {
  readonly socket: Socket
  /** Resolves when the socket is gone, whoever ended it. */
  readonly closed: Promise<void>
  #bytes = Buffer.alloc(0)
  #wake = (): void => undefined

  constructor({ port, localAddress }: Place) {
    this.socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true })
    this.socket.on('error', () => undefined)
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()))
    this.socket.on('data', (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk])
      this.#wake()
    })
    this.socket.once('close', () => this.#wake())
  }

  /** The head of the server's answer. */
  async upgrade(...headers: readonly string[]): Promise<string> {
    this.socket.write(`${[...UPGRADE, ...headers].join('\r\n')}\r\n\r\n`)
    const end = await this.#until(() => {
      const at = this.#bytes.indexOf('\r\n\r\n')
      return at < 0 ? undefined : at + 4
    })
    return this.#take(end).toString('latin1')
  }

  async open(victim: Victim): Promise<void> {
    await this.upgrade()
    const challenge = await this.frame()
    if (challenge.kind !== 'challenge') throw new Error(`the server said ${challenge.kind}`)
    const hello = {
      kind: 'hello',
      versions: [1],
      account: victim.account as AccountId,
      device: victim.device as DeviceId,
      generation: Date.now() * 1000 + Math.floor(performance.now() % 1000),
      opening: new Uint8Array(16),
      time: Date.now(),
    } as const
    const message = streamProof({ ...challenge, ...hello, version: 1 })
    const proof = nodePrimitives.ed25519Sign(Buffer.from(victim.key, 'base64'), message)
    this.socket.write(frameOf(encodeClientFrame({ ...hello, proof })))
    const welcome = await this.frame()
    if (welcome.kind !== 'welcome') throw new Error(`the server said ${JSON.stringify(welcome)}`)
  }

  async frame(): Promise<ServerFrame> {
    const { head, length } = await this.#until(() => frameHead(this.#bytes))
    return decodeServerFrame(this.#take(head + length).subarray(head))
  }

  /** False once the peer has ended it. Waits for the kernel to take it. */
  async write(bytes: Uint8Array): Promise<boolean> {
    if (this.socket.destroyed) return false
    if (this.socket.write(bytes)) return true
    await Promise.race([
      this.closed,
      new Promise<void>((resolve) => this.socket.once('drain', resolve)),
    ])
    return !this.socket.destroyed
  }

  /** From here on nothing is read: the kernel's buffers fill. */
  deaf(): void {
    this.socket.removeAllListeners('data')
    this.socket.pause()
  }

  /** Reads on and forgets it. */
  heedless(): void {
    this.socket.removeAllListeners('data')
    this.socket.resume()
  }

  end(): Promise<void> {
    this.socket.destroy()
    return this.closed
  }

  #take(count: number): Buffer {
    const taken = this.#bytes.subarray(0, count)
    this.#bytes = this.#bytes.subarray(count)
    return taken
  }

  async #until<T>(find: () => T | undefined): Promise<T> {
    for (;;) {
      const found = find()
      if (found !== undefined) return found
      if (this.socket.destroyed) throw new Error('the socket is gone')
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

function frameHead(bytes: Buffer): { head: number; length: number } | undefined {
  if (bytes.length < 4) return undefined
  const short = (bytes[1] ?? 0) & 0x7f
  if (short === 127) throw new Error('a frame of more than 64 KiB')
  const head = short === 126 ? 4 : 2
  const length = short === 126 ? bytes.readUInt16BE(2) : short
  return bytes.length < head + length ? undefined : { head, length }
}
