// One device's connection: it runs the protocol's table for both ends, asks the handlers what a
// frame means and performs it. Sockets, addresses and who else is connected are the gateway's.

import type { Duplex } from 'node:stream'
import type WebSocket from 'ws'
import { type ConnectionState, transition } from '../src/protocol/connection.ts'
import { ProtocolError } from '../src/protocol/errors.ts'
import {
  type ByeCode,
  type ClientFrame,
  decodeClientFrame,
  encodeServerFrame,
  type ServerFrame,
} from '../src/protocol/frames.ts'
import { type DeviceId, type LogId, mailboxOf } from '../src/protocol/ids.ts'
import { MAX_HELLO_BYTES } from '../src/protocol/limits.ts'
import type { GatewayContext } from './gateway-context.ts'
import {
  ackReceived,
  appendReceived,
  nothingReceived,
  pingReceived,
  readReceived,
  refusal,
  signalReceived,
} from './handlers/frames.ts'
import { challengeFrame } from './handlers/hello.ts'
import type { Effect, HelloFrame, Peer } from './handlers/session.ts'
import type { Sender, Ticket } from './log.ts'
import type { LogReader, Outlet } from './reader.ts'
import type { AppendOutcome, Position } from './storage/log-port.ts'

/** So much may wait in a socket; then its reader is served from the log as room appears (N2). A page
 *  of the log: more would serve nobody faster, and a thousand who do not read are many. */
const ROOM_BYTES = 256 * 1024
/** Answers may go beyond that, but not without end: whoever asks and never reads is cut. */
const CUT_BYTES = 4 * ROOM_BYTES
/** For what waits in a socket: slower than 4 KiB/s is an attack or no use. */
const STUCK_MS = 120_000
/** Frames share memory (byte-io.ts), which is soon free in a socket that keeps up. In one with more
 *  than this before it, a small frame would keep a hundred times its size of its neighbours'. */
const KEEPS_UP_BYTES = 16 * 1024
/** Bodies of appends that wait for their commit; beyond it the socket is not read. */
const IN_FLIGHT_BYTES = 4 * 1024 * 1024
/** What was on its way when a peer was told to go: its appends, its acknowledgements. Who sends more
 *  does not listen, and need not be waited for. */
const MAX_LATE_FRAMES = 256
/** Logs beside the mailbox that one connection reads. */
const MAX_READERS = 2_000
const BINARY = { binary: true, compress: false }

export class Connection implements Outlet, Sender {
  readonly address: string
  readonly #context: GatewayContext<Connection>
  readonly #ws: WebSocket
  readonly #socket: Duplex
  #state: ConnectionState = 'opened'
  /** Dropped after the login. */
  #nonce: Uint8Array | undefined
  #peer: Peer | undefined
  #mailbox: LogReader | undefined
  #groups: Map<LogId, LogReader> | undefined
  #inFlight = 0
  #lateFrames = 0
  /** Since when there is no room. */
  #fullSince: number | undefined
  /** When it began and when it was last heard of. */
  openedAt: number
  heardAt: number
  pingedAt = 0

  constructor(
    context: GatewayContext<Connection>,
    link: { readonly ws: WebSocket; readonly socket: Duplex; readonly address: string },
  ) {
    this.#context = context
    this.#ws = link.ws
    this.#socket = link.socket
    this.address = link.address
    this.openedAt = context.env.now()
    this.heardAt = this.openedAt
  }

  get device(): DeviceId {
    if (this.#peer === undefined) throw new Error('a connection without a device')
    return this.#peer.device
  }

  get peer(): Peer | undefined {
    return this.#peer
  }

  get state(): ConnectionState {
    return this.#state
  }

  challenge(): void {
    this.#nonce = this.#context.env.random(32)
    this.send(
      challengeFrame({
        server: this.#context.serverKey,
        nonce: this.#nonce,
        now: this.#context.env.now(),
      }),
    )
  }

  received(raw: Uint8Array): void {
    if (this.#state === 'closed') {
      this.#late()
      return
    }
    this.heardAt = this.#context.env.now()
    try {
      if (this.#state !== 'open' && raw.length > MAX_HELLO_BYTES) {
        throw new ProtocolError('too_large', 'remote', 'before the login')
      }
      const frame = decodeClientFrame(raw)
      this.#state = transition(this.#state, 'client', frame.kind, 'server')
      this.#handle(frame)
    } catch (error) {
      if (!(error instanceof ProtocolError)) this.#context.log.error({ error }, 'a frame failed')
      this.bye(error instanceof ProtocolError ? 'protocol' : 'overloaded')
    }
  }

  send(frame: ServerFrame): void {
    if (this.#state === 'closed') return
    this.#state = transition(this.#state, 'server', frame.kind, 'server')
    this.#write(encodeServerFrame(frame))
  }

  bye(code: ByeCode, retryAfter = 0): void {
    if (this.#state === 'closed') return
    this.send({ kind: 'bye', code, retryAfter })
    this.#context.metrics.byes.add()
    this.#stop()
    this.#ws.close(1000)
  }

  /** Without a word: the peer does not read, or never said who it is. */
  cut(): void {
    this.#state = 'closed'
    this.#stop()
    this.#ws.terminate()
  }

  /** The login succeeded. */
  open(peer: Peer, place: Position, welcome: Omit<Welcome, 'kind' | 'cursor' | 'head'>): void {
    this.#peer = peer
    this.#nonce = undefined
    this.send({ kind: 'welcome', ...welcome, cursor: place.cursor, head: place.head })
    this.#mailbox = this.#context.logs.attach(this, {
      log: mailboxOf(peer.device),
      after: place.cursor,
      head: place.head,
    })
  }

  gone(): void {
    this.#state = 'closed'
    this.#stop()
  }

  /** Something came that brings nothing. False if it was one too many. */
  chatter(): boolean {
    if (this.#state === 'closed') this.#late()
    if (this.#state !== 'open') return false
    if (this.#take('chatter', 1) === 0) return true
    this.bye('rate_limited', this.#context.rates.chatter.exhaust(this.device, this.heardAt))
    return false
  }

  roomAgain(): void {
    if (this.#fullSince === undefined || !this.hasRoom()) return
    this.#fullSince = undefined
    this.#mailbox?.pump()
    for (const reader of this.#groups?.values() ?? []) reader.pump()
  }

  isStuck(now: number): boolean {
    return this.#fullSince !== undefined && now - this.#fullSince >= STUCK_MS
  }

  stopReading(log: LogId): void {
    const reader = this.#groups?.get(log)
    if (reader === undefined) return
    this.#context.logs.detach(reader)
    this.#groups?.delete(log)
  }

  hasRoom(): boolean {
    const room = this.#state === 'open' && this.#ws.bufferedAmount < ROOM_BYTES
    if (!room && this.#state === 'open') this.#fullSince ??= this.#context.env.now()
    return room
  }

  deliver(frame: Uint8Array): void {
    if (this.#state !== 'open') return
    this.#context.metrics.delivered.add()
    this.#write(frame)
  }

  lost(log: LogId, upTo: number): void {
    const peer = this.#peer
    // In a group's log the numbers themselves show the hole.
    if (peer === undefined || log !== mailboxOf(peer.device)) return
    this.notice({ about: 'gap', upTo })
  }

  notice(about: Pick<Notice, 'about'> & Partial<Notice>): void {
    if (this.#peer === undefined || this.#state !== 'open') return
    const account = this.#peer.account
    const zero = { upTo: 0, curvePrekeys: 0, kemPrekeys: 0 }
    this.send({ ...zero, account, ...about, kind: 'notice' })
  }

  failed(): void {
    this.bye('overloaded', this.#context.retryAfter())
  }

  settled(ticket: Ticket, outcome: AppendOutcome): void {
    this.#landed(ticket)
    this.#context.metrics.appendMs.observe(this.#context.env.now() - ticket.at)
    if (this.#state !== 'open') return
    if (outcome.kind === 'appended') {
      this.#context.metrics.appended.add()
      this.send({ kind: 'appended', request: ticket.number, results: outcome.results })
      return
    }
    this.#context.metrics.refused.add()
    const { reason, accounts } = outcome
    if (reason === 'storage_full') this.#context.diskFull()
    if (outcome.cause === 'disk') this.#context.diskFailed()
    const later = reason === 'storage_full' || reason === 'unavailable' || reason === 'quota'
    const retryAfter = later ? this.#context.retryAfter() : 0
    this.send(refusal(ticket.number, reason, { accounts, retryAfter }))
  }

  #late(): void {
    this.#lateFrames += 1
    if (this.#lateFrames > MAX_LATE_FRAMES) this.#ws.terminate()
  }

  #handle(frame: ClientFrame): void {
    switch (frame.kind) {
      case 'hello':
        this.#login(frame)
        return
      case 'append':
        this.#perform(appendReceived(frame, (cost) => this.#take('appends', cost)))
        return
      case 'ack':
        this.#perform(ackReceived(frame))
        return
      case 'read':
        this.#perform(readReceived(this.#proven(), frame, (cost) => this.#take('reads', cost)))
        return
      case 'signal':
        this.#perform(signalReceived(frame, (cost) => this.#take('signals', cost)))
        return
      case 'ping':
        this.#perform(pingReceived(frame))
        return
      case 'bye':
        this.gone()
        this.#ws.close(1000)
        return
      case 'presence':
      case 'pong':
        this.#perform(nothingReceived())
        return
      default:
        frame satisfies never
    }
  }

  #perform(effects: readonly Effect[]): void {
    for (const effect of effects) this.#do(effect)
  }

  #do(effect: Effect): void {
    switch (effect.kind) {
      case 'send':
        this.send(effect.frame)
        return
      case 'bye':
        this.bye(effect.code, effect.retryAfter)
        return
      case 'append':
        this.#append(effect)
        return
      case 'acknowledge': {
        const reader = this.#readerOf(effect.log)
        const isNews = reader !== undefined && this.#context.logs.acknowledge(reader, effect.upTo)
        if (!isNews) this.chatter()
        return
      }
      case 'read':
        this.#read(effect.log, effect.after).catch(() => this.failed())
        return
      case 'chatter':
        this.chatter()
        return
      case 'signal':
        this.#context.signal({ ...effect, from: this.#proven() })
        return
      default:
        effect satisfies never
    }
  }

  #login(hello: HelloFrame): void {
    const nonce = this.#nonce
    if (nonce === undefined) return
    this.#context.login(this, nonce, hello).catch(() => this.failed())
  }

  #append({ number, lists, items }: Extract<Effect, { kind: 'append' }>): void {
    const { account, device } = this.#proven()
    const at = this.heardAt
    const ticket: Ticket = { account, device, lists, items, number, at, sender: this }
    this.#inFlight += weightOf(ticket)
    if (this.#inFlight > IN_FLIGHT_BYTES) this.#ws.pause()
    this.#context.flows()
    this.#context.logs.append(ticket)
  }

  #landed(ticket: Ticket): void {
    this.#inFlight -= weightOf(ticket)
    if (this.#ws.isPaused && this.#inFlight < IN_FLIGHT_BYTES / 2) this.#ws.resume()
  }

  async #read(log: LogId, after: number): Promise<void> {
    const position = await this.#context.storage.cursor(this.device, log)
    if (this.#state !== 'open' || position === undefined) return
    this.#groups ??= new Map()
    this.stopReading(log)
    if (this.#groups.size >= MAX_READERS) return
    const place = { log, after: Math.min(after, position.head), head: position.head }
    this.#groups.set(log, this.#context.logs.attach(this, place))
  }

  #readerOf(log: LogId): LogReader | undefined {
    return this.#mailbox?.log === log ? this.#mailbox : this.#groups?.get(log)
  }

  #take(what: keyof GatewayContext<Connection>['rates'], cost: number): number {
    const { account, device } = this.#proven()
    const whose = what === 'appends' || what === 'signals' ? account : device
    return this.#context.rates[what].take(whose, cost, this.heardAt)
  }

  #proven(): Peer {
    if (this.#peer === undefined) throw new Error('not logged in')
    return this.#peer
  }

  #write(bytes: Uint8Array): void {
    const waiting = this.#ws.bufferedAmount
    if (waiting > CUT_BYTES) {
      this.cut()
      return
    }
    const isShared = bytes.buffer.byteLength > bytes.length
    this.#context.corks.cork(this.#socket)
    this.#ws.send(isShared && waiting > KEEPS_UP_BYTES ? new Uint8Array(bytes) : bytes, BINARY)
  }

  #stop(): void {
    if (this.#mailbox !== undefined) this.#context.logs.detach(this.#mailbox)
    for (const reader of this.#groups?.values() ?? []) this.#context.logs.detach(reader)
    this.#mailbox = undefined
    this.#groups = undefined
  }
}

type Welcome = Extract<ServerFrame, { kind: 'welcome' }>
type Notice = Extract<ServerFrame, { kind: 'notice' }>

function weightOf(ticket: Ticket): number {
  let bytes = 0
  for (const { body } of ticket.items) bytes += body.length
  return bytes
}
