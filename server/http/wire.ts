// Between the JSON of the routes, whose bytes are base64url, and the values of the protocol.

import { fromBase64Url, toBase64Url } from '../../src/protocol/bytes.ts'
import type { SignedDeviceList } from '../../src/protocol/device-list.ts'
import type { RouteRequest, RouteResponse } from '../../src/protocol/http.ts'
import type { Prekey, PrekeyBundle, PrekeyUpload } from '../../src/protocol/prekeys.ts'
import { HttpError } from './errors.ts'

type WireList = RouteRequest<'publishDevices'>['list']
type WireUpload = RouteRequest<'uploadPrekeys'>
type WirePrekey = WireUpload['curveOneTime'][number]
type WireBundle = RouteResponse<'claimPrekeys'>['bundles'][number]

/** The schema has checked form and length already. */
export function bytesOf(text: string): Uint8Array {
  const bytes = fromBase64Url(text)
  if (bytes === undefined) throw new HttpError('bad_request')
  return bytes
}

export const listFrom = (wire: WireList): SignedDeviceList => ({
  body: bytesOf(wire.body),
  signature: bytesOf(wire.signature),
})

export const listTo = (list: SignedDeviceList): WireList => ({
  body: toBase64Url(list.body),
  signature: toBase64Url(list.signature),
})

const prekeyFrom = (wire: WirePrekey): Prekey => ({
  ...wire,
  key: bytesOf(wire.key),
  signature: bytesOf(wire.signature),
})

const prekeyTo = (prekey: Prekey): WirePrekey => ({
  ...prekey,
  key: toBase64Url(prekey.key),
  signature: toBase64Url(prekey.signature),
})

export const uploadFrom = (wire: WireUpload): PrekeyUpload => ({
  ...(wire.curveSigned && { curveSigned: prekeyFrom(wire.curveSigned) }),
  ...(wire.kemLastResort && { kemLastResort: prekeyFrom(wire.kemLastResort) }),
  curveOneTime: wire.curveOneTime.map(prekeyFrom),
  kemOneTime: wire.kemOneTime.map(prekeyFrom),
})

export const bundleTo = (bundle: PrekeyBundle): WireBundle => ({
  device: bundle.device,
  curveSigned: prekeyTo(bundle.curveSigned),
  ...(bundle.curveOneTime && { curveOneTime: prekeyTo(bundle.curveOneTime) }),
  kem: prekeyTo(bundle.kem),
  kemKind: bundle.kemKind,
})
