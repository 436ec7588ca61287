// What all connections of a node share.

import type { Env } from '../src/protocol/env.ts'
import type { SignalMessage } from './bus/port.ts'
import type { Corks } from './corks.ts'
import type { HelloFrame } from './handlers/session.ts'
import type { LogService } from './log.ts'
import type { Logger } from './logger.ts'
import type { Counter, Histogram } from './metrics.ts'
import type { Buckets } from './quota.ts'
import type { LogStorage } from './storage/log-port.ts'

/** `C` is the connection, which this file must not know. */
export interface GatewayContext<C> {
  readonly env: Env
  readonly log: Logger
  /** Ed25519 public key, signed into every login. */
  readonly serverKey: Uint8Array
  readonly storage: LogStorage
  readonly logs: LogService
  readonly corks: Corks
  readonly rates: {
    /** By account. */
    readonly appends: Buckets
    readonly signals: Buckets
    /** By device. */
    readonly reads: Buckets
    readonly chatter: Buckets
    readonly logins: Buckets
  }
  readonly metrics: {
    readonly appended: Counter
    readonly delivered: Counter
    readonly refused: Counter
    readonly byes: Counter
    /** From the append's arrival to its outcome. */
    readonly appendMs: Histogram
  }
  /** Some seconds, with jitter: all come back, but not at once. */
  retryAfter(): number
  /** An append found no room on the disk: its operator is told, now and then. */
  diskFull(): void
  diskFailed(): void
  login(connection: C, nonce: Uint8Array, hello: HelloFrame): Promise<void>
  /** A message came: who is let in waits for it. */
  flows(): void
  signal(signal: Omit<SignalMessage, 'kind'>): void
}
