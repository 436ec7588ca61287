// A small client for tests of the server: one account with one device and real keys, over HTTP.

import { createHash } from 'node:crypto'
import { headOf, signDeviceList } from '../../src/crypto/device-list.ts'
import type { AccountIdentity } from '../../src/crypto/identity.ts'
import { accountFromSeed, deviceFromSeeds } from '../../src/crypto/identity.ts'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'
import type { LocalDevice } from '../../src/crypto/session.ts'
import { fromBase64Url, toBase64Url } from '../../src/protocol/bytes.ts'
import type { DeviceRecord, SignedDeviceList } from '../../src/protocol/device-list.ts'
import { PROOF_HEADER, type RouteRequest, type RouteResponse } from '../../src/protocol/http.ts'
import { type AccountId, type DeviceId, uuidV4 } from '../../src/protocol/ids.ts'
import type { AccountName } from '../../src/protocol/names.ts'
import { type PrekeyKind, prekeySignedBytes } from '../../src/protocol/prekeys.ts'
import { registrationProof, requestProof, sessionProof } from '../../src/protocol/proof.ts'
import { randomEnv } from './env.ts'

const random = randomEnv.random
const sha256 = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update(bytes).digest())

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Uint8Array
  /** The body as JSON; undefined where it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever came
  readonly json: any
}

export interface Wish {
  readonly method?: string
  readonly body?: unknown
  readonly bytes?: Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

export async function ask(url: string, path: string, wish: Wish = {}): Promise<Reply> {
  const body = wish.bytes ?? (wish.body === undefined ? undefined : JSON.stringify(wish.body))
  const type = wish.body === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(`${url}${path}`, {
    method: wish.method ?? 'GET',
    headers: { ...type, ...wish.headers },
    ...(body !== undefined && { body: body as Uint8Array<ArrayBuffer> | string }),
  })
  const bytes = new Uint8Array(await response.arrayBuffer())
  return { status: response.status, headers: response.headers, bytes, json: jsonOf(bytes) }
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
}

function newDevice(account: AccountId, accountKey: Uint8Array): LocalDevice {
  return deviceFromSeeds(nodePrimitives, {
    account,
    accountKey,
    device: uuidV4<DeviceId>(random(16)),
    signingSeed: random(32),
    agreementSeed: random(32),
  })
}

export const recordOf = (device: LocalDevice): DeviceRecord => ({
  device: device.device,
  signingKey: device.signing.publicKey,
  agreementKey: device.agreement.publicKey,
  addedAt: 1,
})

type WirePrekey = RouteRequest<'uploadPrekeys'>['curveOneTime'][number]

/** Keys of the right length and truly signed; nobody here ever agrees with them. */
export function wirePrekey(device: LocalDevice, kind: PrekeyKind, id: number): WirePrekey {
  const key = random(kind.startsWith('curve') ? 32 : 1568)
  const createdAt = Date.now()
  const signed = prekeySignedBytes(kind, device.device, { id, key, createdAt })
  const signature = nodePrimitives.ed25519Sign(device.signing.privateKey, signed)
  return { id, key: toBase64Url(key), createdAt, signature: toBase64Url(signature) }
}

export function wireUpload(
  device: LocalDevice,
  { from = 1, count = 3 } = {},
): RouteRequest<'uploadPrekeys'> {
  const ids = Array.from({ length: count }, (_, index) => from + index)
  return {
    curveSigned: wirePrekey(device, 'curve-signed', from),
    kemLastResort: wirePrekey(device, 'kem-last-resort', from),
    curveOneTime: ids.map((id) => wirePrekey(device, 'curve-one-time', id)),
    kemOneTime: ids.map((id) => wirePrekey(device, 'kem-one-time', id)),
  }
}

export const wireList = (list: SignedDeviceList) => ({
  body: toBase64Url(list.body),
  signature: toBase64Url(list.signature),
})

export class TestAccount {
  readonly url: string
  readonly name: string
  readonly identity: AccountIdentity
  readonly device: LocalDevice
  /** The chain as published. */
  lists: readonly SignedDeviceList[]
  token = ''
  readonly #server: Uint8Array

  constructor(url: string, server: Uint8Array, name: string, first?: TestAccount) {
    this.url = url
    this.#server = server
    this.name = name
    this.identity =
      first?.identity ?? accountFromSeed(nodePrimitives, uuidV4<AccountId>(random(16)), random(32))
    this.device = newDevice(this.account, this.identity.keys.publicKey)
    this.lists = first?.lists ?? [this.nextList([recordOf(this.device)], undefined)]
  }

  /** The same account on another device, which no list names yet. */
  onNewDevice(): TestAccount {
    return new TestAccount(this.url, this.#server, this.name, this)
  }

  /** Publishes the list of these devices as the next. */
  async publish(...devices: readonly LocalDevice[]): Promise<Reply> {
    const list = this.nextList(devices.map(recordOf))
    const body = { list: wireList(list) }
    const reply = await this.ask('/v1/account/devices', { method: 'POST', body })
    if (reply.status === 200) this.lists = [...this.lists, list]
    return reply
  }

  get account(): AccountId {
    return this.identity.account
  }

  nextList(devices: readonly DeviceRecord[], after = this.lists?.at(-1)): SignedDeviceList {
    const previous = after && headOf(nodePrimitives, after)
    return signDeviceList(nodePrimitives, this.identity, { previous, issuedAt: 1, devices })
  }

  registration(invite?: string, prekeys = wireUpload(this.device)): RouteRequest<'register'> {
    const [list] = this.lists
    if (list === undefined) throw new Error('no list')
    const { account, name } = this
    const time = Date.now()
    const { device } = this.device
    const listHash = sha256(list.body)
    const signed = registrationProof({
      server: this.#server,
      name,
      account,
      device,
      time,
      listHash,
    })
    const proof = nodePrimitives.ed25519Sign(this.identity.keys.privateKey, signed)
    return {
      name: name as AccountName,
      account,
      identityKey: toBase64Url(this.identity.keys.publicKey),
      list: wireList(list),
      device,
      prekeys,
      time,
      proof: toBase64Url(proof),
      ...(invite !== undefined && { invite }),
    }
  }

  register(invite?: string): Promise<Reply> {
    return ask(this.url, '/v1/register', { method: 'POST', body: this.registration(invite) })
  }

  async loginRequest(): Promise<RouteRequest<'session'>> {
    const given = await ask(this.url, '/v1/session/nonce', { method: 'POST' })
    const { nonce, time } = given.json as RouteResponse<'nonce'>
    const signed = sessionProof({
      server: this.#server,
      nonce: fromBase64Url(nonce) ?? new Uint8Array(),
      time,
      account: this.account,
      device: this.device.device,
    })
    const proof = toBase64Url(nodePrimitives.ed25519Sign(this.device.signing.privateKey, signed))
    return { account: this.account, device: this.device.device, nonce, time, proof }
  }

  async login(): Promise<Reply> {
    const body = await this.loginRequest()
    const reply = await ask(this.url, '/v1/session', { method: 'POST', body })
    if (reply.status === 200) this.token = reply.json.token
    return reply
  }

  proof(method: string, target: string, body: Uint8Array, key = this.device.signing.privateKey) {
    const nonce = random(16)
    const time = Date.now()
    const signed = requestProof({
      method,
      target,
      time,
      nonce,
      tokenHash: sha256(Buffer.from(this.token)),
      bodyHash: sha256(body),
    })
    const signature = nodePrimitives.ed25519Sign(key, signed)
    return `${time}.${toBase64Url(nonce)}.${toBase64Url(signature)}`
  }

  /** With the session token and a proof of its own. */
  ask(path: string, wish: Wish = {}): Promise<Reply> {
    const method = wish.method ?? 'GET'
    const text = wish.body === undefined ? '' : JSON.stringify(wish.body)
    const headers = {
      authorization: `Bearer ${this.token}`,
      [PROOF_HEADER]: this.proof(method, path, Buffer.from(text)),
      ...wish.headers,
    }
    return ask(this.url, path, { ...wish, headers })
  }
}

export async function newAccount(url: string, name: string): Promise<TestAccount> {
  const { json } = await ask(url, '/v1/server')
  return new TestAccount(url, fromBase64Url(json.key) ?? new Uint8Array(), name)
}

/** Registered and logged in. */
export async function registered(
  server: { readonly url: string; invite(): Promise<string> },
  name: string,
): Promise<TestAccount> {
  const made = await newAccount(server.url, name)
  const reply = await made.register(await server.invite())
  if (reply.status !== 200) throw new Error(`not registered: ${JSON.stringify(reply.json)}`)
  const login = await made.login()
  if (login.status !== 200) throw new Error(`not logged in: ${JSON.stringify(login.json)}`)
  return made
}
