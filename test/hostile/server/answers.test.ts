// What a hostile server can answer over HTTP: bytes straight from a socket, to the real client.

import { createServer, type Server, type Socket } from 'node:net'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { httpDirectory } from '../../../src/client/directory-http.ts'
import { realEnv } from '../../../src/client/env.ts'
import { toClientError } from '../../../src/client/errors.ts'
import { type Http, openHttp } from '../../../src/client/http.ts'
import { checkVersions } from '../../../src/client/http-answer.ts'
import { parseServerAddress } from '../../../src/client/server-address.ts'
import { type RouteName, routes } from '../../../src/protocol/http.ts'
import { parseAccountName } from '../../../src/protocol/names.ts'

/** What the socket does once it heard something. */
let answer: (socket: Socket) => void = () => undefined
const sockets = new Set<Socket>()
const listening = new Promise<Server>((resolve) => {
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', () => answer(socket))
  }).listen(0, '127.0.0.1', () => resolve(server))
})
const clients: Http[] = []

afterEach(() => {
  for (const client of clients.splice(0)) client.close()
  for (const socket of sockets) socket.destroy()
  sockets.clear()
})
afterAll(async () => (await listening).close())

async function client(patience = { silenceMs: 5_000, answerMs: 5_000 }): Promise<Http> {
  const address = (await listening).address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const url = parseServerAddress(`http://127.0.0.1:${address.port}`)
  const http = openHttp({ address: url, env: realEnv, patience })
  clients.push(http)
  return http
}

async function asked(
  said: string | ((socket: Socket) => void),
  patience?: { silenceMs: number; answerMs: number },
) {
  answer = typeof said === 'string' ? (socket) => socket.end(said) : said
  const http = await client(patience)
  return http.call('nonce', { body: {} }).then(
    () => undefined,
    (error: unknown) => toClientError(error),
  )
}

const NONCE = JSON.stringify({ nonce: 'A'.repeat(43), time: 1 })
const whole = (body: string, length = body.length): string =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`

describe('an answer', () => {
  test('as it should be is taken', async () => {
    expect(await asked(whole(NONCE))).toBeUndefined()
  })

  test.each([
    ['more than was promised', whole(NONCE, NONCE.length + 10)],
    ['less than was promised', whole(NONCE, NONCE.length - 10)],
    ['two lengths', whole(NONCE).replace('\r\n\r\n', '\r\ncontent-length: 1\r\n\r\n')],
    ['a length that is none', whole(NONCE, -1)],
    [
      'a length and chunks',
      whole(NONCE).replace('\r\n\r\n', '\r\ntransfer-encoding: chunked\r\n\r\n'),
    ],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.9\r\n'],
    ['headers without end', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}`],
    ['one header of a mebibyte', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(1 << 20)}\r\n\r\n`],
    ['a redirect', 'HTTP/1.1 307 Go\r\nlocation: http://192.0.2.1/\r\ncontent-length: 0\r\n\r\n'],
    ['an upgrade', 'HTTP/1.1 101 Yes\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
    ['a key twice', whole(`{"nonce":"${'A'.repeat(43)}","time":1,"time":1}`)],
    ['__proto__', whole(`{"nonce":"${'A'.repeat(43)}","time":1,"__proto__":{}}`)],
    ['depth', whole(`${'['.repeat(50_000)}`)],
    ['broken text', whole('{"nonce":"\\ud800","time":1}')],
    [
      'compression',
      whole(NONCE)
        .replace('\r\n\r\n', '\r\ncontent-encoding: gzip\r\n\r\n')
        .replace(NONCE, 'x'.repeat(NONCE.length)),
    ],
    ['nothing', ''],
  ])('with %s is an error in our words, and no more', async (_what, said) => {
    const error = await asked(said)
    expect(['server', 'network']).toContain(error?.code)
    expect(error?.message).not.toMatch(/192|SSH|HPE|socket/)
  })

  test('of failure with a hostile text, and a wait without end, shows neither', async () => {
    const body = JSON.stringify({
      error: 'rate_limited',
      message: '\u001b]0;x\u0007',
      retryAfterMs: 5,
    })
    const error = await asked(whole(body).replace('200 OK', '429 \u001b]0;x\u0007'))
    expect(JSON.stringify(error?.message ?? '')).not.toContain('x')
  })

  test('that comes byte by byte ends at its time, and one that stops at the silence', async () => {
    const drip = (socket: Socket): void => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n')
      const each = setInterval(() => socket.write(' '), 10)
      socket.once('close', () => clearInterval(each))
    }
    expect((await asked(drip, { silenceMs: 60_000, answerMs: 200 }))?.code).toBe('network')
    const stop = (socket: Socket): void => void socket.write('HTTP/1.1 200 OK\r\n')
    expect((await asked(stop, { silenceMs: 200, answerMs: 60_000 }))?.code).toBe('network')
  })

  test('without end is cut behind a mebibyte', async () => {
    let given = 0
    const error = await asked((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')
      const more = (): void => {
        if (socket.destroyed || given > 64) return
        given += 1
        socket.write(`100000\r\n${' '.repeat(1 << 20)}\r\n`, more)
      }
      more()
    })
    expect(error?.code).toBe('server')
    expect(given).toBeLessThan(64)
  })
})

/** For each route an answer that its schema takes; undefined where none is needed here. */
const SAMPLES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 60,
  '',
  'x'.repeat(70_000),
  [],
  {},
  [[]],
]

test('a wrong type in any field of any answer is refused', () => {
  const names = (Object.keys(routes) as RouteName[]).filter(
    (name) => routes[name].response !== 'bytes',
  )
  for (const name of names) {
    const shape = routes[name].response as unknown as {
      safeParse(value: unknown): { success: boolean }
      def?: { shape?: Record<string, unknown> }
    }
    for (const key of Object.keys(shape.def?.shape ?? {})) {
      for (const value of SAMPLES) {
        expect(shape.safeParse({ [key]: value, surplus: 1 }).success, `${name}.${key}`).toBe(false)
      }
    }
  }
})

describe('a token', () => {
  test.each(['a b', 'a\r\nx: y', 'a\u0000', 'ä', ''])(
    'that is no header’s (%j) is refused',
    (token) => {
      const shape = routes.session.response as unknown as {
        safeParse(v: unknown): { success: boolean }
      }
      expect(shape.safeParse({ token, expiresAt: 1 }).success).toBe(false)
      expect(shape.safeParse({ token: 'v4.local.abc-_', expiresAt: 1 }).success).toBe(true)
    },
  )
})

test('a server without a protocol of ours is no server', () => {
  expect(() => checkVersions([])).toThrow()
  expect(() => checkVersions([2, 99])).toThrow()
  expect(() => checkVersions([1, 2])).not.toThrow()
})

test('somebody of another name is not who was asked for', async () => {
  const found = {
    account: '00000000-0000-4000-8000-000000000001',
    name: 'mallory',
    identityKey: 'A'.repeat(43),
    head: { version: 1, hash: 'A'.repeat(43) },
  }
  const http = { call: async () => found } as unknown as Http
  const directory = httpDirectory(async () => http)
  await expect(directory.lookup(parseAccountName('bob'))).rejects.toMatchObject({ code: 'server' })
})
