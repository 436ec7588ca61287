// What the server knows of a connection, and what it decides to do: values only. The gateway
// performs effects in their order.

import type { AppendItem, ByeCode, ClientFrame, ServerFrame } from '../../src/protocol/frames.ts'
import type { AccountId, DeviceId, LogId } from '../../src/protocol/ids.ts'

type Frame<K extends ClientFrame['kind']> = Extract<ClientFrame, { kind: K }>
export type HelloFrame = Frame<'hello'>
export type AppendFrame = Frame<'append'>
export type ReadFrame = Frame<'read'>
export type AckFrame = Frame<'ack'>
export type SignalFrame = Frame<'signal'>
export type PingFrame = Frame<'ping'>

/** Who stands at the other end, proven. */
export interface Peer {
  readonly account: AccountId
  readonly device: DeviceId
}

export type Effect =
  | { readonly kind: 'send'; readonly frame: ServerFrame }
  | { readonly kind: 'bye'; readonly code: ByeCode; readonly retryAfter: number }
  | {
      readonly kind: 'append'
      readonly number: number
      readonly lists: AppendFrame['lists']
      readonly items: readonly AppendItem[]
    }
  | { readonly kind: 'acknowledge'; readonly log: LogId; readonly upTo: number }
  | { readonly kind: 'read'; readonly log: LogId; readonly after: number }
  /** The frame brought nothing: so many of those, and the connection ends. */
  | { readonly kind: 'chatter' }
  | {
      readonly kind: 'signal'
      readonly to: AccountId
      readonly device: DeviceId | undefined
      readonly body: Uint8Array
    }

/** Takes tokens; 0, or after how many milliseconds there are enough. */
export type Take = (cost: number) => number
