// A WebSocket of the server's: it hands its events to its connection, some at a turn of the event
// loop. The only file of the server that knows the WebSocket library.

import { WebSocket, WebSocketServer } from 'ws'
import { MAX_FRAME_BYTES } from '../src/protocol/limits.ts'
import type { Connection } from './connection.ts'

/** A client that was told to go gets this long to close its end. */
const CLOSE_TIMEOUT_MS = 3_000
/** Fragments of one message; more are an attack on our memory (N1). */
const MAX_FRAGMENTS = 64
/** Of one connection. What came in one piece holds thousands of small ones, which held up all others
 *  by tenths of a second (N17); with one at a turn each message cost a sixth more. */
const EVENTS_EACH_TURN = 16

const SERVER_OPTIONS = {
  noServer: true,
  clientTracking: false,
  // One deflated megabyte is a gigabyte (N1).
  perMessageDeflate: false,
  maxPayload: MAX_FRAME_BYTES,
  maxFragments: MAX_FRAGMENTS,
  closeTimeout: CLOSE_TIMEOUT_MS,
  // Our own ping is a frame; the library's would be answered without a limit.
  autoPong: false,
} as const

/** Where the library keeps whether it waits for the next turn before each event. Its option of this
 *  name is for all events or none. */
interface Receiving {
  readonly _receiver: { _allowSynchronousEvents: boolean }
}

let turn = 0
let isCounting = false

/** The number of this turn: of all events between two calls of what was put off to the next. */
function thisTurn(): number {
  if (!isCounting) {
    isCounting = true
    setImmediate(() => {
      isCounting = false
      turn += 1
    })
  }
  return turn
}

/** Its events go on without a table of listeners: half a KiB of each of thousands that are idle. */
export class Link extends WebSocket {
  #connection: Connection | undefined
  #ended: ((connection: Connection) => void) | undefined
  #turn = -1
  #events = 0

  tie(connection: Connection, ended: (connection: Connection) => void): void {
    this.#connection = connection
    this.#ended = ended
  }

  override emit(event: string | symbol, ...given: readonly unknown[]): boolean {
    const connection = this.#connection
    if (connection === undefined) return super.emit(event, ...given)
    switch (event) {
      case 'message':
        this.#count()
        this.#message(connection, given)
        break
      case 'ping':
        this.#count()
        if (connection.chatter() && connection.hasRoom()) this.pong()
        break
      // Nobody asked: our own ping is a frame.
      case 'pong':
        this.#count()
        connection.chatter()
        break
      case 'close':
        this.#ended?.(connection)
        break
      // An error among them: the library closes the socket itself, and `close` follows.
      default:
    }
    return true
  }

  #count(): void {
    const now = thisTurn()
    if (this.#turn !== now) this.#events = 0
    this.#turn = now
    this.#events += 1
    const { _receiver: receiver } = this as unknown as Receiving
    receiver._allowSynchronousEvents = this.#events < EVENTS_EACH_TURN
  }

  #message(connection: Connection, [data, isBinary]: readonly unknown[]): void {
    if (isBinary === true && data instanceof Uint8Array) connection.received(data)
    else connection.bye('protocol')
  }
}

/** What makes links of upgrades. */
export const linkServer = () => new WebSocketServer({ ...SERVER_OPTIONS, WebSocket: Link })
