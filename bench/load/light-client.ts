// A connection that costs the load process little: frames are templates, answers are read at their
// offsets. It is no example of a client.

import { randomFillSync } from 'node:crypto'
import { WebSocket } from 'ws'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'
import { decodeServerFrame, encodeClientFrame } from '../../src/protocol/frames.ts'
import type { AccountId, ClientId, DeviceId, LogId } from '../../src/protocol/ids.ts'
import { streamProof } from '../../src/protocol/proof.ts'
import type { PersonJson } from './messages.ts'

const APPENDED = 0x43
const ENTRIES = 0x45
const BODY_BYTES = 256
/** Where the client's id lies in an append of one item and one list, and an entry's parts. */
const CLIENT_ID_AT = 1 + 4 + 2 + 20 + 2 + 16
const ENTRY_HEAD = 8 + 16 + 16 + 16 + 8 + 4

export interface Handlers {
  appended(): void
  /** Each entry's body, which begins with the time of its sending. */
  entry(body: Buffer): void
}

interface Opening {
  readonly port: number
  readonly localAddress: string
  readonly handlers: Handlers
}

export class LightClient {
  readonly person: PersonJson
  readonly #socket: WebSocket
  readonly #handlers: Handlers
  #template: Buffer | undefined
  #bodyAt = 0
  #serial = 0
  readonly #acks = new Map<string, Buffer>()

  private constructor(person: PersonJson, socket: WebSocket, handlers: Handlers) {
    this.person = person
    this.#socket = socket
    this.#handlers = handlers
  }

  static open(person: PersonJson, { port, localAddress, handlers }: Opening): Promise<LightClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/stream`, {
      localAddress,
      perMessageDeflate: false,
      // Masking costs the load process and tells us nothing about the server.
      generateMask: () => undefined,
    })
    const client = new LightClient(person, socket, handlers)
    return new Promise((resolve, reject) => {
      socket.on('error', reject)
      socket.on('message', (data: Buffer) => client.#first(data, resolve, reject))
    })
  }

  aim(log: string): void {
    const id = log as LogId
    const frame = encodeClientFrame({
      kind: 'append',
      request: 1,
      lists: [{ account: this.person.account as AccountId, version: 1 }],
      items: [
        {
          log: id,
          clientId: log as ClientId,
          body: new Uint8Array(BODY_BYTES),
          expectedEpoch: undefined,
        },
      ],
    })
    this.#template = Buffer.from(frame)
    this.#bodyAt = CLIENT_ID_AT + 16 + 4
    randomFillSync(this.#template, CLIENT_ID_AT, 16)
  }

  /** Ids ascend as those of a real client do, which are made by time. */
  append(): void {
    const frame = Buffer.from(this.#template ?? [])
    this.#serial += 1
    frame.writeUIntBE(Date.now(), CLIENT_ID_AT, 6)
    frame.writeUInt32BE(this.#serial, CLIENT_ID_AT + 6)
    frame.writeDoubleBE(performance.now(), this.#bodyAt)
    this.#socket.send(frame)
  }

  read(log: string): void {
    this.#socket.send(encodeClientFrame({ kind: 'read', log: log as LogId, after: 0 }))
  }

  end(): void {
    this.#socket.terminate()
  }

  #first(data: Buffer, resolve: (client: LightClient) => void, reject: (why: Error) => void): void {
    const frame = decodeServerFrame(data)
    if (frame.kind === 'challenge') {
      const hello = {
        kind: 'hello',
        versions: [1],
        account: this.person.account as AccountId,
        device: this.person.device as DeviceId,
        generation: Date.now(),
        opening: new Uint8Array(16),
        time: Date.now(),
      } as const
      const message = streamProof({ ...frame, ...hello, version: 1 })
      const proof = nodePrimitives.ed25519Sign(Buffer.from(this.person.key, 'base64'), message)
      this.#socket.send(encodeClientFrame({ ...hello, proof }))
    } else if (frame.kind === 'welcome') {
      this.#socket.removeAllListeners('message')
      this.#socket.on('message', (more: Buffer) => this.#received(more))
      resolve(this)
    } else {
      reject(new Error(`the server said ${JSON.stringify(frame)}`))
    }
  }

  #received(data: Buffer): void {
    if (data[0] === APPENDED) this.#handlers.appended()
    else if (data[0] === ENTRIES) this.#entries(data)
    else this.#other(data)
  }

  #entries(data: Buffer): void {
    let count = data.readUInt16BE(17)
    let last = 0
    for (let at = 19; count > 0; count -= 1) {
      last = at
      const length = data.readUInt32BE(at + ENTRY_HEAD - 4)
      this.#handlers.entry(data.subarray(at + ENTRY_HEAD, at + ENTRY_HEAD + length))
      at += ENTRY_HEAD + length
    }
    const log = data.toString('latin1', 1, 17)
    let ack = this.#acks.get(log)
    if (ack === undefined) {
      ack = Buffer.alloc(25)
      ack[0] = 3
      data.copy(ack, 1, 1, 17)
      this.#acks.set(log, ack)
    }
    const sent = Buffer.from(ack)
    data.copy(sent, 17, last, last + 8)
    this.#socket.send(sent)
  }

  #other(data: Buffer): void {
    const frame = decodeServerFrame(data)
    if (frame.kind === 'ping') this.#socket.send(encodeClientFrame({ ...frame, kind: 'pong' }))
    else throw new Error(`the server said ${JSON.stringify(frame)}`)
  }
}
