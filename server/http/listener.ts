// One request from its first header to its last byte: match, limit, authenticate, validate,
// handle, answer. It is the only place where a route's `auth` is looked at (N6).

import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import * as z from 'zod/mini'
import { PROOF_HEADER, type Route, type RouteName, routes } from '../../src/protocol/http.ts'
import type { Caller } from '../auth.ts'
import { StorageError } from '../storage/port.ts'
import type { Turnstile } from '../turnstile.ts'
import { accountRoutes } from './account-routes.ts'
import { blobRoutes } from './blob-routes.ts'
import { hasBody, parseJson, readBody } from './body.ts'
import type { ByteAnswer, Call, Handlers, Services } from './call.ts'
import type { Addresses } from './client-address.ts'
import { HttpError } from './errors.ts'
import { openApi, takesBody } from './openapi.ts'
import { publicRoutes } from './public-routes.ts'
import { matchRoute } from './routing.ts'

const handlers: Handlers<RouteName> = { ...publicRoutes, ...accountRoutes, ...blobRoutes }
type AnyHandler = (call: unknown) => Promise<object>

const OPENAPI_PATH = '/v1/openapi.json'
/** The longest target that a proof can be over. */
const MAX_TARGET_LENGTH = 2048
const NO_BYTES = new Uint8Array()

interface ListenerOptions {
  readonly services: Services
  readonly addressOf: Addresses['of']
  readonly version: string
  readonly turnstile: Turnstile
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void

export function httpListener(options: ListenerOptions): Listener {
  const described = JSON.stringify(openApi(options.version))
  const { turnstile, addressOf } = options
  return (request, response) => {
    response.setHeader('cache-control', 'no-store')
    response.setHeader('x-content-type-options', 'nosniff')
    if (request.method === 'GET' && request.url === OPENAPI_PATH) {
      response.setHeader('content-type', 'application/json')
      response.end(described)
      return
    }
    const address = addressOf(request)
    const isIn = turnstile.enter(address, () => {
      answer(options, { request, response, address }).catch((error: unknown) => {
        refuse(options.services, { request, response, error })
      })
    })
    if (!isIn) request.socket.destroy()
  }
}

interface Asked {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly address: string
}

async function answer(
  { services }: ListenerOptions,
  { request, response, address }: Asked,
): Promise<void> {
  const target = request.url ?? ''
  // `//` begins a host: not every one can be parsed, and none is asked for here.
  if (!/^\/(?![/\\])/.test(target) || target.length > MAX_TARGET_LENGTH) {
    throw new HttpError('bad_request')
  }
  const url = new URL(target, 'http://server.invalid')
  const { name, params } = matchRoute(request.method ?? '', url.pathname)
  const route: Route = routes[name]
  if (!takesBody(route) && hasBody(request)) throw new HttpError('bad_request')
  const { caller, body } = await admit({ services, route, request, target, address })
  const call: Omit<Call<RouteName>, 'caller' | 'body' | 'params'> & object = {
    services,
    query: url.searchParams,
    range: request.headers.range,
    address,
  }
  // The table ties each name to its handler's types; only here are they looked up by a string.
  const handle = handlers[name] as unknown as AnyHandler
  const result = await handle({ ...call, caller, params, body })
  if (route.response === 'bytes') await sendBytes(response, result as ByteAnswer)
  else sendJson(response, 200, result)
}

interface Arrival {
  readonly services: Services
  readonly route: Route
  readonly request: IncomingMessage
  readonly target: string
  readonly address: string
}

interface Admitted {
  readonly caller: Caller | undefined
  readonly body: unknown
}

/** Everything that stands between a stranger and a handler. */
async function admit({ services, route, request, target, address }: Arrival): Promise<Admitted> {
  const { auth, rates } = services
  if (route.auth === 'public') {
    rates.address(address)
    return { caller: undefined, body: validated(route, request, await readBody(request)) }
  }
  const bearer = await auth.bearer(request.headers.authorization)
  if (bearer === undefined) return refuseStranger(services, address)
  rates.account(bearer.account)
  const raw = route.request === 'bytes' ? NO_BYTES : await readBody(request)
  const header = request.headers[PROOF_HEADER]
  const proof = typeof header === 'string' ? header : undefined
  const method = request.method ?? ''
  const caller = auth.prove(bearer, { proof, method, target, body: raw })
  if (caller === undefined) return refuseStranger(services, address)
  // The device may have been removed while its body was on the way.
  if ((await services.directory.device(caller.device)) === undefined) {
    return refuseStranger(services, address)
  }
  return { caller, body: validated(route, request, raw) }
}

/** Guessing is counted, and bounded as any public request is. */
function refuseStranger({ rates }: Services, address: string): never {
  rates.address(address)
  throw new HttpError('unauthorised', { headers: { 'www-authenticate': 'Bearer' } })
}

function validated({ request: shape }: Route, request: IncomingMessage, raw: Uint8Array): unknown {
  if (shape === 'bytes') return request
  const parsed = z.safeParse(shape, parseJson(request, raw))
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.') ?? ''
    throw new HttpError('bad_request', { message: `Not what this route takes: ${where || 'body'}` })
  }
  return parsed.data
}

function sendJson(response: ServerResponse, status: number, value: object): void {
  const body = JSON.stringify(value)
  response.statusCode = status
  response.setHeader('content-type', 'application/json')
  response.setHeader('content-length', Buffer.byteLength(body))
  response.end(body)
}

async function sendBytes(response: ServerResponse, { status, headers, bytes }: ByteAnswer) {
  response.writeHead(status, { 'content-type': 'application/octet-stream', ...headers })
  await pipeline(bytes, response)
}

interface Failure {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly error: unknown
}

function refuse({ log }: Services, { request, response, error }: Failure): void {
  const refusal = refusalOf(error)
  const isGone = request.socket.destroyed
  // The route's pattern would name nobody, the path does: neither is logged.
  if (refusal.code === 'internal' && !isGone) log.error({ error }, 'a request failed')
  if (response.headersSent || isGone) {
    response.destroy()
    return
  }
  for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value)
  const { retryAfterMs } = refusal
  if (retryAfterMs !== undefined) {
    response.setHeader('retry-after', Math.ceil(retryAfterMs / 1000))
  }
  // What is left of a body would have to be read before the next request.
  if (!request.complete) response.setHeader('connection', 'close')
  sendJson(response, refusal.status, {
    error: refusal.code,
    message: refusal.message,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}

function refusalOf(error: unknown): HttpError {
  if (error instanceof HttpError) return error
  if (!(error instanceof StorageError) || error.code === 'failed') return new HttpError('internal')
  return new HttpError(error.code === 'full' ? 'storage_full' : 'unavailable')
}
