// One file on its way up: encrypted while it is read, a part at a time, in constant memory. Sealing
// gives the same bytes each time, so a cut in the middle of a part goes on at the very byte.

import { type FileHandle, open } from 'node:fs/promises'
import { AttachmentCipher, type AttachmentPlace, CHUNK_BYTES } from '../crypto/attachment.ts'
import type { Primitives } from '../crypto/primitives.ts'
import type { Uploaded } from '../engine/intent.ts'
import type { BlobId } from '../protocol/ids.ts'
import type { AttachmentRow, Store } from '../store/port.ts'
import { ClientError } from './api.ts'
import type { Http } from './http.ts'
import { useless } from './http-answer.ts'
import { keepUpload, uploadState } from './transfer-place.ts'

interface UploadPorts {
  readonly primitives: Primitives
  readonly store: Store
  readonly http: Http
  readonly progress: (done: number, total: number) => void
  readonly signal: AbortSignal
}

/** One request carries 1 MiB: what a cut costs at most, and what stands in memory. */
const CHUNKS_PER_PART = 16

/** The file is not the one that was to be sent. No retry mends it. */
class FileChanged extends Error {
  constructor() {
    super('the file changed since it was to be sent')
    this.name = 'FileChanged'
  }
}

export async function upload(ports: UploadPorts, row: AttachmentRow): Promise<Uploaded> {
  if (row.path === undefined) throw new FileChanged()
  const file = await open(row.path, 'r')
  const cipher = new AttachmentCipher(ports.primitives, row.key, row.size)
  try {
    const { size, mtimeMs } = await file.stat()
    if (size !== row.size) throw new FileChanged()
    const run: Run = { ...ports, id: row.id, file, cipher, modifiedAt: Math.floor(mtimeMs) }
    const { blob, place } = await allParts(run)
    const digest = cipher.digest(place)
    return { blob, digest, sealedSize: cipher.layout.sealedSize }
  } finally {
    cipher.wipe()
    await file.close()
  }
}

interface Run extends UploadPorts {
  readonly id: string
  readonly file: FileHandle
  readonly cipher: AttachmentCipher
  readonly modifiedAt: number
}

async function allParts(run: Run): Promise<{ blob: BlobId; place: AttachmentPlace }> {
  const { cipher } = run
  const total = cipher.layout.sealedSize
  const begun = await beginning(run)
  let { place, received } = begun
  const { blob } = begun
  while (place.index < cipher.layout.chunks) {
    run.signal.throwIfAborted()
    const part = await sealPart(run, place)
    const at = offsetOf(cipher, place.index)
    // The server may have taken more than we noted down: it wants exactly what it lacks.
    const wanted = part.bytes.subarray(Math.max(0, received - at))
    if (wanted.length > 0) received = await put(run, blob, received, wanted)
    place = part.next
    keepUpload(run.store, run.id, { blob, modifiedAt: run.modifiedAt, place })
    run.progress(received, total)
  }
  return { blob, place }
}

interface Beginning {
  readonly blob: BlobId
  readonly place: AttachmentPlace
  /** What the server has. */
  readonly received: number
}

async function beginning(run: Run): Promise<Beginning> {
  const { http, store, id, cipher, signal } = run
  const known = uploadState(store, id)
  if (known !== undefined && known.modifiedAt === run.modifiedAt) {
    const received = await receivedOf(http, known.blob, signal)
    // More than the file has: another's blob, or a lie. A new one is begun.
    if (received !== undefined && received <= cipher.layout.sealedSize) {
      const behind = received < offsetOf(cipher, known.place.index)
      return { blob: known.blob, place: behind ? cipher.start : known.place, received }
    }
  }
  const { blob } = await http.call('createBlob', {
    body: { size: cipher.layout.sealedSize },
    signal,
  })
  keepUpload(store, id, { blob, modifiedAt: run.modifiedAt, place: cipher.start })
  return { blob, place: cipher.start, received: 0 }
}

/** Undefined when the server has forgotten the upload. */
async function receivedOf(
  http: Http,
  blob: BlobId,
  signal: AbortSignal,
): Promise<number | undefined> {
  try {
    return (await http.call('blobStatus', { path: { blob }, signal })).received
  } catch (error) {
    if (error instanceof ClientError && error.code === 'not_found') return undefined
    throw error
  }
}

/** The header belongs to the first chunk's part. */
const offsetOf = (cipher: AttachmentCipher, index: number): number =>
  index === 0 ? 0 : cipher.sealedOffset(index)

async function sealPart(
  { file, cipher }: Run,
  from: AttachmentPlace,
): Promise<{ readonly bytes: Uint8Array; readonly next: AttachmentPlace }> {
  const parts: Uint8Array[] = from.index === 0 ? [cipher.header] : []
  const last = Math.min(from.index + CHUNKS_PER_PART, cipher.layout.chunks)
  let place = from
  while (place.index < last) {
    const data = await readChunk(file, place.index * CHUNK_BYTES, cipher.dataLength(place.index))
    const sealed = cipher.seal(place, data)
    parts.push(sealed.chunk)
    place = sealed.next
  }
  return { bytes: new Uint8Array(Buffer.concat(parts)), next: place }
}

async function readChunk(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const data = new Uint8Array(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(data, filled, length - filled, position + filled)
    if (bytesRead === 0) throw new FileChanged()
    filled += bytesRead
  }
  return data
}

async function put(run: Run, blob: BlobId, from: number, bytes: Uint8Array): Promise<number> {
  const size = run.cipher.layout.sealedSize
  const answer = await run.http.call('writeBlob', {
    path: { blob },
    body: bytes,
    headers: { 'content-range': `bytes ${from}-${from + bytes.length - 1}/${size}` },
    signal: run.signal,
  })
  // A server that took something else than what it was given: ask it what it has.
  if (answer.received !== from + bytes.length) throw useless()
  return answer.received
}
