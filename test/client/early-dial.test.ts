// A socket that connects before anybody knows what to say on it.

import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { dialEarly } from '../../src/client/early-dial.ts'
import { parseServerAddress, type ServerAddress } from '../../src/client/server-address.ts'

const http = createServer()
const server = new WebSocketServer({ server: http })
let address: ServerAddress
/** The server's end of each connection, as it comes. */
const ends: WebSocket[] = []
let came: () => void = () => undefined
server.on('connection', (socket: WebSocket, _request: IncomingMessage) => {
  ends.push(socket)
  socket.send(Uint8Array.of(1))
  came()
})

beforeAll(async () => {
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))
  address = parseServerAddress(`http://127.0.0.1:${(http.address() as AddressInfo).port}`)
})
afterEach(() => {
  for (const end of ends.splice(0)) end.terminate()
})
afterAll(() => new Promise((done) => http.close(done)))

const connected = (): Promise<void> => new Promise((done) => (came = done))
const closed = (end: WebSocket | undefined): Promise<void> =>
  new Promise((done) => end?.once('close', () => done()))

class Listener {
  readonly heard: number[] = []
  #wake: () => void = () => undefined
  detail: string | undefined

  readonly message = (frame: Uint8Array): void => {
    this.heard.push(frame[0] ?? -1)
    this.#wake()
  }
  readonly ended = (detail: string): void => {
    this.detail = detail
    this.#wake()
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((done) => (this.#wake = done))
  }
}

test('what is heard before it is taken comes first, and after the caller has its socket', async () => {
  const coming = connected()
  const early = dialEarly(address)
  await coming
  const end = ends[0]
  const said: number[] = []
  end?.on('message', (data: Buffer) => said.push(data[0] ?? -1))
  // Here it is when a ping that followed it was answered.
  await new Promise<void>((done) => {
    end?.once('pong', () => done())
    end?.ping()
  })
  expect(said).toEqual([])
  const listener = new Listener()
  const socket = early.take(listener)
  expect(listener.heard).toEqual([])
  end?.send(Uint8Array.of(2))
  await listener.until(() => listener.heard.length === 2)
  expect(listener.heard).toEqual([1, 2])
  const answered = new Promise<void>((done) => end?.once('message', () => done()))
  socket?.send(Uint8Array.of(9))
  await answered
  expect(said).toEqual([9])
  socket?.close()
  await listener.until(() => listener.detail !== undefined)
})

test('it is taken once', async () => {
  const coming = connected()
  const early = dialEarly(address)
  await coming
  const listener = new Listener()
  expect(early.take(listener)).toBeDefined()
  expect(early.take(new Listener())).toBeUndefined()
  early.drop()
  await listener.until(() => listener.heard.length === 1)
  expect(listener.detail).toBeUndefined()
})

test('what nobody takes is closed', async () => {
  const coming = connected()
  const early = dialEarly(address)
  await coming
  early.drop()
  await closed(ends[0])
})

test('who goes on talking before anybody listens is hung up on', async () => {
  const coming = connected()
  dialEarly(address)
  await coming
  for (let more = 0; more < 2; more += 1) ends[0]?.send(Uint8Array.of(2))
  await closed(ends[0])
})

test('who takes what ends is told, and nobody takes what has ended', async () => {
  const coming = connected()
  const early = dialEarly(address)
  await coming
  const end = ends[0]
  end?.terminate()
  await closed(end)
  const listener = new Listener()
  // Whichever end hears first.
  if (early.take(listener) !== undefined) await listener.until(() => listener.detail !== undefined)
  expect(early.take(new Listener())).toBeUndefined()
})

test('where nobody listens there is nothing to take', async () => {
  const early = dialEarly({ ...address, port: 1 })
  const listener = new Listener()
  const socket = early.take(listener)
  expect(socket).toBeDefined()
  await listener.until(() => listener.detail !== undefined)
  expect(listener.detail).toBe('ECONNREFUSED')
})
