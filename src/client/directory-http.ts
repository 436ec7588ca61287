// The directory over HTTP. What it answers is values that nobody verified yet.

import { toBase64Url } from '../protocol/bytes.ts'
import type { RouteResponse } from '../protocol/http.ts'
import type { Prekey, PrekeyBundle, PrekeyUpload } from '../protocol/prekeys.ts'
import type { ClientError } from './api.ts'
import { type Directory, type DirectoryAccount, DirectoryError } from './directory.ts'
import { toClientError } from './errors.ts'
import type { Http } from './http.ts'
import { decoded, useless } from './http-answer.ts'

type WireBundle = RouteResponse<'claimPrekeys'>['bundles'][number]
type WirePrekey = WireBundle['kem']

/** `open` gives the HTTP client, or throws when this process is not to use the network. */
export function httpDirectory(open: () => Promise<Http>): Directory {
  const ask = async <T>(work: (http: Http) => Promise<T>): Promise<T> => {
    try {
      return await work(await open())
    } catch (error) {
      throw directoryError(toClientError(error))
    }
  }
  return {
    lookup: (name) =>
      ask(async (http) => {
        const found = await http.call('lookup', { path: { name } })
        // Somebody of another name is not who was asked for.
        if (found.name !== name) throw useless()
        return account(found)
      }),
    account: (id) =>
      ask(async (http) => account(await http.call('account', { path: { account: id } }))),
    deviceLists: (id, after) =>
      ask(async (http) => {
        const query = { after: String(after) }
        const { lists } = await http.call('devices', { path: { account: id }, query })
        return lists.map((list) => ({
          body: decoded(list.body),
          signature: decoded(list.signature),
        }))
      }),
    claimPrekeys: (id, devices) =>
      ask(async (http) => {
        const body = { devices: [...devices] }
        const { bundles } = await http.call('claimPrekeys', { path: { account: id }, body })
        return bundles.map(bundle)
      }),
    uploadPrekeys: (upload, replace) =>
      ask(async (http) => {
        await http.call('uploadPrekeys', { body: wireUpload(upload, replace) })
      }),
  }
}

function directoryError(error: ClientError): DirectoryError {
  switch (error.code) {
    case 'not_found':
      return new DirectoryError('not_found')
    case 'rate_limited':
      return new DirectoryError('rate_limited', error.retryAfter)
    case 'network':
    case 'timeout':
      return new DirectoryError('network')
    default:
      return new DirectoryError('server', undefined, error)
  }
}

const account = (answer: RouteResponse<'lookup'>): DirectoryAccount => ({
  account: answer.account,
  name: answer.name,
  identityKey: decoded(answer.identityKey),
})

const prekey = (wire: WirePrekey): Prekey => ({
  id: wire.id,
  key: decoded(wire.key),
  createdAt: wire.createdAt,
  signature: decoded(wire.signature),
})

const bundle = (wire: WireBundle): PrekeyBundle => ({
  device: wire.device,
  curveSigned: prekey(wire.curveSigned),
  ...(wire.curveOneTime === undefined ? {} : { curveOneTime: prekey(wire.curveOneTime) }),
  kem: prekey(wire.kem),
  kemKind: wire.kemKind,
})

const wirePrekey = (key: Prekey): WirePrekey => ({
  id: key.id,
  key: toBase64Url(key.key),
  createdAt: key.createdAt,
  signature: toBase64Url(key.signature),
})

export const wireUpload = (upload: PrekeyUpload, replace: boolean) => ({
  ...(upload.curveSigned === undefined ? {} : { curveSigned: wirePrekey(upload.curveSigned) }),
  ...(upload.kemLastResort === undefined
    ? {}
    : { kemLastResort: wirePrekey(upload.kemLastResort) }),
  curveOneTime: upload.curveOneTime.map(wirePrekey),
  kemOneTime: upload.kemOneTime.map(wirePrekey),
  ...(replace ? { replace } : {}),
})
