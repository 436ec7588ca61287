// One HTTP request on its way through, and what may be answered to it.

import { type IncomingMessage, type ServerResponse, request as sendRequest } from 'node:http'
import { type Route, type RouteName, routes } from '../../../../src/protocol/http.ts'

export interface Passed {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** An answer of one's own: `body` as bytes, or as a value that becomes JSON; or by hand. */
export type Answered =
  | Passed
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly json: unknown }
  | { readonly byHand: (response: ServerResponse) => void }

export interface Asked {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly route: RouteName | undefined
  /** The `:name` parts of the route's path. */
  readonly path: Readonly<Record<string, string>>
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  readonly response: ServerResponse
  /** What the real server says. */
  pass(): Promise<Passed>
}

export async function readAsked(
  request: IncomingMessage,
  response: ServerResponse,
  realUrl: string,
): Promise<Asked> {
  const parts: Buffer[] = []
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part)
  const { method = 'GET', url: target = '/', headers } = request
  const body = Buffer.concat(parts)
  const found = routeOf(method, target)
  return {
    method,
    target,
    route: found?.name,
    path: found?.path ?? {},
    headers,
    body,
    response,
    pass: () => passOn(realUrl, { method, target, headers, body }),
  }
}

function routeOf(
  method: string,
  target: string,
): { readonly name: RouteName; readonly path: Record<string, string> } | undefined {
  const [path = ''] = target.split('?', 1)
  for (const [name, route] of Object.entries(routes) as [RouteName, Route][]) {
    if (route.method !== method) continue
    const pattern = route.path.replace(/:(\w+)/g, '(?<$1>[^/]+)')
    const found = new RegExp(`^${pattern}$`).exec(path)
    if (found !== null) return { name, path: { ...found.groups } }
  }
  return undefined
}

function passOn(
  realUrl: string,
  { method, target, headers, body }: Pick<Asked, 'method' | 'target' | 'headers' | 'body'>,
): Promise<Passed> {
  const { hostname, port } = new URL(realUrl)
  return new Promise((resolve, reject) => {
    const call = sendRequest(
      { hostname, port, method, path: target, headers, agent: false },
      async (got) => {
        const parts: Buffer[] = []
        for await (const part of got as AsyncIterable<Buffer>) parts.push(part)
        const kept = Object.entries(got.headers).filter(([name]) => !HOP.has(name))
        resolve({
          status: got.statusCode ?? 0,
          headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
          body: Buffer.concat(parts),
        })
      },
    )
    call.once('error', reject)
    call.end(body)
  })
}

const HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'date'])

export function answer(response: ServerResponse, said: unknown): void {
  const given = said as Answered
  response.on('error', () => undefined)
  if ('byHand' in given) {
    given.byHand(response)
    return
  }
  const body = 'json' in given ? Buffer.from(JSON.stringify(given.json)) : given.body
  response.writeHead(given.status ?? 200, {
    'content-type': 'application/json',
    ...given.headers,
    'content-length': body.length,
  })
  response.end(body)
}

/** What the real server says, with its JSON changed. */
export async function bent<T>(asked: Asked, change: (json: T) => unknown): Promise<Answered> {
  const passed = await asked.pass()
  if (passed.status !== 200) return passed
  return { json: change(JSON.parse(passed.body.toString('utf8')) as T) }
}
