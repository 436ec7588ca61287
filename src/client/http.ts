// Calls of the routes in protocol/http.ts. A session token is fetched when first needed and kept
// in memory; each call is signed by the device over exactly what is sent.

import { createHash } from 'node:crypto'
import { Agent, type ClientRequest, type IncomingMessage, request as sendRequest } from 'node:http'
import type { CryptoEnv } from '../crypto/primitives.ts'
import { fromUtf8, toBase64Url, utf8 } from '../protocol/bytes.ts'
import {
  errorShape,
  PROOF_HEADER,
  type Route,
  type RouteName,
  type RouteRequest,
  type RouteResponse,
  routes,
} from '../protocol/http.ts'
import type { AccountId, DeviceId } from '../protocol/ids.ts'
import { MAX_CLOCK_SKEW_MS, MAX_HTTP_BODY_BYTES } from '../protocol/limits.ts'
import { requestProof, sessionProof } from '../protocol/proof.ts'
import { ClientError } from './api.ts'
import { clockDiffers } from './clock-fault.ts'
import { httpFailure } from './errors.ts'
import { decoded, useless } from './http-answer.ts'
import { authorityOf, type ServerAddress } from './server-address.ts'
import { parseStrictJson } from './strict-json.ts'
import { connectToServer } from './tls.ts'

interface HttpIdentity {
  readonly account: AccountId
  readonly device: DeviceId
  readonly serverKey: Uint8Array
  readonly signingKey: Uint8Array
}

interface HttpPorts {
  readonly address: ServerAddress
  readonly env: CryptoEnv
  /** Absent before there is an account: public routes only. */
  readonly identity?: HttpIdentity
  readonly patience?: Patience
}

interface Patience {
  /** Without a byte. */
  readonly silenceMs: number
  /** From the call to the last byte of an answer that is read whole. */
  readonly answerMs: number
}

interface HttpCall<R extends RouteName> {
  /** The `:name` parts of the path. */
  readonly path?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: RouteRequest<R>
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

export interface Http {
  call<R extends RouteName>(route: R, call?: HttpCall<R>): Promise<RouteResponse<R>>
  /** A body of bytes as it comes in. */
  stream<R extends RouteName>(route: R, call?: HttpCall<R>): Promise<IncomingMessage>
  close(): void
}

/** Silence for so long is a lost connection; a long transfer is never silent. An answer is a
 *  mebibyte at most: a line that does not carry it in a minute, byte after byte, holds up all that
 *  waits behind it. */
const PATIENCE: Patience = { silenceMs: 20_000, answerMs: 60_000 }
/** What goes up is given a millisecond more for each byte. */
const UPLOAD_BYTES_PER_MS = 1
/** A token is renewed before it ends, so that none ends under way. */
const TOKEN_MARGIN_MS = 60_000
const MAX_TOKEN_RETRIES = 1
/** Two transfers, a directory question, and one to spare. */
const MAX_SOCKETS = 4

export function openHttp(ports: HttpPorts): Http {
  const { address, env, identity, patience = PATIENCE } = ports
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS })
  Object.assign(agent, {
    createConnection: (_options: object, ready: Parameters<typeof connectToServer>[1]) => {
      connectToServer(address, ready)
    },
  })
  let token: Promise<{ readonly text: string; readonly expiresAt: number }> | undefined

  const exchange = (sent: Sent, signal?: AbortSignal): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      let heard: IncomingMessage | undefined
      const giveUp = (): void => {
        const late = Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })
        heard?.destroy(late)
        call.destroy(late)
      }
      const more = (sent.body?.length ?? 0) / UPLOAD_BYTES_PER_MS
      const limit = setTimeout(giveUp, patience.answerMs + more)
      const call: ClientRequest = sendRequest({
        agent,
        method: sent.method,
        path: sent.target,
        headers: { host: authorityOf(address), ...sent.headers },
        setHost: false,
        ...(signal === undefined ? {} : { signal }),
      })
      call.setTimeout(patience.silenceMs, giveUp)
      // A broken answer may fail more than once; what nobody hears would end the process.
      call.on('error', (error) => reject(call.reusedSocket ? new StaleSocket(error) : error))
      call.once('response', (response) => {
        heard = response
        // A body that is handed on as it comes is the receiver's to hurry.
        if (sent.streams) clearTimeout(limit)
        resolve(response)
      })
      call.once('close', () => {
        clearTimeout(limit)
        // Neither an answer nor an error: an upgrade that nobody asked for.
        reject(Object.assign(new Error('no answer'), { code: 'ECONNABORTED' }))
      })
      call.end(sent.body)
    })

  const login = async (): Promise<{ readonly text: string; readonly expiresAt: number }> => {
    if (identity === undefined) throw new ClientError('bug', 'An unexpected error.')
    const { nonce } = await call('nonce', { body: {} })
    const { account, device, serverKey } = identity
    const time = env.now()
    const bytes = sessionProof({ server: serverKey, nonce: decoded(nonce), time, account, device })
    const proof = toBase64Url(env.primitives.ed25519Sign(identity.signingKey, bytes))
    const answer = await call('session', { body: { account, device, nonce, time, proof } })
    return { text: answer.token, expiresAt: answer.expiresAt }
  }
  const freshToken = async (): Promise<string> => {
    const known = await token?.catch(() => undefined)
    if (known !== undefined && known.expiresAt - TOKEN_MARGIN_MS > env.now()) return known.text
    token = login()
    return (await token).text
  }
  const proven = async (sent: Sent): Promise<Sent> => {
    if (identity === undefined) return sent
    const text = await freshToken()
    const time = env.now()
    const nonce = env.random(16)
    const signed = requestProof({
      method: sent.method,
      target: sent.target,
      time,
      nonce,
      tokenHash: sha256(utf8(text)),
      bodyHash: sha256(sent.signedBody),
    })
    const signature = env.primitives.ed25519Sign(identity.signingKey, signed)
    return {
      ...sent,
      headers: {
        ...sent.headers,
        authorization: `Bearer ${text}`,
        [PROOF_HEADER]: `${time}.${toBase64Url(nonce)}.${toBase64Url(signature)}`,
      },
    }
  }
  /** The server may have closed a kept connection at the moment that we spoke: then it has not
   *  heard us, and we say it again, with a proof of its own, on another one. */
  const fresh = async (
    route: Route,
    sent: Sent,
    signal?: AbortSignal,
  ): Promise<IncomingMessage> => {
    const attempt = async (): Promise<IncomingMessage> =>
      exchange(route.auth === 'device' ? await proven(sent) : sent, signal)
    for (let stale = 0; ; stale += 1) {
      try {
        return await attempt()
      } catch (error) {
        if (!(error instanceof StaleSocket)) throw error
        if (stale >= MAX_SOCKETS || signal?.aborted) throw error.cause
      }
    }
  }
  const respond = async (
    route: Route,
    sent: Sent,
    signal?: AbortSignal,
  ): Promise<IncomingMessage> => {
    for (let attempt = 0; ; attempt += 1) {
      const response = await fresh(route, sent, signal)
      const status = response.statusCode ?? 0
      if (status >= 200 && status < 300) return response
      const failed = await readFailure(response)
      const stale = status === 401 && route.auth === 'device' && attempt < MAX_TOKEN_RETRIES
      if (!stale) throw (status === 401 && clockFault(response, env.now())) || failed
      token = undefined
    }
  }
  const call: Http['call'] = async (name, given = {}) => {
    const route: Route = routes[name]
    const response = await respond(route, prepare(route, given, false), given.signal)
    const body = await readBody(response)
    if (route.response === 'bytes') return body as never
    return readShape(route.response, body) as never
  }

  return {
    call,
    stream: (name, given = {}) =>
      respond(routes[name], prepare(routes[name], given, true), given.signal),
    close: () => agent.destroy(),
  }
}

/** Signatures of a clock that is off are refused like any others; the answer says what time it is
 *  there, to the second. */
function clockFault({ headers }: IncomingMessage, now: number): ClientError | undefined {
  const skew = now - Date.parse(headers.date ?? '')
  return Math.abs(skew) > MAX_CLOCK_SKEW_MS ? clockDiffers(skew) : undefined
}

class StaleSocket extends Error {
  constructor(cause: Error) {
    super('a kept connection was gone', { cause })
  }
}

interface Sent {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | undefined
  /** What the proof covers: a blob's bytes are authenticated inside the message instead. */
  readonly signedBody: Uint8Array
  /** The answer's body is handed on as it comes. */
  readonly streams: boolean
}

const NOTHING = new Uint8Array(0)
const sha256 = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update(bytes).digest())

function prepare<R extends RouteName>(route: Route, call: HttpCall<R>, streams: boolean): Sent {
  const path = route.path.replace(/:(\w+)/g, (_whole, key: string) =>
    encodeURIComponent(call.path?.[key] ?? ''),
  )
  const query = new URLSearchParams(call.query).toString()
  const target = query === '' ? path : `${path}?${query}`
  const isBytes = route.request === 'bytes'
  const hasBody = route.method === 'POST' || route.method === 'PUT'
  const body = !hasBody
    ? undefined
    : isBytes
      ? (call.body as Uint8Array)
      : utf8(JSON.stringify(call.body ?? {}))
  const headers = {
    ...(body === undefined ? {} : { 'content-length': String(body.length) }),
    ...(body === undefined
      ? {}
      : { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' }),
    ...call.headers,
  }
  return {
    method: route.method,
    target,
    headers,
    body,
    signedBody: isBytes ? NOTHING : (body ?? NOTHING),
    streams,
  }
}

async function readBody(response: IncomingMessage): Promise<Uint8Array> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    length += part.length
    if (length > MAX_HTTP_BODY_BYTES) {
      response.destroy()
      throw useless()
    }
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** The server's own sentence is not shown: its code has one of ours. */
async function readFailure(response: IncomingMessage): Promise<ClientError> {
  const answer = errorShape.safeParse(parsed(await readBody(response)))
  if (!answer.success) return useless()
  const { error, retryAfterMs } = answer.data
  return httpFailure(error, retryAfterMs === undefined ? undefined : Date.now() + retryAfterMs)
}

function readShape(shape: Exclude<Route['response'], 'bytes'>, body: Uint8Array): unknown {
  const answer = shape.safeParse(parsed(body))
  if (!answer.success) throw useless()
  return answer.data
}

/** As strict as our codecs: one reading of the bytes, or none (P11). */
function parsed(body: Uint8Array): unknown {
  try {
    return parseStrictJson(fromUtf8(body))
  } catch {
    return undefined
  }
}
