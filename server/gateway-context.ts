// What all connections of a node share.

import type { Env } from '../src/protocol/env.ts'
import type { SignalMessage } from './bus/port.ts'
import type { Connection } from './connection.ts'
import type { Corks } from './corks.ts'
import type { HelloFrame } from './handlers/session.ts'
import type { LogService } from './log.ts'
import type { Logger } from './logger.ts'
import type { Counter } from './metrics.ts'
import type { Buckets } from './quota.ts'
import type { LogStorage } from './storage/log-port.ts'

export interface GatewayContext {
  readonly env: Env
  readonly log: Logger
  /** Ed25519 public key, signed into every login. */
  readonly serverKey: Uint8Array
  readonly storage: LogStorage
  readonly logs: LogService
  readonly corks: Corks
  readonly rates: { readonly appends: Buckets; readonly signals: Buckets }
  readonly metrics: {
    readonly appended: Counter
    readonly delivered: Counter
    readonly refused: Counter
    readonly byes: Counter
  }
  /** Some seconds, with jitter: all come back, but not at once. */
  retryAfter(): number
  login(connection: Connection, nonce: Uint8Array, hello: HelloFrame): Promise<void>
  signal(signal: Omit<SignalMessage, 'kind'>): void
}
