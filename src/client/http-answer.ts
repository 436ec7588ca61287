// What a server's answer is worth beyond its schema.

import { fromBase64Url } from '../protocol/bytes.ts'
import { chooseVersion } from '../protocol/version.ts'
import { ClientError } from './api.ts'
import { httpFailure } from './errors.ts'

export const useless = (): ClientError =>
  new ClientError('server', 'The server gave an answer that is no use.', {
    hint: 'is the address that of a sotto server?',
  })

/** Of text whose schema proved that it is canonical base64url. */
export function decoded(text: string): Uint8Array {
  const bytes = fromBase64Url(text)
  if (bytes === undefined) throw useless()
  return bytes
}

/** Of what `GET /v1/server` says: whether we can talk at all. */
export function checkVersions(versions: readonly number[]): void {
  try {
    chooseVersion(versions)
  } catch {
    throw httpFailure('version')
  }
}
