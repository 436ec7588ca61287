// Blobs. Knowing an id is the right to read (128 random bits, the bytes are encrypted); writing
// and deleting are the owner's.

import type { BlobId } from '../../src/protocol/ids.ts'
import { uuidV4 } from '../../src/protocol/ids.ts'
import type { AppendedBytes, BlobPart } from '../blobs/port.ts'
import type { BlobRow } from '../storage/directory-port.ts'
import { chunksOf } from './body.ts'
import type { ByteAnswer, Handlers, Services } from './call.ts'
import { HttpError } from './errors.ts'
import { parseContentRange, parseRange } from './ranges.ts'

type BlobRoutes = 'createBlob' | 'blobStatus' | 'writeBlob' | 'readBlob' | 'deleteBlob'

/** An upload that nobody goes on with. */
const UNFINISHED_MS = 24 * 3_600_000
/** How much of an upload may come before its blob is looked for again. */
const CHECK_EVERY_BYTES = 16 * 1024 * 1024
/** Small ones would cost rows and folders without ever using up the bytes. */
const BLOBS_OF_ACCOUNT = 20_000

interface Place {
  readonly services: Services
  readonly blob: BlobId
  readonly row: BlobRow
}

export const blobRoutes: Handlers<BlobRoutes> = {
  async createBlob({ services, caller, body }) {
    const { env, limits, directory, blobs } = services
    if (body.size > limits.blobBytes) throw new HttpError('too_large')
    const blob = uuidV4<BlobId>(env.random(16))
    const now = env.now()
    const outcome = await directory.storage.createBlob({
      blob,
      owner: caller.account,
      size: body.size,
      expiresAt: now + UNFINISHED_MS,
      quota: { bytes: limits.blobAccountBytes, count: BLOBS_OF_ACCOUNT },
    })
    if (outcome === 'quota') throw new HttpError('quota')
    if (body.size === 0) {
      await blobs.finish(blob)
      await directory.storage.completeBlob(blob, now + limits.retentionMs)
    }
    return { blob, expiresAt: now + (body.size === 0 ? limits.retentionMs : UNFINISHED_MS) }
  },

  async blobStatus({ services, caller, params }) {
    const row = await found(services, params.blob)
    if (!row.complete && row.owner !== caller.account) throw new HttpError('not_found')
    return state({ services, blob: params.blob, row })
  },

  async writeBlob({ services, caller, params, body }) {
    const { blob } = params
    const row = await found(services, blob)
    if (row.owner !== caller.account) throw new HttpError('not_found')
    const span = parseContentRange(body.headers['content-range'])
    if (span === undefined || span.size !== row.size) throw new HttpError('bad_request')
    const length = span.to - span.from
    // Said before, so that the body is as long as its range and ends by itself.
    if (Number(body.headers['content-length']) !== length) throw new HttpError('bad_request')
    const source = whileItStands(services, blob, chunksOf(body))
    const outcome = await appended(services, blob, { from: span.from, length, source })
    if (outcome.kind === 'conflict') throw new HttpError('conflict')
    if (outcome.kind === 'full') throw new HttpError('storage_full')
    return state({ services, blob, row })
  },

  async readBlob({ services, params, range }) {
    const { blob } = params
    const row = await found(services, blob)
    // After a restore a row may be without its bytes.
    if (!row.complete || (await services.blobs.received(blob)) !== row.size)
      throw new HttpError('not_found')
    return bytesAnswer(services, { blob, size: row.size, range })
  },

  async deleteBlob({ services, caller, params }) {
    const deleted = await services.directory.storage.deleteBlob(params.blob, caller.account)
    if (!deleted) throw new HttpError('not_found')
    await services.blobs.remove(params.blob)
    return {}
  },
}

/** A blob past its time is gone, whether it was swept already or not. */
async function found({ directory, env }: Services, blob: BlobId): Promise<BlobRow> {
  const row = await directory.storage.blob(blob)
  if (row === undefined || row.expiresAt <= env.now()) throw new HttpError('not_found')
  return row
}

/** Deleted meanwhile, its bytes go too: they would count to nobody's share (N10). */
async function appended(services: Services, blob: BlobId, part: BlobPart): Promise<AppendedBytes> {
  const { blobs, directory } = services
  const outcome = await blobs.append(blob, part).catch((error: unknown) => ({ error }))
  if ((await directory.storage.blob(blob)) === undefined) {
    await blobs.remove(blob)
    throw new HttpError('not_found')
  }
  if ('error' in outcome) throw outcome.error
  return outcome
}

async function* whileItStands(
  { directory }: Services,
  blob: BlobId,
  source: AsyncIterable<Buffer>,
): AsyncIterable<Buffer> {
  let unchecked = 0
  for await (const chunk of source) {
    unchecked += chunk.length
    if (unchecked >= CHECK_EVERY_BYTES) {
      if ((await directory.storage.blob(blob)) === undefined) throw new HttpError('not_found')
      unchecked = 0
    }
    yield chunk
  }
}

/** Where all bytes are there the blob is finished here, be it after a crash between the two. */
async function state({ services, blob, row }: Place) {
  const { size } = row
  if (row.complete) return { size, received: size, complete: true }
  const received = await services.blobs.received(blob)
  if (received < size) return { size, received, complete: false }
  await services.blobs.finish(blob)
  const expiresAt = services.env.now() + services.limits.retentionMs
  const complete = await services.directory.storage.completeBlob(blob, expiresAt)
  if (!complete) {
    await services.blobs.remove(blob)
    throw new HttpError('not_found')
  }
  return { size, received, complete }
}

interface Wanted {
  readonly blob: BlobId
  readonly size: number
  readonly range: string | undefined
}

function bytesAnswer({ blobs }: Services, { blob, size, range }: Wanted): ByteAnswer {
  const span = parseRange(range, size)
  if (span === 'unsatisfiable') {
    const headers = { 'content-range': `bytes */${size}` }
    throw new HttpError('bad_request', { status: 416, headers })
  }
  const { from, to } = span === 'whole' ? { from: 0, to: size } : span
  const headers = { 'accept-ranges': 'bytes', 'content-length': String(to - from) }
  const bytes = blobs.read(blob, from, to)
  if (span === 'whole') return { status: 200, headers, bytes }
  const contentRange = `bytes ${from}-${to - 1}/${size}`
  return { status: 206, headers: { ...headers, 'content-range': contentRange }, bytes }
}
