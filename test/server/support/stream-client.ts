// A client of the stream that does what it is told, the wrong things too. Tests wait for frames,
// never for time.

import { WebSocket } from 'ws'
import { systemEnv } from '../../../server/system-env.ts'
import { nodePrimitives } from '../../../src/crypto/provider-node.ts'
import {
  type ClientFrame,
  decodeServerFrame,
  type Entry,
  encodeClientFrame,
  type ServerFrame,
} from '../../../src/protocol/frames.ts'
import type { ClientId, DeviceId, LogId } from '../../../src/protocol/ids.ts'
import { uuidV7 } from '../../../src/protocol/ids.ts'
import { streamProof } from '../../../src/protocol/proof.ts'
import { WIRE_VERSIONS } from '../../../src/protocol/version.ts'
import type { Person } from './people.ts'

type Of<K extends ServerFrame['kind']> = Extract<ServerFrame, { kind: K }>
type Hello = Extract<ClientFrame, { kind: 'hello' }>

export const newClientId = (): ClientId => uuidV7<ClientId>(Date.now(), systemEnv.random(16))

export class StreamClient {
  readonly socket: WebSocket
  readonly received: ServerFrame[] = []
  readonly closed: Promise<void>
  #waiting: (() => void)[] = []
  #isClosed = false
  #request = 0

  constructor(url: string, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(`${url}/v1/stream`, { headers, perMessageDeflate: false })
    this.socket.on('message', (data: Buffer) => {
      this.received.push(decodeServerFrame(data))
      this.#wake()
    })
    this.socket.on('error', () => undefined)
    this.closed = new Promise((resolve) => {
      this.socket.once('close', () => {
        this.#isClosed = true
        this.#wake()
        resolve()
      })
    })
  }

  /** The first frame of `kind` that nobody took yet; throws if the connection ends before it. */
  async frame<K extends ServerFrame['kind']>(kind: K): Promise<Of<K>> {
    for (;;) {
      const at = this.received.findIndex((frame) => frame.kind === kind)
      if (at >= 0) return this.received.splice(at, 1)[0] as Of<K>
      if (this.#isClosed) throw new Error(`closed before ${kind}`)
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve)
      })
    }
  }

  send(frame: ClientFrame): void {
    this.socket.send(encodeClientFrame(frame))
  }

  async hello(person: Person, more: Partial<Hello> & { readonly server?: Uint8Array } = {}) {
    const challenge = await this.frame('challenge')
    this.send(answer(person, challenge, more))
    return challenge
  }

  async open(person: Person, more: Partial<Hello> = {}): Promise<Of<'welcome'>> {
    await this.hello(person, more)
    return this.frame('welcome')
  }

  /** Sends one append; the outcome comes as `appended` or `refused` with the number returned. */
  append(
    items: readonly {
      readonly log: LogId | DeviceId
      readonly body?: Uint8Array
      readonly clientId?: ClientId
      readonly expectedEpoch?: number
    }[],
    lists: Extract<ClientFrame, { kind: 'append' }>['lists'] = [],
  ): number {
    this.#request += 1
    this.send({
      kind: 'append',
      request: this.#request,
      lists,
      items: items.map(({ log, body, clientId, expectedEpoch }) => ({
        log: log as LogId,
        clientId: clientId ?? newClientId(),
        body: body ?? new Uint8Array(16),
        expectedEpoch,
      })),
    })
    return this.#request
  }

  /** Entries of `log` as they come, until `count` of them were taken. */
  async entries(count: number): Promise<readonly Entry[]> {
    const taken: Entry[] = []
    while (taken.length < count) taken.push(...(await this.frame('entries')).entries)
    return taken
  }

  /** Everything before it has been worked off when the answer is there. */
  async sync(): Promise<void> {
    this.send({ kind: 'ping', nonce: 7 })
    await this.frame('pong')
  }

  end(): Promise<void> {
    this.socket.terminate()
    return this.closed
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

let opening = 0

/** A correct answer, or one with something else in it. */
export function answer(
  person: Person,
  challenge: Of<'challenge'>,
  { server, ...more }: Partial<Hello> & { readonly server?: Uint8Array } = {},
): Hello {
  opening += 1
  const hello = {
    kind: 'hello',
    versions: WIRE_VERSIONS,
    account: person.account,
    device: person.device,
    generation: opening,
    opening: systemEnv.random(16),
    time: challenge.time,
    ...more,
  } as const
  const message = streamProof({
    server: server ?? challenge.server,
    nonce: challenge.nonce,
    version: Math.max(...hello.versions),
    ...hello,
  })
  return { proof: nodePrimitives.ed25519Sign(person.privateKey, message), ...hello }
}
