// The edge as strangers, owners and other people's devices meet it. The matrix is made from the
// table of routes: a route that is added without its cells fails here.

import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import {
  errorShape,
  PROOF_HEADER,
  type Route,
  type RouteName,
  routes,
} from '../../src/protocol/http.ts'
import { MAX_CLOCK_SKEW_MS, MAX_HTTP_BODY_BYTES } from '../../src/protocol/limits.ts'
import {
  ask,
  newAccount,
  type Reply,
  recordOf,
  registered,
  type TestAccount,
  wireList,
  wireUpload,
} from '../helpers/account.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

let server: TestServer
let alice: TestAccount
let bob: TestAccount
beforeAll(async () => {
  server = await startServer()
  alice = await registered(server, 'alice')
  bob = await registered(server, 'bob')
})
afterAll(() => server.close())

const table = Object.entries(routes) as [RouteName, Route][]

/** A request of each route that its rightful caller would make of `about`'s things. */
async function wishFor(name: RouteName, about: TestAccount, blob: string) {
  const path = routes[name].path
    .replace(':name', about.name)
    .replace(':account', about.account)
    .replace(':blob', blob)
  const { method } = routes[name]
  switch (name) {
    case 'register':
      return { path, method, body: (await newAccount(server.url, 'carol')).registration() }
    case 'session':
      return { path, method, body: await about.loginRequest() }
    case 'publishDevices':
      return { path, method, body: { list: wireList(about.nextList([recordOf(about.device)])) } }
    case 'uploadPrekeys':
      return { path, method, body: wireUpload(about.device, { from: 50, count: 1 }) }
    case 'claimPrekeys':
      return { path, method, body: { devices: [about.device.device] } }
    case 'createBlob':
      return { path, method, body: { size: 3 } }
    case 'writeBlob': {
      const headers = { 'content-range': 'bytes 0-2/3' }
      return { path, method, bytes: Buffer.from('abc'), headers }
    }
    default:
      return { path, method }
  }
}

const newBlob = async (owner: TestAccount): Promise<string> =>
  (await owner.ask('/v1/blobs', { method: 'POST', body: { size: 3 } })).json.blob

async function send(caller: TestAccount | 'nobody', name: RouteName, about: TestAccount) {
  const blob = await newBlob(about)
  if (name === 'readBlob') {
    const headers = { 'content-range': 'bytes 0-2/3' }
    await about.ask(`/v1/blobs/${blob}`, { method: 'PUT', bytes: Buffer.from('abc'), headers })
  }
  const { path, ...wish } = await wishFor(name, about, blob)
  return caller === 'nobody' ? ask(server.url, path, wish) : caller.ask(path, wish)
}

/** What a device of another account gets for the same request; the rest is as for the owner. */
const FOREIGN: Readonly<Partial<Record<RouteName, number>>> = {
  // Signed by the other account's key: never appended to one's own chain, nor to theirs.
  publishDevices: 400,
  // Signed by the other device: never published as one's own.
  uploadPrekeys: 400,
  blobStatus: 404,
  writeBlob: 404,
  deleteBlob: 404,
}

describe('the matrix of roles and routes (N6)', () => {
  test.each(table)('%s: nobody gets what it says and no more', async (name, { auth }) => {
    const reply = await send('nobody', name, alice)
    if (auth === 'device') expect([reply.status, reply.json.error]).toEqual([401, 'unauthorised'])
    // Registration without an invite is the one public route that refuses by policy.
    else expect(reply.status).toBe(name === 'register' ? 403 : 200)
  })

  test.each(table.filter(([, { auth }]) => auth === 'device'))(
    '%s: another account’s device touches only what is its own',
    async (name) => {
      const mallory = await registered(server, `mallory-${name.toLowerCase()}`)
      const reply = await send(mallory, name, alice)
      expect(reply.status).toBe(FOREIGN[name] ?? 200)
      const still = await bob.ask('/v1/names/alice')
      expect(still.json.account).toBe(alice.account)
    },
  )

  test.each(table.filter(([, { auth }]) => auth === 'device'))(
    '%s: its own device gets the answer that the table describes',
    async (name, { response }) => {
      const own = await registered(server, `own-${name.toLowerCase()}`)
      const reply = await send(own, name, own)
      expect(reply.status).toBe(200)
      if (response === 'bytes') expect(reply.bytes).toEqual(new Uint8Array(Buffer.from('abc')))
      else expect(z.safeParse(response, reply.json).success).toBe(true)
    },
  )

  test('every refusal has the one shape', async () => {
    for (const path of ['/', '/v1', '/v1/nothing', '/v1/accounts/not-a-uuid', '/v1/../etc']) {
      const { status, json } = await ask(server.url, path)
      expect(status, path).toBeGreaterThanOrEqual(400)
      expect(z.safeParse(errorShape, json).success, path).toBe(true)
    }
    const wrong = await ask(server.url, '/v1/server', { method: 'PUT', body: {} })
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET'])
  })
})

describe('a request’s proof (A12)', () => {
  const target = (): string => `/v1/accounts/${alice.account}`
  const bearer = (): Record<string, string> => ({ authorization: `Bearer ${alice.token}` })
  const refused = (reply: Reply): void => {
    expect([reply.status, reply.json.error]).toEqual([401, 'unauthorised'])
  }

  test('a stolen token is worth nothing without the key', async () => {
    refused(await ask(server.url, target(), { headers: bearer() }))
    const thief = bob.device.signing.privateKey
    const proof = alice.proof('GET', target(), new Uint8Array(), thief)
    refused(await ask(server.url, target(), { headers: { ...bearer(), [PROOF_HEADER]: proof } }))
  })

  test('one’s own key does not carry another’s token', async () => {
    const mixed = await bob.ask(target(), { headers: bearer() })
    refused(mixed)
  })

  test('a proof is good once, for this method, target and body', async () => {
    const proof = alice.proof('GET', target(), new Uint8Array())
    const headers = { ...bearer(), [PROOF_HEADER]: proof }
    expect((await ask(server.url, target(), { headers })).status).toBe(200)
    refused(await ask(server.url, target(), { headers }))
    const other = alice.proof('GET', target(), new Uint8Array())
    const elsewhere = { ...bearer(), [PROOF_HEADER]: other }
    refused(await ask(server.url, `/v1/accounts/${bob.account}`, { headers: elsewhere }))
    refused(await ask(server.url, `${target()}?x=1`, { headers: elsewhere }))
    refused(await ask(server.url, '/v1/account', { method: 'DELETE', headers: elsewhere }))
    const overOther = alice.proof('POST', '/v1/blobs', Buffer.from('{"size":1}'))
    const swapped = { ...bearer(), [PROOF_HEADER]: overOther }
    refused(
      await ask(server.url, '/v1/blobs', { method: 'POST', body: { size: 2 }, headers: swapped }),
    )
  })

  test('a proof of another time, or of no form, is refused', async () => {
    const good = alice.proof('GET', target(), new Uint8Array())
    const [time, nonce, signature] = good.split('.')
    const far = Number(time) - MAX_CLOCK_SKEW_MS - 1000
    for (const proof of [
      `${far}.${nonce}.${signature}`,
      `${time}.${signature}.${nonce}`,
      `${time}.${nonce}`,
      `0${time}.${nonce}.${signature}`,
      `${good}, ${good}`,
      '',
    ]) {
      refused(await ask(server.url, target(), { headers: { ...bearer(), [PROOF_HEADER]: proof } }))
    }
    // The parts were right all the time.
    const headers = { ...bearer(), [PROOF_HEADER]: good }
    expect((await ask(server.url, target(), { headers })).status).toBe(200)
  })

  test('a login nonce is good once, and only one of ours', async () => {
    const body = await alice.loginRequest()
    const twice = [
      await ask(server.url, '/v1/session', { method: 'POST', body }),
      await ask(server.url, '/v1/session', { method: 'POST', body }),
    ]
    expect(twice.map(({ status }) => status)).toEqual([200, 401])
    const other = await startServer()
    const elsewhere = await ask(other.url, '/v1/session/nonce', { method: 'POST' })
    await other.close()
    const foreign = { ...(await alice.loginRequest()), nonce: elsewhere.json.nonce }
    refused(await ask(server.url, '/v1/session', { method: 'POST', body: foreign }))
  })

  test('a removed device is refused at once', async () => {
    const phone = await registered(server, 'carl')
    const laptop = phone.onNewDevice()
    refused(await laptop.login())
    expect((await phone.publish(phone.device, laptop.device)).status).toBe(200)
    expect((await laptop.login()).status).toBe(200)
    const path = `/v1/accounts/${phone.account}`
    expect((await laptop.ask(path)).status).toBe(200)
    expect((await phone.publish(phone.device)).status).toBe(200)
    refused(await laptop.ask(path))
    refused(await laptop.login())
    expect((await phone.ask(path)).status).toBe(200)
  })
})

describe('hostile requests (N1, N2)', () => {
  test('a body over the limit is refused, said or not', async () => {
    const big = Buffer.alloc(MAX_HTTP_BODY_BYTES + 1, 32)
    const said = await ask(server.url, '/v1/register', {
      method: 'POST',
      bytes: big,
      headers: { 'content-type': 'application/json' },
    })
    expect([said.status, said.json.error]).toEqual([413, 'too_large'])
  })

  test('what is not JSON, or not as JSON, is refused', async () => {
    const post = (bytes: Buffer, type: string) =>
      ask(server.url, '/v1/session', { method: 'POST', bytes, headers: { 'content-type': type } })
    for (const reply of [
      await post(Buffer.from('{'), 'application/json'),
      await post(Buffer.from([0x22, 0xff, 0x22]), 'application/json'),
      await post(Buffer.from('{}'), 'text/plain'),
      await post(Buffer.from('{}'), 'application/json'),
      await post(Buffer.from('{"__proto__":{}}'), 'application/json'),
    ]) {
      expect([reply.status, reply.json.error]).toEqual([400, 'bad_request'])
    }
  })

  test('a body where none belongs is refused', async () => {
    const reply = await raw('GET /v1/server HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}')
    expect(reply).toMatch(/^HTTP\/1.1 400 /)
  })

  test('too many headers, and too long ones, end the connection', async () => {
    const long = `GET /v1/server HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`
    expect(await raw(long)).toMatch(/^HTTP\/1.1 431 /)
    const smuggled =
      'POST /v1/session/nonce HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'
    expect(await raw(smuggled)).toMatch(/^HTTP\/1.1 400 /)
  })

  async function raw(text: string): Promise<string> {
    const { hostname, port } = new URL(server.url)
    return new Promise((done, failed) => {
      let answer = ''
      const socket = connect(Number(port), hostname, () => socket.write(text))
      socket.setEncoding('utf8')
      socket.on('data', (chunk: string) => {
        answer += chunk
        socket.end()
      })
      socket.on('close', () => done(answer))
      socket.on('error', failed)
    })
  }
})

describe('rates', () => {
  test('a forged X-Forwarded-For evades nothing; a trusted proxy’s counts (N16)', async () => {
    const narrow = { limits: { addressPerMinute: 3 } }
    const hit = async (url: string, from: string) =>
      (await ask(url, '/v1/server', { headers: { 'x-forwarded-for': from } })).status
    const strict = await startServer({ overrides: narrow })
    const forged = []
    for (let index = 0; index < 5; index += 1) forged.push(await hit(strict.url, `10.0.0.${index}`))
    expect(forged).toEqual([200, 200, 200, 429, 429])
    await strict.close()
    const trusting = await startServer({ overrides: narrow, trustProxy: ['127.0.0.1'] })
    const named = []
    for (let index = 0; index < 5; index += 1)
      named.push(await hit(trusting.url, `10.0.0.${index}`))
    // Behind the proxy a client may name whom it likes: only the proxy's own word counts.
    for (let index = 0; index < 5; index += 1) {
      named.push(await hit(trusting.url, `10.9.9.${index}, 10.0.0.77`))
    }
    expect(named).toEqual([200, 200, 200, 200, 200, 200, 200, 200, 429, 429])
    await trusting.close()
  })

  test('a limit says when to come again', async () => {
    const strict = await startServer({ overrides: { limits: { addressPerMinute: 1 } } })
    await ask(strict.url, '/v1/server')
    const { status, json, headers } = await ask(strict.url, '/v1/server')
    expect([status, json.error]).toEqual([429, 'rate_limited'])
    expect(json.retryAfterMs).toBeGreaterThan(30_000)
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(30)
    await strict.close()
  })
})

describe('the description', () => {
  test('has every route of the table, with its proof where one is needed', async () => {
    const { json } = await ask(server.url, '/v1/openapi.json')
    expect(json.openapi).toBe('3.1.0')
    for (const [name, { path, method, auth }] of table) {
      const operation = json.paths[path.replace(/:(\w+)/g, '{$1}')][method.toLowerCase()]
      expect(operation.operationId).toBe(name)
      expect(operation.security.length).toBe(auth === 'device' ? 1 : 0)
    }
    const { properties } =
      json.paths['/v1/register'].post.requestBody.content['application/json'].schema
    expect(properties.account).toEqual({ type: 'string', format: 'uuid' })
    expect(properties.name.pattern).toContain('a-z0-9')
    expect(properties.proof.contentEncoding).toBe('base64url')
  })
})
