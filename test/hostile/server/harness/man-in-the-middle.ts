// The server that a client is registered with: a real one behind it, and in between whoever holds
// the script. Frames and HTTP answers pass as they are until a rule says otherwise; a rule sees
// both directions decoded, and may change, drop, hold, repeat, reorder or invent.

import { createServer as createHttpServer, type ServerResponse } from 'node:http'
import { createServer, type Socket } from 'node:net'
import { WebSocketServer } from 'ws'
import {
  type ClientFrame,
  decodeClientFrame,
  decodeServerFrame,
  encodeClientFrame,
  encodeServerFrame,
  type ServerFrame,
} from '../../../../src/protocol/frames.ts'
import { type Asked, answer, readAsked } from './http-exchange.ts'
import { Line } from './line.ts'

export type FrameRule<F> = (frame: F, line: Line) => readonly (F | Uint8Array)[]

/** What the server does otherwise than a server must. Absent: as the real one says. */
export interface Script {
  readonly down?: FrameRule<ServerFrame>
  readonly up?: FrameRule<ClientFrame>
  /** `undefined`: pass it on. */
  readonly http?: (asked: Asked) => Promise<unknown> | unknown
  /** Instead of the real server's stream: who connects talks to this. */
  readonly stream?: (line: Line) => void
  /** Before any HTTP: the bare socket of a client. */
  readonly raw?: (socket: Socket) => void
  /** The answer to a WebSocket upgrade, in bytes. */
  readonly upgrade?: (socket: Socket, key: string) => void
}

export interface Heard {
  readonly way: 'up' | 'down'
  readonly frame: ClientFrame | ServerFrame
  readonly line: Line
}

type Kind = (ClientFrame | ServerFrame)['kind']
type Of<K extends Kind> = Extract<ClientFrame | ServerFrame, { kind: K }>

export class ManInTheMiddle {
  readonly url: string
  /** Every connection of the stream so far. */
  readonly lines: Line[] = []
  /** What really went over the wire to the client, and what came from it. */
  readonly heard: Heard[] = []
  readonly asked: Asked[] = []
  #script: Script = {}
  readonly #waiting = new Set<() => void>()
  readonly #sockets = new Set<Socket>()
  readonly #close: () => Promise<void>

  private constructor(url: string, sockets: Set<Socket>, close: () => Promise<void>) {
    this.url = url
    this.#sockets = sockets
    this.#close = close
  }

  static async before(realUrl: string): Promise<ManInTheMiddle> {
    const sockets = new Set<Socket>()
    const upgrades = new WebSocketServer({ noServer: true, perMessageDeflate: false })
    const http = createHttpServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      void self.#exchange(request, response, realUrl)
    })
    http.on('upgrade', (request, socket, head) => {
      const { upgrade } = self.#script
      const key = request.headers['sec-websocket-key'] ?? ''
      if (upgrade !== undefined) upgrade(socket as Socket, key)
      else upgrades.handleUpgrade(request, socket, head, (ws) => self.#join(new Line(ws, realUrl)))
    })
    const listener = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined).once('close', () => sockets.delete(socket))
      const { raw } = self.#script
      if (raw === undefined) http.emit('connection', socket)
      else raw(socket)
    })
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    const address = listener.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    const self = new ManInTheMiddle(`http://127.0.0.1:${address.port}`, sockets, async () => {
      await new Promise((resolve) => {
        listener.close(resolve)
        for (const socket of sockets) socket.destroy()
      })
    })
    return self
  }

  get line(): Line {
    const last = this.lines.at(-1)
    if (last === undefined) throw new Error('nobody connected')
    return last
  }

  play(script: Script): void {
    this.#script = script
  }

  /** From now on everything passes as it is. */
  repent(): void {
    this.#script = {}
  }

  /** Every socket is cut; who wants to, comes again. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  async close(): Promise<void> {
    for (const line of this.lines) line.close()
    await this.#close()
  }

  /** The next frame of a kind that fits, from `since` on. */
  frame<K extends Kind>(
    kind: K,
    fits: (frame: Of<K>) => boolean = () => true,
    since = this.heard.length,
  ): Promise<Of<K>> {
    return this.when(() => {
      const found = this.heard
        .slice(since)
        .find(({ frame }) => frame.kind === kind && fits(frame as Of<K>))
      return found?.frame as Of<K> | undefined
    })
  }

  /** The next connection, once it is logged in. */
  async login(): Promise<void> {
    await this.frame('welcome')
  }

  async when<T>(look: () => T | undefined): Promise<T> {
    for (;;) {
      const found = look()
      if (found !== undefined) return found
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  #changed(): void {
    for (const go of this.#waiting) go()
    this.#waiting.clear()
  }

  #note(way: Heard['way'], frame: Heard['frame'], line: Line): void {
    this.heard.push({ way, frame, line })
    this.#changed()
  }

  #join(line: Line): void {
    this.lines.push(line)
    line.sent = (bytes) => {
      const frame = decoded(bytes)
      if (frame !== undefined) this.#note('down', frame, line)
    }
    line.fromClient = (bytes) => {
      const frame = decodeClientFrame(bytes)
      this.#note('up', frame, line)
      if (line.real === undefined) return
      for (const out of this.#script.up?.(frame, line) ?? [bytes]) {
        line.toServer(out instanceof Uint8Array ? out : encodeClientFrame(out))
      }
    }
    line.fromServer = (bytes) => {
      const frame = decodeServerFrame(bytes)
      for (const out of this.#script.down?.(frame, line) ?? [bytes]) line.toClient(out)
    }
    const { stream } = this.#script
    if (stream === undefined) line.connect()
    else stream(line)
    this.#changed()
  }

  async #exchange(
    request: Parameters<typeof readAsked>[0],
    response: ServerResponse,
    realUrl: string,
  ): Promise<void> {
    try {
      const asked = await readAsked(request, response, realUrl)
      this.asked.push(asked)
      this.#changed()
      const said = (await this.#script.http?.(asked)) ?? (await asked.pass())
      answer(response, said)
      this.#changed()
    } catch {
      // Whoever asked is gone, or the real server is.
      response.destroy()
    }
  }
}

const decoded = (bytes: Uint8Array): ServerFrame | undefined => {
  try {
    return decodeServerFrame(bytes)
  } catch {
    return undefined
  }
}

export const bytesOf = (frame: ServerFrame | Uint8Array): Uint8Array =>
  frame instanceof Uint8Array ? frame : encodeServerFrame(frame)
