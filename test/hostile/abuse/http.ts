// Requests of attackers: from addresses of their own, and with sessions.

import { createHash, randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'
import { nodePrimitives } from '../../../src/crypto/provider-node.ts'
import { fromBase64Url, toBase64Url } from '../../../src/protocol/bytes.ts'
import { PROOF_HEADER, type RouteResponse } from '../../../src/protocol/http.ts'
import type { AccountId, DeviceId } from '../../../src/protocol/ids.ts'
import { requestProof, sessionProof } from '../../../src/protocol/proof.ts'
import { type Field, paced } from './attacks.ts'
import type { Place, Victim } from './raw-stream.ts'

interface Answer {
  readonly status: number
  readonly text: string
}

interface Asked {
  readonly method?: string
  readonly path: string
  readonly body?: Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  /** Keeps connections; without one each request has its own. */
  readonly agent?: Agent
}

function ask({ port, localAddress }: Place, asked: Asked): Promise<Answer> {
  const { method = 'POST', path, body = new Uint8Array(), headers = {}, agent } = asked
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, localAddress, method, path, headers, agent: agent ?? false },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() })
        })
        response.on('error', reject)
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

export const post = async (
  place: Place,
  path: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
): Promise<number> => (await ask(place, { path, body, headers })).status

/** Asks for the victim's bundles `size` times, all attackers in turn; the statuses. */
export async function drain(field: Field, size: number): Promise<readonly number[]> {
  const server = await ask(addressOf(field, 0), { method: 'GET', path: '/v1/server' })
  const { key } = JSON.parse(server.text) as RouteResponse<'server'>
  const { account, device } = field.victim
  const path = `/v1/accounts/${account}/prekeys`
  const body = Buffer.from(JSON.stringify({ devices: [device] }))
  const begun = performance.now()
  const each = Math.ceil(size / field.attackers.length)
  const statuses = field.attackers.map(async (attacker, index) => {
    const place = addressOf(field, index)
    const token = await login(place, attacker, fromBase64Url(key) ?? new Uint8Array())
    const agent = new Agent({ keepAlive: true })
    const seen: number[] = []
    while (seen.length < each) {
      const headers = signed(attacker, token, { target: path, body })
      seen.push((await ask(place, { path, body, headers, agent })).status)
      await paced(begun, seen.length * field.attackers.length, field.perSecond)
    }
    agent.destroy()
    return seen
  })
  return (await Promise.all(statuses)).flat().slice(0, size)
}

const addressOf = ({ port }: Field, index: number): Place => ({
  port,
  localAddress: `127.8.0.${1 + (index % 250)}`,
})

async function login(place: Place, attacker: Victim, server: Uint8Array): Promise<string> {
  const given = await ask(place, { path: '/v1/session/nonce' })
  const { nonce, time } = JSON.parse(given.text) as RouteResponse<'nonce'>
  const account = attacker.account as AccountId
  const device = attacker.device as DeviceId
  const heard = fromBase64Url(nonce) ?? new Uint8Array()
  const message = sessionProof({ server, nonce: heard, time, account, device })
  const proof = toBase64Url(nodePrimitives.ed25519Sign(keyOf(attacker), message))
  const body = Buffer.from(JSON.stringify({ account, device, nonce, time, proof }))
  const headers = { 'content-type': 'application/json' }
  const { text } = await ask(place, { path: '/v1/session', body, headers })
  return (JSON.parse(text) as RouteResponse<'session'>).token
}

function signed(
  attacker: Victim,
  token: string,
  { target, body }: { readonly target: string; readonly body: Uint8Array },
) {
  const time = Date.now()
  const nonce = new Uint8Array(randomBytes(16))
  const tokenHash = sha256(Buffer.from(token))
  const message = requestProof({
    method: 'POST',
    target,
    time,
    nonce,
    tokenHash,
    bodyHash: sha256(body),
  })
  const proof = nodePrimitives.ed25519Sign(keyOf(attacker), message)
  return {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    [PROOF_HEADER]: `${time}.${toBase64Url(nonce)}.${toBase64Url(proof)}`,
  }
}

const keyOf = ({ key }: Victim): Uint8Array => Buffer.from(key, 'base64')

const sha256 = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update(bytes).digest())
