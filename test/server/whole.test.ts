// HTTP and the stream of one running server together: what the directory decides is felt by
// connections at once, and the end is orderly.

import { createServer as createHttpServer } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminCall } from '../../server/admin-client.ts'
import { capConnections } from '../../server/http/connection-caps.ts'
import { fromBase64Url } from '../../src/protocol/bytes.ts'
import { LOW_ONE_TIME_PREKEYS } from '../../src/protocol/limits.ts'
import { ask, registered, type TestAccount, wireUpload } from '../helpers/account.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { StreamClient } from './support/stream-client.ts'

let server: TestServer
let key: Uint8Array
beforeAll(async () => {
  server = await startServer()
  key = fromBase64Url((await ask(server.url, '/v1/server')).json.key) ?? new Uint8Array()
})
afterAll(() => server.close())

const streams: StreamClient[] = []
async function online(account: TestAccount, to = server): Promise<StreamClient> {
  const stream = new StreamClient(to.url.replace('http', 'ws'))
  streams.push(stream)
  const { device, signing } = account.device
  const person = { account: account.account, device, privateKey: signing.privateKey }
  const challenge = await stream.hello(person)
  expect(challenge.server).toEqual(key)
  await stream.frame('welcome')
  return stream
}
afterAll(() => Promise.all(streams.map((stream) => stream.end())))

describe('what HTTP decides, the stream feels', () => {
  test('a removed, a disabled and a deleted device are cut', async () => {
    const phone = await registered(server, 'phoned')
    const laptop = phone.onNewDevice()
    await phone.publish(phone.device, laptop.device)
    const onLaptop = await online(laptop)
    const onPhone = await online(phone)
    await phone.publish(phone.device)
    expect((await onLaptop.frame('bye')).code).toBe('device_removed')
    expect((await onPhone.frame('notice')).about).toBe('devices_changed')
    await adminCall(server.data, 'user.disable', { name: 'phoned' })
    expect((await onPhone.frame('bye')).code).toBe('device_removed')
    await adminCall(server.data, 'user.enable', { name: 'phoned' })
    const again = await online(phone)
    expect((await phone.ask('/v1/account', { method: 'DELETE' })).status).toBe(200)
    expect((await again.frame('bye')).code).toBe('device_removed')
  })

  test('a device whose one-time keys run low is told once, with the counts', async () => {
    const target = await registered(server, 'running-low')
    const asking = await registered(server, 'asking')
    const count = LOW_ONE_TIME_PREKEYS
    const upload = { ...wireUpload(target.device, { from: 9, count }), replace: true }
    await target.ask('/v1/account/prekeys', { method: 'POST', body: upload })
    const stream = await online(target)
    const path = `/v1/accounts/${target.account}/prekeys`
    const claim = { method: 'POST', body: { devices: [target.device.device] } }
    await asking.ask(path, claim)
    await asking.ask(path, claim)
    const left = LOW_ONE_TIME_PREKEYS - 1
    expect(await stream.frame('notice')).toMatchObject({
      about: 'prekeys_low',
      curvePrekeys: left,
      kemPrekeys: left,
    })
    await stream.sync()
    expect(stream.received.filter(({ kind }) => kind === 'notice')).toEqual([])
  })
})

describe('the end', () => {
  test('is said to clients, waits for what is under way, and leaves nothing open', async () => {
    const ending = await startServer()
    key = fromBase64Url((await ask(ending.url, '/v1/server')).json.key) ?? key
    const some = await registered(ending, 'ending')
    const stream = await online(some, ending)
    const { adminUrl, url } = ending
    const closed = ending.close()
    const bye = await stream.frame('bye')
    expect(bye.code).toBe('draining')
    expect(bye.retryAfter).toBeGreaterThan(0)
    await stream.end()
    await closed
    await expect(fetch(`${url}/v1/server`)).rejects.toThrow()
    await expect(fetch(`${adminUrl}/healthz`)).rejects.toThrow()
    await ending.close()
  })
})

describe('sockets of one address (N2)', () => {
  test('beyond their number are ended; a proxy’s are not counted', async () => {
    for (const [proxied, allowed] of [
      [false, 3],
      [true, 5],
    ] as const) {
      const capped = createHttpServer((_request, response) => response.end('x'))
      capConnections(capped, (address) => (proxied ? undefined : address), 3)
      await new Promise<void>((done) => capped.listen(0, '127.0.0.1', done))
      const { port } = capped.address() as { port: number }
      const answers = []
      const sockets = []
      for (let index = 0; index < 5; index += 1) {
        const socket = connect(port, '127.0.0.1')
        sockets.push(socket)
        answers.push(
          await new Promise<string>((done) => {
            socket.on('data', (chunk) => done(chunk.toString().slice(0, 12)))
            socket.on('close', () => done('closed'))
            socket.on('error', () => done('closed'))
            socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
          }),
        )
      }
      expect(answers.filter((answer) => answer === 'HTTP/1.1 200').length).toBe(allowed)
      for (const socket of sockets) socket.destroy()
      await new Promise((done) => capped.close(done))
    }
  })
})
