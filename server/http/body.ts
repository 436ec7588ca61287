// Reading what came with a request: bounded in size and in time, and only where a body belongs.

import type { IncomingMessage } from 'node:http'
import { MAX_HTTP_BODY_BYTES } from '../../src/protocol/limits.ts'
import { HttpError } from './errors.ts'

/** A megabyte at 35 KiB/s. Slower than that is an attack or no use. */
const BODY_TIMEOUT_MS = 30_000

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

export async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  if (!hasBody(request)) return new Uint8Array()
  const declared = Number(request.headers['content-length'] ?? 0)
  if (declared > MAX_HTTP_BODY_BYTES) throw tooLarge()
  const late = setTimeout(() => request.destroy(), BODY_TIMEOUT_MS)
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of chunksOf(request)) {
      length += chunk.length
      if (length > MAX_HTTP_BODY_BYTES) throw tooLarge()
      chunks.push(chunk)
    }
  } finally {
    clearTimeout(late)
  }
  return new Uint8Array(Buffer.concat(chunks, length))
}

/** The rest is not read: the connection ends with the answer. */
const tooLarge = (): HttpError => new HttpError('too_large', { headers: { connection: 'close' } })

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Nothing at all is `{}`, for the routes that ask for nothing. */
export function parseJson(request: IncomingMessage, body: Uint8Array): unknown {
  if (body.length === 0) return {}
  // A page in a browser cannot send this type elsewhere without asking first, and we never answer.
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw new HttpError('bad_request')
  try {
    return JSON.parse(strictUtf8.decode(body))
  } catch {
    throw new HttpError('bad_request', { message: 'The body is not JSON.' })
  }
}

/** Ends early without ending the connection, so that the refusal can still be read. */
export const chunksOf = (request: IncomingMessage): AsyncIterable<Buffer> => ({
  [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }),
})
