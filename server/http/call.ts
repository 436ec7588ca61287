// What a handler gets and gives. The types come from the table of routes alone.

import type { IncomingMessage } from 'node:http'
import type { Env } from '../../src/protocol/env.ts'
import type { RouteName, RouteRequest, RouteResponse, routes } from '../../src/protocol/http.ts'
import type { Auth, Caller } from '../auth.ts'
import type { BlobStore } from '../blobs/port.ts'
import type { Directory } from '../directory.ts'
import type { Logger } from '../logger.ts'
import type { ServerLimits } from '../options.ts'
import type { Registrar } from '../registration.ts'
import type { Rates } from './rates.ts'
import type { Params } from './routing.ts'

/** What the routes stand on; made once in main.ts. */
export interface Services {
  readonly env: Env
  readonly identity: Uint8Array
  readonly limits: ServerLimits
  readonly auth: Auth
  readonly directory: Directory
  readonly registrar: Registrar
  readonly blobs: BlobStore
  readonly rates: Rates
  readonly log: Logger
}

export interface Call<R extends RouteName> {
  readonly services: Services
  readonly caller: (typeof routes)[R]['auth'] extends 'device' ? Caller : undefined
  readonly params: Params<R>
  readonly query: URLSearchParams
  readonly body: (typeof routes)[R]['request'] extends 'bytes' ? IncomingMessage : RouteRequest<R>
  /** The `Range` header. */
  readonly range: string | undefined
  /** For rates only. */
  readonly address: string
}

/** Bytes for the answer, streamed. */
export interface ByteAnswer {
  readonly status: 200 | 206
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: AsyncIterable<Uint8Array>
}

type Answer<R extends RouteName> = (typeof routes)[R]['response'] extends 'bytes'
  ? ByteAnswer
  : RouteResponse<R>

type Handler<R extends RouteName> = (call: Call<R>) => Promise<Answer<R>>
export type Handlers<R extends RouteName> = { readonly [Name in R]: Handler<Name> }
