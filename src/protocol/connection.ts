// The one table of a connection's life; client and server both run it, each with its own role.
// It knows frames' kinds, no bytes and no sockets.

import { ProtocolError } from './errors.ts'
import type { ClientFrame, ServerFrame } from './frames.ts'

export type Role = 'client' | 'server'
export type ConnectionState =
  | 'opened' // the socket stands; the server owes a challenge
  | 'challenged' // the client owes a hello
  | 'authenticating' // the server owes a welcome
  | 'open' // everything but the above
  | 'closed' // somebody said bye

type FrameKind = ClientFrame['kind'] | ServerFrame['kind']
type Row = Readonly<Partial<Record<FrameKind, ConnectionState>>>

const TABLE: Readonly<Record<ConnectionState, Readonly<Record<Role, Row>>>> = {
  opened: {
    server: { challenge: 'challenged', bye: 'closed' },
    client: {},
  },
  challenged: {
    server: { bye: 'closed' },
    client: { hello: 'authenticating', bye: 'closed' },
  },
  authenticating: {
    server: { welcome: 'open', bye: 'closed' },
    client: { bye: 'closed' },
  },
  open: {
    server: {
      appended: 'open',
      refused: 'open',
      entries: 'open',
      signalled: 'open',
      presented: 'open',
      notice: 'open',
      ping: 'open',
      pong: 'open',
      bye: 'closed',
    },
    client: {
      append: 'open',
      ack: 'open',
      read: 'open',
      signal: 'open',
      presence: 'open',
      ping: 'open',
      pong: 'open',
      bye: 'closed',
    },
  },
  closed: { server: {}, client: {} },
}

/** The state after `speaker` sent a frame of `kind`; throws if it may not. `self` decides blame. */
export function transition(
  state: ConnectionState,
  speaker: Role,
  kind: FrameKind,
  self: Role,
): ConnectionState {
  const next = TABLE[state][speaker][kind]
  if (next === undefined) {
    const blame = speaker === self ? 'local' : 'remote'
    throw new ProtocolError('wrong_state', blame, `${speaker} sent ${kind} while ${state}`)
  }
  return next
}
