// What anybody may ask: who this server is, to register, to log in.

import { toBase64Url } from '../../src/protocol/bytes.ts'
import { WIRE_VERSIONS } from '../../src/protocol/version.ts'
import type { Handlers } from './call.ts'
import { HttpError } from './errors.ts'
import { bytesOf, listFrom, uploadFrom } from './wire.ts'

export const publicRoutes: Handlers<'server' | 'register' | 'nonce' | 'session'> = {
  async server({ services }) {
    return {
      key: toBase64Url(services.identity),
      time: services.env.now(),
      versions: [...WIRE_VERSIONS],
      registration: [services.registrar.policy.name],
      limits: {
        blobBytes: services.limits.blobBytes,
        retentionMs: services.limits.retentionMs,
      },
    }
  },

  async register({ services, body, address }) {
    services.rates.registration(address)
    const outcome = await services.registrar.register({
      name: body.name,
      account: body.account,
      identityKey: bytesOf(body.identityKey),
      list: listFrom(body.list),
      device: body.device,
      prekeys: uploadFrom(body.prekeys),
      time: body.time,
      proof: bytesOf(body.proof),
      invite: body.invite,
    })
    if (outcome.kind === 'refused') throw new HttpError(outcome.reason)
    return { account: body.account, operator: outcome.operator }
  },

  async nonce({ services }) {
    const { nonce, time } = services.auth.nonce()
    return { nonce: toBase64Url(nonce), time }
  },

  async session({ services, body }) {
    const outcome = await services.auth.login({
      account: body.account,
      device: body.device,
      nonce: bytesOf(body.nonce),
      time: body.time,
      proof: bytesOf(body.proof),
    })
    if (outcome.kind !== 'token') throw new HttpError(outcome.kind)
    await services.directory.seen(body.device)
    return { token: outcome.token, expiresAt: outcome.expiresAt }
  },
}
