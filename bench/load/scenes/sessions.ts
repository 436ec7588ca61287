// Logins for a session token, as before every batch of HTTP requests: a nonce, a signed answer.

import { nodePrimitives } from '../../../src/crypto/provider-node.ts'
import { fromBase64Url, toBase64Url } from '../../../src/protocol/bytes.ts'
import type { RouteResponse } from '../../../src/protocol/http.ts'
import type { AccountId, DeviceId } from '../../../src/protocol/ids.ts'
import { sessionProof } from '../../../src/protocol/proof.ts'
import { LightHttp } from '../light-http.ts'
import type { Figures, PersonJson, Scene } from '../messages.ts'
import { addressOf, type Stage } from '../stage.ts'

type Sessions = Extract<Scene, { kind: 'sessions' }>

/** Each login is two requests, and an address has 120 of those in a minute. */
const PER_ADDRESS = 50
const AT_ONCE = 32
const WARM = 1_600

export async function sessions(stage: Stage, { logins }: Sessions): Promise<Figures> {
  const http = new LightHttp(stage.port, addressOf(0))
  const { key } = await http.ask<RouteResponse<'server'>>('GET', '/v1/server')
  http.end()
  const server = fromBase64Url(key) ?? new Uint8Array()
  await round(stage, server, { from: 0, to: WARM })
  await stage.mark()
  const begun = performance.now()
  await round(stage, server, { from: WARM, to: WARM + logins })
  return { messages: logins, loginsPerSecond: (logins / (performance.now() - begun)) * 1000 }
}

async function round(
  stage: Stage,
  server: Uint8Array,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  let next = from
  const worker = async (): Promise<void> => {
    while (next < to) {
      const at = next
      next += PER_ADDRESS
      const http = new LightHttp(stage.port, addressOf(1 + at / PER_ADDRESS))
      for (const person of stage.world.people.slice(at, Math.min(to, next))) {
        await login(http, server, person)
      }
      http.end()
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

async function login(http: LightHttp, server: Uint8Array, person: PersonJson): Promise<void> {
  const account = person.account as AccountId
  const device = person.device as DeviceId
  const given = await http.ask<RouteResponse<'nonce'>>('POST', '/v1/session/nonce')
  const nonce = fromBase64Url(given.nonce) ?? new Uint8Array()
  const signed = sessionProof({ server, nonce, time: given.time, account, device })
  const key = Buffer.from(person.key, 'base64')
  const proof = toBase64Url(nodePrimitives.ed25519Sign(key, signed))
  await http.ask('POST', '/v1/session', { ...given, account, device, proof })
}
