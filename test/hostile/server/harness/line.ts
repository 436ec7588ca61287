// One connection of the stream: the client on one side, the real server (or nobody) on the other.

import WebSocket from 'ws'
import { encodeServerFrame, type ServerFrame } from '../../../../src/protocol/frames.ts'

export class Line {
  readonly client: WebSocket
  real: WebSocket | undefined
  /** Set by the man in the middle. */
  fromClient: (bytes: Uint8Array) => void = () => undefined
  fromServer: (bytes: Uint8Array) => void = () => undefined
  sent: (bytes: Uint8Array) => void = () => undefined
  readonly #realUrl: string

  constructor(client: WebSocket, realUrl: string) {
    this.client = client
    this.#realUrl = realUrl
    client.on('message', (data) => this.fromClient(new Uint8Array(data as Buffer)))
    client.on('error', () => undefined)
    client.on('close', () => this.real?.terminate())
  }

  get ended(): boolean {
    return this.client.readyState >= WebSocket.CLOSING
  }

  connect(): void {
    const url = `${this.#realUrl.replace(/^http/, 'ws')}/v1/stream`
    const real = new WebSocket(url, { perMessageDeflate: false })
    this.real = real
    real.on('message', (data) => this.fromServer(new Uint8Array(data as Buffer)))
    real.on('error', () => undefined)
    real.on('close', () => this.client.close(1000))
  }

  toClient(frame: ServerFrame | Uint8Array): void {
    const bytes = frame instanceof Uint8Array ? frame : encodeServerFrame(frame)
    this.sent(bytes)
    if (this.client.readyState === WebSocket.OPEN) this.client.send(bytes)
  }

  toServer(bytes: Uint8Array): void {
    if (this.real?.readyState === WebSocket.OPEN) this.real.send(bytes)
  }

  close(): void {
    this.client.terminate()
    this.real?.terminate()
  }
}
