// What a plain HTTP server can do to our client.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { realEnv } from '../../src/client/env.ts'
import { type Http, openHttp } from '../../src/client/http.ts'
import { parseServerAddress } from '../../src/client/server-address.ts'

const servers: Server[] = []
const clients: Http[] = []

afterEach(() => {
  for (const client of clients.splice(0)) client.close()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function playing(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Http> {
  const played = createServer(answer)
  servers.push(played)
  await new Promise<void>((resolve) => played.listen(0, '127.0.0.1', resolve))
  const address = played.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const http = openHttp({
    address: parseServerAddress(`http://127.0.0.1:${address.port}`),
    env: realEnv,
  })
  clients.push(http)
  return http
}

const nonce = JSON.stringify({ nonce: 'A'.repeat(43), time: 1 })

describe('an answer', () => {
  test('is taken only in the shape of its route', async () => {
    for (const body of [
      '{}',
      'no json',
      '{"nonce":"AA","time":1}',
      `${nonce.slice(0, -1)},"x":1}`,
    ]) {
      const client = await playing((_request, response) => response.end(body))
      await expect(client.call('nonce', { body: {} })).rejects.toMatchObject({ code: 'server' })
    }
  })

  test('of any length is no danger', async () => {
    const client = await playing((_request, response) => {
      response.on('error', () => undefined)
      for (let part = 0; part < 64; part += 1) response.write(Buffer.alloc(64 * 1024))
      response.end()
    })
    await expect(client.call('nonce', { body: {} })).rejects.toMatchObject({ code: 'server' })
  })

  test('that sends us elsewhere is not followed', async () => {
    const client = await playing((_request, response) => {
      response.writeHead(302, { location: 'http://192.0.2.1/' }).end()
    })
    await expect(client.call('nonce', { body: {} })).rejects.toMatchObject({ code: 'server' })
  })

  test('of failure is told in our words, with the time until it may be tried again', async () => {
    const client = await playing((_request, response) => {
      const body = { error: 'rate_limited', message: '\u001b]0;evil\u0007', retryAfterMs: 60_000 }
      response.writeHead(429).end(JSON.stringify(body))
    })
    const failure = await client.call('nonce', { body: {} }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'rate_limited', message: 'Too many requests.' })
    expect((failure as { retryAfter: number }).retryAfter).toBeGreaterThan(Date.now())
  })
})

describe('a kept connection', () => {
  test('that the server closed under us costs nothing but another one', async () => {
    const sockets = new Set<Socket>()
    const client = await playing((request, response) => {
      // The second word on one connection is met by a reset, as of a server that just gave it up.
      if (sockets.has(request.socket)) request.socket.resetAndDestroy()
      else response.end(nonce)
      sockets.add(request.socket)
    })
    await client.call('nonce', { body: {} })
    await expect(client.call('nonce', { body: {} })).resolves.toMatchObject({ time: 1 })
    expect(sockets.size).toBe(2)
  })

  test('that is reset when it is new is a broken one', async () => {
    const client = await playing((request) => request.socket.resetAndDestroy())
    await expect(client.call('nonce', { body: {} })).rejects.toMatchObject({ code: 'ECONNRESET' })
  })
})
