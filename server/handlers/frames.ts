// What a proven peer may ask. One frame in, effects out.

import type { RefusedReason, ServerFrame } from '../../src/protocol/frames.ts'
import { mailboxOf } from '../../src/protocol/ids.ts'
import type {
  AckFrame,
  AppendFrame,
  Effect,
  Peer,
  PingFrame,
  ReadFrame,
  SignalFrame,
  Take,
} from './session.ts'

/** What a frame is that brings nothing: no entry, no step of a cursor. */
const CHATTER: readonly Effect[] = [{ kind: 'chatter' }]

export const refusal = (
  request: number,
  reason: RefusedReason,
  more: Partial<Pick<Extract<ServerFrame, { kind: 'refused' }>, 'retryAfter' | 'accounts'>> = {},
): ServerFrame => ({ kind: 'refused', request, reason, retryAfter: 0, accounts: [], ...more })

/** A message and its keys. Whoever writes more in one item pays for it as for several. */
const BYTES_A_TOKEN = 4 * 1024

const costOf = (items: AppendFrame['items']): number =>
  items.reduce((cost, { body }) => cost + 1 + Math.floor(body.length / BYTES_A_TOKEN), 0)

export function appendReceived(frame: AppendFrame, take: Take): readonly Effect[] {
  const { request, lists, items } = frame
  if (items.length === 0) return [{ kind: 'bye', code: 'protocol', retryAfter: 0 }]
  const wait = take(costOf(items))
  if (wait > 0) {
    const frame = refusal(request, 'rate_limited', { retryAfter: wait })
    return [...CHATTER, { kind: 'send', frame }]
  }
  return [{ kind: 'append', number: request, lists, items }]
}

export const ackReceived = ({ log, upTo }: AckFrame): readonly Effect[] => [
  { kind: 'acknowledge', log, upTo },
]

/** One's own mailbox comes unasked from `welcome` on; to ask for it is to break the protocol. */
export function readReceived(peer: Peer, { log, after }: ReadFrame, take: Take): readonly Effect[] {
  if (log === mailboxOf(peer.device)) return [{ kind: 'bye', code: 'protocol', retryAfter: 0 }]
  const retryAfter = take(1)
  if (retryAfter > 0) return [{ kind: 'bye', code: 'rate_limited', retryAfter }]
  return [{ kind: 'read', log, after }]
}

export const pingReceived = ({ nonce }: PingFrame): readonly Effect[] => [
  ...CHATTER,
  { kind: 'send', frame: { kind: 'pong', nonce } },
]

/** Presence is not relayed: it would tell strangers who is at the keyboard (threat M4). */
export const nothingReceived = (): readonly Effect[] => CHATTER

/** Over its rate a signal is dropped in silence: it was never promised to arrive. */
export function signalReceived(frame: SignalFrame, take: Take): readonly Effect[] {
  if (take(1) > 0) return CHATTER
  return [{ kind: 'signal', to: frame.to, device: frame.device, body: frame.body }]
}
