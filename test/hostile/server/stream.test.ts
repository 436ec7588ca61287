// What a hostile server can do on the stream below the frames: the bytes of a WebSocket, by hand.

import { createHash } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseServerAddress } from '../../../src/client/server-address.ts'
import { dialSocket } from '../../../src/client/socket.ts'
import { MAX_FRAME_BYTES } from '../../../src/protocol/limits.ts'

let serve: (socket: Socket, key: string) => void = () => undefined
const server = createServer((socket) => {
  socket.on('error', () => undefined)
  socket.once('data', (head) => {
    serve(socket, /sec-websocket-key: (\S+)/i.exec(head.toString('latin1'))?.[1] ?? '')
  })
})
let url = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address !== null && typeof address !== 'string') url = `http://127.0.0.1:${address.port}`
})
afterAll(() => server.close())

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const accept = (key: string, more = ''): string =>
  `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${createHash(
    'sha1',
  )
    .update(key + GUID)
    .digest('base64')}\r\n${more}\r\n`

/** One frame from the server: never masked. */
function frame(first: number, body: Uint8Array, claims = body.length): Buffer {
  const head = Buffer.alloc(10)
  head[0] = first
  head[1] = 127
  head.writeBigUInt64BE(BigInt(claims), 2)
  return Buffer.concat([head, body])
}

interface Met {
  readonly detail: string
  readonly messages: readonly Uint8Array[]
}

function meet(script: (socket: Socket, key: string) => void): Promise<Met> {
  serve = script
  const messages: Uint8Array[] = []
  return new Promise((resolve) => {
    dialSocket(parseServerAddress(url), {
      message: (bytes) => messages.push(bytes),
      ended: (detail) => resolve({ detail, messages }),
    })
  })
}

const upgraded =
  (...bytes: readonly Uint8Array[]) =>
  (socket: Socket, key: string): void => {
    socket.write(accept(key))
    for (const one of bytes) socket.write(one)
    socket.once('end', () => socket.end())
  }

const BINARY = 0x82
const BEGIN = 0x02
const GO_ON = 0x00
const END = 0x80

describe('a stream', () => {
  test.each([
    ['claims a frame above the limit', [frame(BINARY, new Uint8Array(8), MAX_FRAME_BYTES + 1)]],
    ['claims a frame of all bytes there are', [frame(BINARY, new Uint8Array(8), 2 ** 60)]],
    ['sends text', [frame(0x81, Buffer.from('hello'))]],
    [
      'compresses though nobody offered it',
      [frame(BINARY | 0x40, Buffer.from([0x4b, 0x04, 0x00]))],
    ],
    ['masks its frames', [Buffer.from([0x82, 0x81, 1, 2, 3, 4, 5])]],
    ['sends opcodes that mean nothing', [frame(0x8b, new Uint8Array(1))]],
    ['sends a control frame that is too long', [frame(0x89, new Uint8Array(1_000))]],
    [
      'cuts a message into 65 fragments',
      [
        frame(BEGIN, new Uint8Array(1)),
        ...Array.from({ length: 63 }, () => frame(GO_ON, new Uint8Array(1))),
        frame(END, new Uint8Array(1)),
      ],
    ],
  ] as const)('that %s is dropped, and nothing of it handed on', async (_what, bytes) => {
    const { detail, messages } = await meet(upgraded(...bytes))
    expect(detail).not.toBe('closed')
    expect(messages).toEqual([])
  })

  test('that offers compression, sends elsewhere or shows no key of ours is none', async () => {
    const deflate = (socket: Socket, key: string): void => {
      socket.write(accept(key, 'sec-websocket-extensions: permessage-deflate\r\n'))
    }
    expect((await meet(deflate)).detail).toBe('not_websocket')
    const redirect = (socket: Socket): void => {
      socket.end('HTTP/1.1 302 Found\r\nlocation: ws://192.0.2.1/\r\ncontent-length: 0\r\n\r\n')
    }
    expect((await meet(redirect)).detail).toBe('http_302')
    expect((await meet((socket) => socket.write(accept('other')))).detail).toBe('not_websocket')
  })

  test.each([
    ['speaks something else', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', 'not_http'],
    ['never ends its answer', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(4_000)}`, 'not_http'],
    ['never ends a line', 'x'.repeat(20_000), 'not_http'],
    ['answers without a key', 'HTTP/1.1 101 OK\r\nupgrade: websocket\r\n\r\n', 'not_websocket'],
    ['folds its lines', 'HTTP/1.1 101 OK\r\nupgrade:\r\n websocket\r\n\r\n', 'not_websocket'],
    ['has other work', 'HTTP/1.1 503 Service Unavailable\r\n\r\n', 'http_503'],
  ])('that %s is none', async (_what, answer, detail) => {
    expect((await meet((socket) => socket.write(answer))).detail).toBe(detail)
  })

  test('that ends before it has answered is none', async () => {
    expect((await meet((socket) => socket.end('HTTP/1.1 101'))).detail).toBe('closed')
    expect((await meet((socket) => socket.resetAndDestroy())).detail).toBe('ECONNRESET')
  })

  test('is read from the first byte after its answer, in whatever parts it comes', async () => {
    const said = frame(BINARY, Buffer.from('hello'))
    const goodbye = Buffer.from([0x88, 0x02, 0x03, 0xe8])
    const whole = (key: string): Buffer =>
      Buffer.concat([
        Buffer.from('HTTP/1.1 103 Early Hints\r\nlink: </>\r\n\r\n'),
        Buffer.from(accept(key, 'set-cookie: a\r\nset-cookie: b\r\n')),
        said,
        goodbye,
      ])
    const once = await meet((socket, key) => socket.end(whole(key)))
    const bitwise = await meet((socket, key) => {
      socket.setNoDelay(true)
      const bytes = whole(key)
      const next = (at: number): void => {
        if (at === bytes.length) socket.end()
        else socket.write(bytes.subarray(at, at + 1), () => setImmediate(next, at + 1))
      }
      next(0)
    })
    for (const { detail, messages } of [once, bitwise]) {
      expect(detail).toBe('closed')
      expect(messages.map((bytes) => Buffer.from(bytes).toString())).toEqual(['hello'])
    }
  })

  test('that asks for ever and never reads the answers is dropped', async () => {
    serve = (socket, key) => {
      socket.write(accept(key))
      socket.pause()
    }
    const detail = await new Promise((resolve) => {
      const asked = dialSocket(parseServerAddress(url), {
        message: () => undefined,
        ended: resolve,
      })
      const answers = setInterval(() => {
        for (let index = 0; index < 5_000; index += 1) asked.send(new Uint8Array(1))
      }, 5)
      setTimeout(() => clearInterval(answers), 2_000)
    })
    expect(detail).toBe('too_slow')
  })
})
