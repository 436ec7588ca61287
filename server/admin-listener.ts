// The operator's two listeners, both apart from the public one. Health and numbers are on TCP and
// name nobody (N15). The admin API is on a Unix socket that only the server's own user can reach:
// the kernel checks, and there is no token to lose.

import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type AdminServices, adminHandlers, isAdminCall } from './admin.ts'
import type { Place } from './config.ts'
import { ServerError } from './options.ts'
import { writePrivateFile } from './private-files.ts'

export const ADMIN_FILE = 'admin.json'
export const ADMIN_PATH = '/admin/'
/** The shortest limit of the systems we run on, less the terminating zero. */
const MAX_SOCKET_PATH = 103
const MAX_ARGS_BYTES = 64 * 1024
const PRIVATE_UMASK = 0o177

interface Health {
  /** False from the first moment of a shutdown, so that a balancer looks elsewhere. */
  ready(): boolean
  metrics(): string
}

interface Listening {
  readonly url: string
  close(): Promise<void>
}

export async function listenHealth(place: Place, health: Health): Promise<Listening> {
  const server = createServer((request, response) => {
    const [path] = (request.url ?? '').split('?', 1)
    if (request.method !== 'GET') return reply(response, 405, 'text/plain', '')
    if (path === '/healthz') return reply(response, 200, 'text/plain', 'ok\n')
    if (path === '/readyz') {
      const ready = health.ready()
      return reply(response, ready ? 200 : 503, 'text/plain', ready ? 'ready\n' : 'draining\n')
    }
    if (path === '/metrics')
      return reply(response, 200, 'text/plain; version=0.0.4', health.metrics())
    return reply(response, 404, 'text/plain', '')
  })
  await listening(server, { host: place.host, port: place.port })
  const { address, family, port } = server.address() as AddressInfo
  const host = family === 'IPv6' ? `[${address}]` : address
  return { url: `http://${host}:${port}`, close: () => closed(server) }
}

/** `admin.json` in the data folder says where the socket is. */
export async function listenAdmin(folder: string, services: AdminServices): Promise<Listening> {
  const handlers = adminHandlers(services)
  const server = createServer((request, response) => {
    run(handlers, request)
      .then((result) => reply(response, 200, 'application/json', JSON.stringify(result)))
      .catch((error: unknown) => {
        const { code, message } =
          error instanceof ServerError ? error : { code: 'failed', message: 'the server failed' }
        reply(response, 400, 'application/json', JSON.stringify({ code, message }))
      })
  })
  const path = socketPath(folder)
  // Private from its first moment: a mode that is set after the bind comes too late.
  const umask = process.umask(PRIVATE_UMASK)
  try {
    await listening(server, { path })
  } finally {
    process.umask(umask)
  }
  writePrivateFile(join(folder, ADMIN_FILE), JSON.stringify({ socket: path }))
  return {
    url: path,
    async close() {
      rmSync(join(folder, ADMIN_FILE), { force: true })
      await closed(server)
      if (dirname(path) !== folder) rmSync(dirname(path), { recursive: true, force: true })
    },
  }
}

/** A data folder too deep for a socket's name gets one in a new folder of our own. */
function socketPath(folder: string): string {
  const near = join(folder, 'admin.sock')
  // The folder's lock is ours: what lies here was left by a process that is dead.
  if (Buffer.byteLength(near) <= MAX_SOCKET_PATH) {
    rmSync(near, { force: true })
    return near
  }
  return join(mkdtempSync(join(tmpdir(), 'sotto-')), 'admin.sock')
}

async function run(
  handlers: ReturnType<typeof adminHandlers>,
  request: IncomingMessage,
): Promise<unknown> {
  const name = (request.url ?? '').slice(ADMIN_PATH.length)
  if (request.method !== 'POST' || !isAdminCall(handlers, name)) {
    throw new ServerError('not_found', 'no such call')
  }
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_ARGS_BYTES) throw new ServerError('bad_config', 'too large')
    chunks.push(chunk)
  }
  const args: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
  // Each handler checks what it takes; the caller is the operator, whose mistakes get an answer.
  return await (handlers[name] as (args: unknown) => Promise<unknown>)(args)
}

export async function listening(
  server: Server,
  place: { readonly host: string; readonly port: number } | { readonly path: string },
): Promise<void> {
  await new Promise<void>((done, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const where = 'path' in place ? place.path : `${place.host}:${place.port}`
      const code = error.code === 'EADDRINUSE' ? 'in_use' : 'failed'
      failed(new ServerError(code, `cannot listen at ${where} (${error.code})`))
    })
    server.listen(place, () => done())
  })
}

async function closed(server: Server): Promise<void> {
  server.closeIdleConnections()
  await new Promise((done) => {
    server.close(done)
  })
}

function reply(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' })
  response.end(body)
}
