// What the caller of the server says once, and what it gets. Every value is optional: what the
// caller says goes before the file, the file before the default (config.ts).

import type { Env } from '../src/protocol/env.ts'

export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug' | 'trace'

export interface ServerOptions {
  /** HOST:PORT; port 0 lets the system choose. */
  readonly listen?: string
  /** Folder of the database, the blobs and the keys. */
  readonly data?: string
  readonly config?: string
  readonly registration?: string
  readonly database?: string
  readonly bus?: string
  readonly blobs?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
  /** HOST:PORT of the operator's listener (health, metrics). */
  readonly adminListen?: string
  /** Addresses or networks whose X-Forwarded-For is believed. */
  readonly trustProxy?: readonly string[]
  readonly logLevel?: LogLevel
  readonly overrides?: ServerOverrides
}

/** For tests: a clock, a source of chance, tighter limits and a place for the log. */
interface ServerOverrides {
  readonly env?: Env
  readonly log?: { write(line: string): void }
  readonly limits?: Partial<ServerLimits>
}

/** Limits of this server's own, each in config.toml under the same name in snake_case. */
export interface ServerLimits {
  readonly blobBytes: number
  readonly blobAccountBytes: number
  readonly retentionMs: number
  /** Public requests (register, nonce, session, server) of one address in a minute. */
  readonly addressPerMinute: number
  /** Accounts made from one address in an hour. */
  readonly registrationsPerHour: number
  /** Requests of one account in a minute, all routes but blobs' bytes. */
  readonly accountPerMinute: number
  /** Names and accounts that one account may look up in an hour. */
  readonly lookupsPerHour: number
  /** One account's bundles of one other account in an hour, counted by device. */
  readonly claimsPerHour: number
  /** Bundles of one account in an hour, all who ask together. */
  readonly claimedPerHour: number
}

export interface RunningServer {
  /** What clients are told: `https://host:port#sha256-…` where the certificate is self-made. */
  readonly url: string
  readonly adminUrl: string
  readonly fingerprint?: string
  /** While nobody has registered: who takes it becomes the operator. */
  readonly firstInvite?: string
  /** Resolves if the server can keep nothing any more: end, and let it be started again. */
  readonly lost: Promise<void>
  close(): Promise<void>
}

export type ServerErrorCode =
  | 'bad_config' // an option or a line of the file that means nothing
  | 'unsupported' // an option of another edition of this server
  | 'in_use' // another server has the data folder or the address
  | 'not_running'
  | 'not_found'
  | 'conflict'
  | 'storage' // the disk or the database: full, failed, damaged, gone
  | 'damaged' // a backup or a data folder that does not check
  | 'failed'

export class ServerError extends Error {
  readonly code: ServerErrorCode
  /** What the operator can do about it. */
  readonly hint: string | undefined

  constructor(code: ServerErrorCode, message: string, hint?: string) {
    super(message)
    this.name = 'ServerError'
    this.code = code
    this.hint = hint
  }
}
